// One run of a plan's actions for one incident: which is due, approved, running, done, failed, undone. It decides; an
// adapter performs (HTTP, program, telephone system), asks people, and tells what happened. An action is performed
// again under the same idempotency key, also by another station that takes the run over; what an older holder still
// tells is refused by its fence. Whatever may have had an effect has to be undone, or somebody signs for it. What
// waits for people (asking, ready, undo_ready) can be read from actions() at any time, also after a restart. Not
// thread-safe; the owner steps it. Times are monotonic milliseconds of the machine that holds the run.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contingency/incident/incident.hpp"
#include "contingency/plan/plan.hpp"

namespace holdline::contingency {

enum class RunState : std::uint8_t {
  waiting,       // for its phase, for an earlier action, or for the incident to be confirmed
  asking,        // for an approval
  ready,         // a person does it and ticks it
  running,       // it is being performed
  pausing,       // it failed; the next try comes
  ok,            // done
  failed,        // every try failed; it may have had an effect all the same
  timed_out,     // the last try did not answer; likewise
  skipped,       // a person said not to, or it cannot be practised
  undo_waiting,  // for what was done after it to be undone first
  undo_ready,    // a person undoes it and ticks it
  undo_running,
  undo_pausing,
  undone,
  undo_failed,  // every try failed, or none answered
};
inline constexpr std::size_t run_state_count = 15;
std::string_view name_of(RunState state);
constexpr bool is_undo(RunState state) { return state >= RunState::undo_waiting; }
constexpr bool is_undoing(RunState state) { return is_undo(state) && state <= RunState::undo_pausing; }
// Later actions need not wait for it any more.
constexpr bool is_settled(RunState state) { return state >= RunState::ok; }

struct ActionResult {
  int code = 0;        // HTTP status, exit status or error number
  std::string output;  // the first 4 KiB; kept with the incident, so nothing that a customer said
  std::int64_t took_ms = 0;
  bool operator==(const ActionResult&) const = default;
};

struct ActionRun {
  std::string action = {};  // its id in the plan
  RunState state = RunState::waiting;
  bool effect = false;      // something may have changed out there, and it is not undone
  bool wanted = false;      // asked for by a person: of the phase `during`, or once more
  std::uint32_t tries = 0;  // of the present doing or undoing
  std::uint32_t round = 1;  // rises when it is done once more after it was undone
  std::int64_t due_ms = 0;  // running: when it has timed out; pausing: the next try; ok: when it expires; else 0
  std::optional<ActionResult> result = {};
  std::optional<Signature> approved = {}, ended = {};  // ended: ticked, skipped or undone by
  std::optional<Signature> excepted = {};
  bool operator==(const ActionRun&) const = default;
};

// Without the plan: what is kept and handed to another station. `due_ms` is what is left.
struct RunRecord {
  sync::Id incident = {};
  std::uint32_t plan_version = 0;
  bool drill = false, confirmed = true;
  bool entered = false, exiting = false;
  std::string scenario = {};  // empty: not known, every action counts
  std::string station = {};   // that holds the run
  std::uint64_t fence = 1;
  std::vector<ActionRun> actions = {};  // as in the plan
};

namespace event {
struct Entered {};    // declared
struct Exiting {};    // systems are back, or it was cancelled
struct Confirmed {};  // a person stands behind it: telephones may be touched
struct Approved {
  std::string action;
  Signature by;
};
struct Ticked {  // a person did, or undid, what the checklist says
  std::string action;
  Signature by;
};
struct Skipped {
  std::string action;
  Signature by;  // with a reason
};
struct Wanted {  // an action of the phase `during`; or once more, also one that is done: what it switched was forgotten
  std::string action;
  Signature by;
};
struct UndoWanted {
  std::string action;  // empty: everything that is left, in reverse order
  Signature by;
};
struct Excepted {  // stays as it is; somebody signs for it, with a reason
  std::string action;
  Signature by;
};
struct Performed {
  std::string action;
  std::string key;
  std::uint64_t fence = 0;
  bool good = false;
  ActionResult result;
};
struct TakenOver {  // by another station, when the one that held it is gone; or by the same one after a restart
  std::string station;
};
struct BegunElsewhere {  // a station that does not hold the run (any more) says that it has begun this as well
  std::string action;
  std::uint32_t round = 1;
  bool effect = true;  // else it was undone there
  bool operator==(const BegunElsewhere&) const = default;
};
struct Forgotten {  // what was switched is not any more, though nobody undid it: a restart out there
  std::string action;
};
}  // namespace event
using RunEvent = std::variant<event::TimePassed, event::Entered, event::Exiting, event::Confirmed, event::Approved,
                              event::Ticked, event::Skipped, event::Wanted, event::UndoWanted, event::Excepted,
                              event::Performed, event::TakenOver, event::BegunElsewhere, event::Forgotten>;

namespace action {
// Do it and tell event::Performed with the same key and fence. A receiver that has seen the key answers as it did
// before.
struct Perform {
  std::string action;
  Performance what;
  bool undo = false;
  std::string key;
  std::uint32_t attempt = 1;
  std::uint64_t fence = 0;
  std::int64_t timeout_ms = 0;
  bool dry_run = false;  // practice: nothing may change
};
struct Abort {  // it took too long: end it; its answer does not count
  std::string action, key;
};
struct AskApproval {
  std::string action, approver;
};
struct AskPerson {  // to do or undo it, and tick it
  std::string action, text;
  bool undo = false;
};
struct Settled {  // for the log and the screen
  std::string action;
  RunState state = RunState::ok;
};
struct NotUndone {  // when the end begins: what is left, newest first
  std::vector<std::string> actions;
};
struct RunRefused {
  Error error;
};
}  // namespace action
using RunAction = std::variant<action::Perform, action::Abort, action::AskApproval, action::AskPerson, action::Settled,
                               action::NotUndone, action::RunRefused>;
using RunActions = std::vector<RunAction>;

class Runbook {
 public:
  // A new run; the actions of `start` are made from the plan.
  Runbook(Plan plan, RunRecord start);
  // Goes on with what was kept, here or at another station. stop "plan-differs": a run ends with the plan it began
  // with.
  static Result<Runbook> resume(Plan plan, RunRecord record, std::int64_t now_ms);

