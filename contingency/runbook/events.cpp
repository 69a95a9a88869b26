// What happened to a run, or what somebody wants of it: one handler an event.
#include <algorithm>

#include "contingency/runbook/runbook.hpp"

namespace holdline::contingency {

namespace {

using R = RunState;

constexpr std::size_t output_bytes = 4'096;

auto refuse_run(std::string code, std::string text) {
  return fail(ErrorKind::ask_person, std::move(code), std::move(text));
}

Result<void> not_now(const ActionRun& run, std::string_view what) {
  return refuse_run("not-now",
                    "The action '" + run.action + "' is " + std::string(name_of(run.state)) + ": " + std::string(what));
}

}  // namespace

Result<ActionRun*> Runbook::named(const std::string& action) {
  const auto run = std::ranges::find(record_.actions, action, &ActionRun::action);
  if (run == record_.actions.end())
    return refuse_run("no-such-action", "The plan of this incident has no action '" + action + "'.");
  return &*run;
}

Result<void> Runbook::on(const event::TimePassed&, std::int64_t, RunActions&) { return {}; }

Result<void> Runbook::on(const event::Entered&, std::int64_t, RunActions&) {
  record_.entered = true;
  record_.exiting = false;  // declared again before it was over: what was not done yet is due again
  return {};
}

Result<void> Runbook::on(const event::Exiting&, std::int64_t now_ms, RunActions& out) {
  record_.exiting = true;
  // What has not begun does not begin any more. What a person was asked to do may be done and not ticked: they are
  // asked to take it back.
  for (ActionRun& run : record_.actions) {
    if (plan_of(run).phase == ActionPhase::exit || (run.state != R::asking && run.state != R::ready)) continue;
    run.wanted = false;
    if (run.state == R::ready && !plan_of(run).undo.empty()) {
      run.effect = true;
      settle(run, R::undo_waiting, now_ms, out);
    } else {
      run.state = R::waiting;
    }
  }
  out.push_back(action::NotUndone{left()});
  return {};
}

Result<void> Runbook::on(const event::Confirmed&, std::int64_t, RunActions&) {
  record_.confirmed = true;
  return {};
}

Result<void> Runbook::on(const event::Approved& event, std::int64_t now_ms, RunActions& out) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (run->state != R::asking) return not_now(*run, "it does not wait for an approval.");
  const Who needed = plan_of(*run).approver == "it" ? by_it : by_supervisor;
  if (event.by.role != needed)
    return refuse_run("role-refused", std::string("This is for ") + (needed == by_it ? "IT." : "supervisors."));
  run->approved = event.by;
  begin(*run, now_ms, out);
  return {};
}

Result<void> Runbook::on(const event::Ticked& event, std::int64_t now_ms, RunActions& out) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (event.by.role == by_agent && plan_of(*run).role != agent_role)
    return refuse_run("role-refused", "The plan does not mean this for agents.");
  if (run->state != R::ready && run->state != R::undo_ready) return not_now(*run, "there is nothing to tick.");
  run->ended = event.by;
  settle(*run, run->state == R::ready ? R::ok : R::undone, now_ms, out);
  return {};
}

Result<void> Runbook::on(const event::Skipped& event, std::int64_t now_ms, RunActions& out) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (run->state != R::waiting && run->state != R::asking && run->state != R::ready)
    return not_now(*run, "what has begun cannot be skipped. Undo it.");
  HOLDLINE_TRY(check_reason(event.by.reason));
  run->ended = event.by;
  settle(*run, R::skipped, now_ms, out);
  return {};
}

Result<void> Runbook::on(const event::Wanted& event, std::int64_t, RunActions&) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (is_left_out(*run)) return not_now(*run, "it cannot be practised, and a drill leaves it out.");
  const bool again = run->state == R::undone || run->state == R::failed || run->state == R::timed_out ||
                     run->state == R::skipped || run->state == R::ok;
  if (!again && run->state != R::waiting) return not_now(*run, "it cannot be asked for.");
  // After an undoing, or a success, it is another doing; after a failure it is the same one, tried again.
  if (run->state == R::undone || run->state == R::ok) ++run->round;
  run->state = R::waiting;
  run->wanted = true;
  run->tries = 0;
  run->due_ms = 0;
  run->approved.reset();
  run->excepted.reset();
  return {};
}

Result<void> Runbook::on(const event::UndoWanted& event, std::int64_t now_ms, RunActions& out) {
  std::vector<std::string> actions = left();
  if (!event.action.empty()) {
    HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
    if (plan_of(*run).undo.empty()) return not_now(*run, "the plan has nothing to undo it with.");
    if (!run->effect || is_undoing(run->state)) return not_now(*run, "there is nothing to undo.");
    actions = {event.action};
  }
  for (const std::string& action : actions) {
    HOLDLINE_ASSIGN(ActionRun * run, named(action));
    if (is_undoing(run->state)) continue;
    if (run->state == R::running) out.push_back(action::Abort{run->action, idempotency_key(record_.incident, *run)});
    settle(*run, R::undo_waiting, now_ms, out);
    run->ended = event.by;
  }
  return {};
}

Result<void> Runbook::on(const event::Excepted& event, std::int64_t, RunActions&) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (!run->effect) return not_now(*run, "there is nothing to sign for.");
  HOLDLINE_TRY(check_reason(event.by.reason));
  run->excepted = event.by;
  return {};
}

Result<void> Runbook::on(const event::Performed& event, std::int64_t now_ms, RunActions& out) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (event.fence != record_.fence)
    return refuse_run("stale-fence", "Another station has taken this run over: " + record_.station + ".");
  if ((run->state != R::running && run->state != R::undo_running) ||
      event.key != idempotency_key(record_.incident, *run))
    return not_now(*run, "this answer came too late.");
  run->result = event.result;
  run->result->output.resize(std::min(run->result->output.size(), output_bytes));
  const bool undo = run->state == R::undo_running;
  if (event.good)
    settle(*run, undo ? R::undone : R::ok, now_ms, out);
  else
    missed(*run, undo ? R::undo_failed : R::failed, now_ms, out);
  return {};
}

// Whatever runs is performed again under the same key: whether the other station's try arrived nobody knows.
Result<void> Runbook::on(const event::TakenOver& event, std::int64_t now_ms, RunActions& out) {
  ++record_.fence;
  record_.station = event.station;
  for (ActionRun& run : record_.actions) {
    if (run.state != R::running && run.state != R::undo_running) continue;
    --run.tries;
    perform(run, now_ms, out);
  }
  return {};
}

// It did what is not begun here: so it has to be undone like what was done here. What was undone there as well is
// another doing when it begins here, under another key. What has begun here is under the same key.
Result<void> Runbook::on(const event::BegunElsewhere& event, std::int64_t, RunActions&) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (run->state != R::waiting && run->state != R::asking && run->state != R::ready && run->state != R::skipped)
    return {};
  if (event.effect)
    run->effect = true;
  else
    run->round = std::max(run->round, event.round + 1);
  return {};
}

// Another doing, under another key: a target that remembers the first one would answer without doing anything. Who
// approved it approved that it is switched; the time after which it expires begins anew.
Result<void> Runbook::on(const event::Forgotten& event, std::int64_t now_ms, RunActions& out) {
  HOLDLINE_ASSIGN(ActionRun * run, named(event.action));
  if (run->state != R::ok) return not_now(*run, "there is nothing to be forgotten.");
  ++run->round;
  begin(*run, now_ms, out);
  return {};
}

}  // namespace holdline::contingency
