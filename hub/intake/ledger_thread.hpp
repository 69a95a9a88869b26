// The one thread that writes the ledger. Pushes that arrive while a commit is under way are taken together by the next:
// the busier the hub, the larger the groups, and an idle hub adds no delay.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "hub/intake/intake.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"

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

  // The events are called on the thread. Its end finishes what was queued.
  LedgerThread(Ledger& ledger, platform::Entropy& entropy, const platform::Clock& clock, Events events);

  // The reply comes on the ledger's thread, after the commit. Refused at once with retry_later "busy" when too much
  // waits.
  void push(IncomingPush push, Pushed reply);

  // Any other write (enrolment, import), alone on the thread, in its turn.
  void run(std::function<void(Ledger&, Intake&)> work);

 private:
  struct Waiting {
    IncomingPush push;
    Pushed reply;
  };
  std::vector<Waiting> next_group();
  void take_waiting();
  void take_group(std::vector<Waiting> group);
  void check_ledger_usable();

  Ledger& ledger_;
  const platform::Clock& clock_;
  Intake intake_;
  Events events_;
  bool lost_ = false;  // the thread only
  platform::Mutex mutex_;
  std::deque<Waiting> pushes_ HOLDLINE_GUARDED_BY(mutex_);
  std::size_t actions_waiting_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  platform::TaskThread thread_;  // last: it ends before what it works on
};

}  // namespace holdline::hub
