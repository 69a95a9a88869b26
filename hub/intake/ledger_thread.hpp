// The one thread that writes the ledger. Pushes that arrive while a commit is under way are taken together by the next:
// the busier the hub, the larger the groups, and an idle hub adds no delay.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/intake/intake.hpp"
#include "hub/intake/turn_size.hpp"
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
  // `sign_in_ms` as Intake has it.
  LedgerThread(Ledger& ledger, platform::Entropy& entropy, const platform::Clock& clock, Events events,
               std::int64_t sign_in_ms = 0);

  // The reply comes on the ledger's thread, after the commit. Refused at once with retry_later "busy" when too much
  // waits.
  void push(IncomingPush push, Pushed reply);

  // Any other write (enrolment), alone on the thread, in its turn.
  void run(std::function<void(Ledger&, Intake&)> work);
  // A long write (import) turn by turn, until `turn` answers false; between two of them whatever waits is taken. A turn
  // should not take longer than TurnSize says for the traffic of the last ten seconds. What is left when the thread
  // ends is not called any more.
  using Turn = std::function<bool(Ledger&, Intake&, Traffic)>;
  void run_in_turns(Turn turn);
  // See Ledger::prove_writes; in its turn. `done` is called on the thread.
  void prove_writes(std::string mark, std::function<void(Result<void>)> done);
  // Work that changes nothing readers see, so that nobody who waits for a change is woken by it.
  void run_beside_writes(std::function<void()> work);

 private:
  void next_turn(std::shared_ptr<const Turn> turn);

  struct Waiting {
    IncomingPush push;
    Pushed reply;
  };
  std::vector<Waiting> next_group();
  void take_waiting();
  void take_group(std::vector<Waiting> group);
  void check_ledger_usable();
  void plan_upkeep();

  Ledger& ledger_;
  const platform::Clock& clock_;
  Intake intake_;
  Events events_;
  bool lost_ = false;                      // the thread only
  bool upkeep_planned_ = false;            // likewise
  std::optional<std::int64_t> pushed_ms_;  // likewise; boot time when the last push was taken
  platform::Mutex mutex_;
  std::deque<Waiting> pushes_ HOLDLINE_GUARDED_BY(mutex_);
  std::size_t actions_waiting_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  platform::TaskThread thread_;  // last: it ends before what it works on
};

}  // namespace holdline::hub
