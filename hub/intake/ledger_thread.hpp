// The one thread that writes the ledger. Pushes that arrive while a commit is under way are taken together by the next:
// the busier the hub, the larger the groups, and an idle hub adds no delay.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "hub/intake/intake.hpp"
#include "platform/os/clock.hpp"

namespace holdline::hub {

class LedgerThread {
 public:
  using Pushed = std::function<void(Result<sync::PushReply>)>;

  struct Events {
    std::function<void()> committed;  // after every commit that may have changed what readers see
    // Once, when a commit's outcome is unknown: every later write fails until the ledger is opened again, which this
    // process does not do.
    std::function<void(const Error&)> lost;
  };

  // The events are called on the thread.
  LedgerThread(Ledger& ledger, platform::Entropy& entropy, const platform::Clock& clock, Events events);
  // Finishes what was queued, then ends.
  ~LedgerThread();

  // The reply comes on the ledger's thread, after the commit. Refused at once with retry_later "busy" when too much
  // waits.
  void push(IncomingPush push, Pushed reply);

  // Any other write (enrolment, import), alone on the thread between two groups.
  void run(std::function<void(Ledger&, Intake&)> work);

 private:
  struct Waiting {
    IncomingPush push;
    Pushed reply;
  };
  void work();
  void take_group(std::vector<Waiting> group);
  void look_after_ledger();

  Ledger& ledger_;
  const platform::Clock& clock_;
  Intake intake_;
  Events events_;
  bool lost_ = false;  // the thread only
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> pushes_;
  std::size_t actions_waiting_ = 0;
  std::deque<std::function<void(Ledger&, Intake&)>> others_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace holdline::hub
