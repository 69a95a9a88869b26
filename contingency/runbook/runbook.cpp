#include "contingency/runbook/runbook.hpp"

#include <algorithm>
#include <array>

#include "contingency/plan/practice.hpp"

namespace holdline::contingency {

namespace {

using R = RunState;

constexpr std::array run_names{"waiting",    "asking",       "ready",        "running", "pausing",
                               "ok",         "failed",       "timed-out",    "skipped", "undo-waiting",
                               "undo-ready", "undo-running", "undo-pausing", "undone",  "undo-failed"};
static_assert(run_names.size() == run_state_count);

}  // namespace

std::string_view name_of(RunState state) { return run_names[static_cast<std::size_t>(state)]; }

std::string idempotency_key(const sync::Id& incident, const ActionRun& run) {
  return incident.text() + "/" + run.action + (is_undo(run.state) ? "/undo/" : "/do/") + std::to_string(run.round);
}

Runbook::Runbook(Plan plan, RunRecord start) : plan_(std::move(plan)), record_(std::move(start)) {
  record_.plan_version = plan_.version;
  record_.actions.clear();
  for (const PlanAction& action : plan_.actions) record_.actions.emplace_back().action = action.id;
}

Result<Runbook> Runbook::resume(Plan plan, RunRecord record, std::int64_t now_ms) {
  if (record.plan_version != plan.version ||
      !std::ranges::equal(record.actions, plan.actions, {}, &ActionRun::action, &PlanAction::id))
    return fail(ErrorKind::stop, "plan-differs",
                "This run began with version " + std::to_string(record.plan_version) +
                    " of the plan, and goes on with that one only.");
  Runbook runbook(std::move(plan), {});
  runbook.record_ = std::move(record);
  for (ActionRun& run : runbook.record_.actions)
    if (run.due_ms != 0) run.due_ms += now_ms;
  return runbook;
}

RunRecord Runbook::record(std::int64_t now_ms) const {
  RunRecord record = record_;
  for (ActionRun& run : record.actions)
    if (run.due_ms != 0) run.due_ms = std::max<std::int64_t>(1, run.due_ms - now_ms);
  return record;
}

RunActions Runbook::step(const RunEvent& event, std::int64_t now_ms) {
  RunActions out;
  const Result<void> taken = std::visit([&](const auto& e) { return on(e, now_ms, out); }, event);
  if (!taken) out.push_back(action::RunRefused{taken.error()});
  advance(now_ms, out);
  return out;
}

const PlanAction& Runbook::plan_of(const ActionRun& run) const {
  return plan_.actions[static_cast<std::size_t>(&run - record_.actions.data())];
}

bool Runbook::applies(const PlanAction& action) const {
  return action.scenarios.empty() || record_.scenario.empty() ||
         std::ranges::find(action.scenarios, record_.scenario) != action.scenarios.end();
}

bool Runbook::may_begin(const ActionRun& run) const {
  const PlanAction& action = plan_of(run);
  if (!applies(action) || (action.telephony && !record_.confirmed)) return false;
  const bool begun = action.phase == ActionPhase::enter  ? record_.entered && !record_.exiting
                     : action.phase == ActionPhase::exit ? record_.exiting
                                                         : false;
  if (!begun && !run.wanted) return false;
  return std::ranges::all_of(record_.actions, [&](const ActionRun& other) {
    const bool before = std::ranges::find(action.after, other.action) != action.after.end();
    return !before || is_settled(other.state) || !applies(plan_of(other));
  });
}

// What was done after it is undone first.
bool Runbook::may_undo(const ActionRun& run) const {
  return std::ranges::none_of(record_.actions, [&](const ActionRun& other) {
    const PlanAction& action = plan_of(other);
    const bool later = std::ranges::find(action.after, run.action) != action.after.end();
    return later && is_undoing(other.state);
  });
}

std::vector<std::string> Runbook::left() const {
  std::vector<std::string> left;
  for (auto run = record_.actions.rbegin(); run != record_.actions.rend(); ++run)
    if (run->effect && !run->excepted && !plan_of(*run).undo.empty()) left.push_back(run->action);
  return left;
}

void Runbook::advance(std::int64_t now_ms, RunActions& out) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (ActionRun& run : record_.actions) moved = advance_one(run, now_ms, out) || moved;
  }
}