  RunActions step(const RunEvent& event, std::int64_t now_ms);

  RunRecord record(std::int64_t now_ms) const;  // to keep, after every step
  const std::vector<ActionRun>& actions() const { return record_.actions; }
  // Facts::actions_left: may have had an effect, is not undone, and nobody signed. Newest first.
  std::vector<std::string> left() const;

 private:
  Result<ActionRun*> named(const std::string& action);
  const PlanAction& plan_of(const ActionRun& run) const;
  bool applies(const PlanAction& action) const;
  bool may_begin(const ActionRun& run) const;
  bool may_undo(const ActionRun& run) const;
  Result<void> on(const event::Approved& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Ticked& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Skipped& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Wanted& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::UndoWanted& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Excepted& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Performed& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::TakenOver& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::BegunElsewhere& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Forgotten& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Entered& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Exiting& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::Confirmed& event, std::int64_t now_ms, RunActions& out);
  Result<void> on(const event::TimePassed& event, std::int64_t now_ms, RunActions& out);
  void advance(std::int64_t now_ms, RunActions& out);
  bool advance_one(ActionRun& run, std::int64_t now_ms, RunActions& out);
  bool is_left_out(const ActionRun& run) const;
  void begin(ActionRun& run, std::int64_t now_ms, RunActions& out);
  void begin_undo(ActionRun& run, std::int64_t now_ms, RunActions& out);
  void perform(ActionRun& run, std::int64_t now_ms, RunActions& out);
  void missed(ActionRun& run, RunState otherwise, std::int64_t now_ms, RunActions& out);
  void settle(ActionRun& run, RunState state, std::int64_t now_ms, RunActions& out);

  Plan plan_;
  RunRecord record_;
};

// The key of one doing or undoing, the same for every try and every station.
std::string idempotency_key(const sync::Id& incident, const ActionRun& run);

}  // namespace holdline::contingency
