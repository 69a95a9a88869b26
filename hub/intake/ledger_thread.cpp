#include "hub/intake/ledger_thread.hpp"

#include <algorithm>
#include <utility>

namespace holdline::hub {

namespace {

// Actions of one group: as many as one commit takes in a few tens of milliseconds, so that an urgent push behind a bulk
// one does not wait long.
constexpr std::size_t group_actions = 4'000;
// Actions that may wait for the thread; a whole fleet's next attempt is better spent elsewhere than in this queue.
constexpr std::size_t queue_actions = 100'000;
// Workstations that have something to say say it more often than this.
constexpr std::int64_t traffic_ms = 10'000;

}  // namespace

LedgerThread::LedgerThread(Ledger& ledger, platform::Entropy& entropy, const platform::Clock& clock, Events events,
                           std::int64_t sign_in_ms)
    : ledger_(ledger),
      clock_(clock),
      intake_(ledger, entropy, sign_in_ms),
      events_(std::move(events)),
      thread_(clock) {}

void LedgerThread::push(IncomingPush push, Pushed reply) {
  {
    const platform::MutexLock lock(mutex_);
    if (actions_waiting_ + push.actions.size() <= queue_actions) {
      actions_waiting_ += push.actions.size();
      pushes_.push_back({std::move(push), std::move(reply)});
      reply = nullptr;
    }
  }
  if (reply)
    reply(fail(ErrorKind::retry_later, "busy", "The hub is catching up; the workstation tries again by itself."));
  else
    thread_.post([this] { take_waiting(); });  // one task for each push; the first takes all that wait by then
}

void LedgerThread::run(std::function<void(Ledger&, Intake&)> work) {
  thread_.post([this, work = std::move(work)] {
    work(ledger_, intake_);
    events_.committed();
    check_ledger_usable();
    plan_upkeep();
  });
}

void LedgerThread::run_in_turns(Turn turn) { next_turn(std::make_shared<const Turn>(std::move(turn))); }

// Behind what is queued by then, and behind the pushes that came since: who waits for an answer waits for the rest of
// one turn.
void LedgerThread::next_turn(std::shared_ptr<const Turn> turn) {
  thread_.post([this, turn = std::move(turn)] {
    take_waiting();
    const bool quiet = !pushed_ms_ || clock_.now().boot_ms - *pushed_ms_ > traffic_ms;
    const bool more = (*turn)(ledger_, intake_, quiet ? Traffic::none : Traffic::pushes);
    events_.committed();
    check_ledger_usable();
    plan_upkeep();
    if (more) next_turn(turn);
  });
}

void LedgerThread::run_beside_writes(std::function<void()> work) { thread_.post(std::move(work)); }

// Whoever waits for a change is not woken: there is none.
void LedgerThread::prove_writes(std::string mark, std::function<void(Result<void>)> done) {
  thread_.post([this, mark = std::move(mark), done = std::move(done)] {
    const auto proved = ledger_.prove_writes(mark);
    done(proved);
    if (!proved) check_ledger_usable();
    plan_upkeep();
  });
}

std::vector<LedgerThread::Waiting> LedgerThread::next_group() {
  const platform::MutexLock lock(mutex_);
  std::vector<Waiting> group;
  for (std::size_t actions = 0;
       !pushes_.empty() && (group.empty() || actions + pushes_.front().push.actions.size() <= group_actions);) {
    actions += pushes_.front().push.actions.size();
    actions_waiting_ -= pushes_.front().push.actions.size();
    group.push_back(std::move(pushes_.front()));
    pushes_.pop_front();
  }
  return group;
}

void LedgerThread::take_waiting() {
  auto group = next_group();
  if (!group.empty()) take_group(std::move(group));
}

void LedgerThread::take_group(std::vector<Waiting> group) {
  pushed_ms_ = clock_.now().boot_ms;
  std::vector<IncomingPush> pushes;
  pushes.reserve(group.size());
  for (Waiting& waiting : group) pushes.push_back(std::move(waiting.push));
  auto replies = intake_.take(pushes, clock_.now().wall_ms);
  // One bad push must not fail the others' commit for ever: a failed group is tried again push by push.
  if (pushes.size() > 1 && !replies.front())
    for (std::size_t i = 0; i < pushes.size(); ++i)
      replies[i] = std::move(intake_.take({&pushes[i], 1}, clock_.now().wall_ms).front());
  const bool all_well = std::ranges::all_of(replies, [](const auto& reply) { return reply.has_value(); });
  for (std::size_t i = 0; i < group.size(); ++i) group[i].reply(std::move(replies[i]));
  events_.committed();
  if (!all_well) check_ledger_usable();
  plan_upkeep();
}

// In its place between others, as every turn of a long write.
void LedgerThread::plan_upkeep() {
  if (upkeep_planned_ || !ledger_.upkeep_due()) return;
  upkeep_planned_ = true;
  thread_.post([this] {
    take_waiting();
    upkeep_planned_ = false;
    if (!ledger_.upkeep()) check_ledger_usable();
  });
}

// Asked of the ledger itself: what failed may have been any write, and its own error may have been told to somebody
// else.
void LedgerThread::check_ledger_usable() {
  if (lost_) return;
  const auto usable = ledger_.begin();  // writes nothing
  if (usable || usable.error().code != "ledger-needs-reopen") return;
  lost_ = true;
  events_.lost(usable.error());
}

}  // namespace holdline::hub