// One step of one action, if time or another action lets it go on.
bool Runbook::advance_one(ActionRun& run, std::int64_t now_ms, RunActions& out) {
  const R before = run.state;
  const bool late = run.due_ms != 0 && now_ms >= run.due_ms;
  switch (run.state) {
    case R::waiting:
      if (!may_begin(run)) break;
      if (is_left_out(run)) {
        settle(run, R::skipped, now_ms, out);
      } else if (!plan_of(run).approver.empty() && !run.approved) {
        run.state = R::asking;
        out.push_back(action::AskApproval{run.action, plan_of(run).approver});
      } else {
        begin(run, now_ms, out);
      }
      break;
    case R::running:
    case R::undo_running:
      if (!late) break;
      out.push_back(action::Abort{run.action, idempotency_key(record_.incident, run)});
      missed(run, before == R::running ? R::timed_out : R::undo_failed, now_ms, out);
      break;
    case R::pausing:
    case R::undo_pausing:
      if (late) perform(run, now_ms, out);
      break;
    case R::ok:
      if (late) settle(run, R::undo_waiting, now_ms, out);
      break;
    case R::undo_waiting:
      if (may_undo(run)) begin_undo(run, now_ms, out);
      break;
    default:
      break;
  }
  return run.state != before;
}

bool Runbook::is_left_out(const ActionRun& run) const { return record_.drill && !can_be_practised(plan_of(run)); }

void Runbook::begin(ActionRun& run, std::int64_t now_ms, RunActions& out) {
  const Performance& does = plan_of(run).does;
  run.tries = 0;
  if (does.kind != ActionKind::checklist) {
    run.state = R::pausing;  // perform() goes on from there
    return perform(run, now_ms, out);
  }
  run.state = R::ready;
  out.push_back(action::AskPerson{run.action, does.text, false});
}

void Runbook::begin_undo(ActionRun& run, std::int64_t now_ms, RunActions& out) {
  const Performance& does = plan_of(run).undo.front();
  run.tries = 0;
  if (does.kind != ActionKind::checklist) {
    run.state = R::undo_pausing;
    return perform(run, now_ms, out);
  }
  run.state = R::undo_ready;
  out.push_back(action::AskPerson{run.action, does.text, true});
}

void Runbook::perform(ActionRun& run, std::int64_t now_ms, RunActions& out) {
  const PlanAction& action = plan_of(run);
  const bool undo = is_undo(run.state);
  run.state = undo ? R::undo_running : R::running;
  run.effect = true;  // from here on nobody knows, until it is undone
  ++run.tries;
  run.due_ms = now_ms + action.timeout_ms;
  out.push_back(action::Perform{run.action, undo ? action.undo.front() : action.does, undo,
                                idempotency_key(record_.incident, run), run.tries, record_.fence, action.timeout_ms,
                                record_.drill && !action.real_in_drill});
}

// A try failed or did not answer: once more later, or it is `otherwise`.
void Runbook::missed(ActionRun& run, RunState otherwise, std::int64_t now_ms, RunActions& out) {
  const PlanAction& action = plan_of(run);
  if (run.tries > action.retries) return settle(run, otherwise, now_ms, out);
  run.state = is_undo(run.state) ? R::undo_pausing : R::pausing;
  run.due_ms = now_ms + action.retry_wait_ms;
}

void Runbook::settle(ActionRun& run, RunState state, std::int64_t now_ms, RunActions& out) {
  run.state = state;
  if (state == R::ok) run.effect = true;
  if (state == R::undone) run.effect = false;
  run.due_ms = state == R::ok && plan_of(run).expires_ms != 0 ? now_ms + plan_of(run).expires_ms : 0;
  out.push_back(action::Settled{run.action, state});
}

}  // namespace holdline::contingency
