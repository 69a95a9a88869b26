#include "contingency/runbook/words.hpp"

#include <algorithm>

#include "contingency/plan/practice.hpp"

namespace holdline::contingency {

namespace {

using R = RunState;

// A holder that performs something tells of it within seconds; this long after it was due, something is wrong there.
constexpr std::int64_t silent_ms = 30'000;
constexpr std::string_view not_practised = "Left out: it cannot be practised.";

ActionRun run_of(const Journal& journal, const std::string& action) {
  const auto told = journal.actions.find(action);
  return told == journal.actions.end() ? ActionRun{.action = action} : told->second;
}

bool had_effect_elsewhere(const Journal& journal, const std::string& action) {
  return std::ranges::any_of(journal.elsewhere,
                             [&](const event::BegunElsewhere& one) { return one.action == action && one.effect; });
}

std::string because(const ActionRun& run) {
  if (!run.result) return "";
  std::string text = run.result->output.substr(0, run.result->output.find('\n'));
  if (run.result->code != 0) text = std::to_string(run.result->code) + (text.empty() ? "" : " ") + text;
  return text.empty() ? "" : " (" + text + ")";
}

std::string by(const std::optional<Signature>& who) {
  if (!who) return "";
  return ", by " + who->person + (who->reason.empty() ? "" : ": " + who->reason);
}

std::string minutes(std::int64_t ms) {
  const std::int64_t all = (ms + 59'999) / 60'000;
  return all < 60 ? std::to_string(all) + " min" : std::to_string(all / 60) + " h " + std::to_string(all % 60) + " min";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool is_for(const Journal& journal, const PlanAction& action) {
  return action.scenarios.empty() || journal.head.scenario.empty() ||
         std::ranges::find(action.scenarios, journal.head.scenario) != action.scenarios.end();
}

std::string say_waiting(const Journal& journal, const Plan& plan, const PlanAction& action) {
  if (!is_for(journal, action)) return "Not for this scenario.";
  if (action.phase == ActionPhase::exit && !journal.head.exiting) return "Comes when systems are back.";
  if (action.phase == ActionPhase::enter && journal.head.exiting) return "Did not begin; systems are back.";
  if (action.telephony && !journal.head.confirmed)
    return "Waits until somebody confirms the incident: no telephone is touched before.";
  if (journal.head.drill && !can_be_practised(action)) return std::string(not_practised);
  if (action.phase == ActionPhase::during && !run_of(journal, action.id).wanted)
    return "Done when somebody asks for it.";
  std::vector<std::string> before;
  for (const std::string& other : action.after) {
    const PlanAction* of = plan.action(other);
    if (of != nullptr && is_for(journal, *of) && !is_settled(run_of(journal, other).state)) before.push_back(of->title);
  }
  return before.empty() ? "Waits for its station." : "Waits for: " + listed(before) + ".";
}

std::string say_undoing(const Plan& plan, const Journal& journal, const PlanAction& action, const ActionRun& run) {
  const std::string how = action.undo.empty() ? "" : what_is_done(action.undo.front());
  switch (run.state) {
    case R::undo_waiting: {
      std::vector<std::string> first;
      for (const PlanAction& other : plan.actions)
        if (std::ranges::find(other.after, action.id) != other.after.end() &&
            is_undoing(run_of(journal, other.id).state))
          first.push_back(other.title);
      return "Is taken back after: " + listed(first) + ".";
    }
    case R::undo_ready:
      return "A person takes it back and ticks it: " + how;
    case R::undo_running:
      return "Is being taken back, try " + std::to_string(run.tries) + ".";
    case R::undo_pausing:
      return "Could not be taken back yet" + because(run) + "; it is tried again.";
    case R::undone:
      return "Taken back" + by(run.ended) + ".";
    default:
      return "Could NOT be taken back" + because(run) +
             ". Look what is switched, then ask for it again (undo) or sign for it (except).";
  }
}

std::string say_state(const Journal& journal, const Plan& plan, const PlanAction& action, const ActionRun& run) {
  constexpr std::string_view remedy = "Take it back (undo), have it done once more (want), or sign for it (except).";
  switch (run.state) {
    case R::waiting:
      return say_waiting(journal, plan, action);
    case R::asking:
      return action.approver == "it" ? "Waits for IT to approve it." : "Waits for a supervisor to approve it.";
    case R::ready:
      return "A person does it and ticks it: " + what_is_done(action.does);
    case R::running:
      return "Is being done, try " + std::to_string(run.tries) + " of " + std::to_string(action.retries + 1) + ".";
    case R::pausing:
      return "Failed" + because(run) + "; try " + std::to_string(run.tries + 1) + " of " +
             std::to_string(action.retries + 1) + " comes.";
    case R::ok:
      return "Done" + by(run.ended) + "." +
             (run.due_ms != 0 ? " It is taken back by itself in " + minutes(run.due_ms) + "." : "");
    case R::failed:
      return "FAILED" + because(run) + ". It may have had an effect all the same. " + std::string(remedy);
    case R::timed_out:
      return "Did NOT ANSWER in time; whether it took effect nobody knows. Look what is switched. " +
             std::string(remedy);
    case R::skipped:
      return run.ended ? "Left out" + by(run.ended) + "." : std::string(not_practised);
    default:
      return say_undoing(plan, journal, action, run);
  }
}

}  // namespace

std::string what_is_done(const Performance& does) {
  switch (does.kind) {
    case ActionKind::checklist:
      return does.text;
    case ActionKind::webhook:
      return "asks " + does.url;
    case ActionKind::command:
      return "runs " + does.argv.front();
    case ActionKind::json_rpc:
      break;
  }
  std::string params;
  for (const std::string& param : does.params) params += " " + param;
  return "calls " + does.method + params + " at " + does.url;
}

std::string say(const Journal& journal, const Plan& plan, const PlanAction& action) {
  const ActionRun run = run_of(journal, action.id);
  std::string text = say_state(journal, plan, action, run);
  const bool elsewhere = had_effect_elsewhere(journal, action.id);
  const bool begun = run.state != R::waiting && run.state != R::asking && run.state != R::ready;
  if (elsewhere || (run.effect && !begun)) text += " Another station may have begun it: it has to be undone as well.";
  if (run.excepted) text += " Left as it is; signed for" + by(run.excepted) + ".";
  return text;
}

std::vector<WishKind> wishes_for(const Journal& journal, const PlanAction& action) {
  const ActionRun run = run_of(journal, action.id);
  const R state = run.state;
  std::vector<WishKind> may;
  if (state == R::asking) may.push_back(WishKind::approve);
  if (state == R::ready || state == R::undo_ready) may.push_back(WishKind::tick);
  if (state == R::waiting || state == R::asking || state == R::ready) may.push_back(WishKind::skip);
  const bool during = state == R::waiting && action.phase == ActionPhase::during && !run.wanted;
  const bool left_out = journal.head.drill && !can_be_practised(action);
  const bool again =
      state == R::ok || state == R::failed || state == R::timed_out || state == R::skipped || state == R::undone;
  if (!left_out && (during || again)) may.push_back(WishKind::want);
  if (run.effect && !action.undo.empty() && !is_undoing(state)) may.push_back(WishKind::undo);
  if (run.effect && !action.undo.empty() && !run.excepted) may.push_back(WishKind::except);
  return may;
}

std::vector<std::string> left_of(const Journal& journal, const Plan& plan) {
  std::vector<std::string> left;
  for (auto action = plan.actions.rbegin(); action != plan.actions.rend(); ++action) {
    const ActionRun run = run_of(journal, action->id);
    const bool elsewhere = had_effect_elsewhere(journal, action->id);
    if ((run.effect || elsewhere) && !run.excepted && !action->undo.empty()) left.push_back(action->id);
  }
  return left;
}

std::vector<std::string> due_of(const Journal& journal, const Plan& plan) {
  std::vector<std::string> due;
  for (const PlanAction& action : plan.actions)
    if (journal.head.exiting && action.phase == ActionPhase::exit && is_for(journal, action) &&
        !is_settled(run_of(journal, action.id).state))
      due.push_back(action.id);
  return due;
}

namespace {

std::vector<std::string> titles_of(const Plan& plan, const std::vector<std::string>& actions) {
  std::vector<std::string> titles;
  for (const std::string& id : actions) {
    const PlanAction* of = plan.action(id);
    titles.push_back(of == nullptr ? id : of->title);
  }
  return titles;
}

}  // namespace

std::vector<std::string> advice(const Journal& journal, const Plan& plan, std::int64_t now_ms) {
  std::vector<std::string> texts;
  if (!journal.holder)
    texts.push_back(
        "No station has taken this run. Start one (agent.toml: [runbook] station), or do by hand what the plan says.");
  bool overdue = false;
  std::vector<std::string> failed, asking, ready;
  for (const PlanAction& action : plan.actions) {
    const ActionRun run = run_of(journal, action.id);
    const bool under_way = run.state == R::running || run.state == R::undo_running || run.state == R::pausing ||
                           run.state == R::undo_pausing;
    overdue = overdue || (under_way && run.due_ms <= 1);
    if (run.state == R::failed || run.state == R::timed_out || run.state == R::undo_failed)
      if (run.effect && !run.excepted) failed.push_back(action.title);
    if (run.state == R::asking) asking.push_back(action.title);
    if (run.state == R::ready || run.state == R::undo_ready) ready.push_back(action.title);
  }
  const bool unheard = std::ranges::any_of(journal.unheard, [&](const AskedOf& one) {
    return now_ms - one.wish.by.at_ms > silent_ms && one.wish.kind != WishKind::take_over;
  });
  if (journal.holder && (unheard || (overdue && now_ms - journal.told_ms > silent_ms)))
    texts.push_back("Station " + journal.holder->station + " has said nothing for " +
                    minutes(now_ms - journal.told_ms) +
                    " though something is due. If it is gone, have another one take over (takeover).");
  if (!failed.empty()) texts.push_back("Look at what failed: " + listed(failed) + ".");
  if (!asking.empty()) texts.push_back("Waits for an approval: " + listed(asking) + ".");
  if (!ready.empty()) texts.push_back("To be done by people: " + listed(ready) + ".");
  const auto left = titles_of(plan, left_of(journal, plan)), due = titles_of(plan, due_of(journal, plan));
  if (journal.head.exiting && !left.empty())
    texts.push_back("Not undone, so the incident cannot be closed: " + listed(left) + ".");
  if (!due.empty()) texts.push_back("To be done before the incident is closed: " + listed(due) + ".");
  return texts;
}

}  // namespace holdline::contingency
