#include "contingency/runbook/runbook.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "contingency/runbook/fill.hpp"

namespace holdline::contingency {
namespace {

const Signature sue{"sue", by_supervisor, "Needed now.", 1};
const Signature ivo{"ivo", by_it, "Needed now.", 2};

PlanAction webhook(std::string id, std::vector<std::string> after = {}) {
  PlanAction action;
  action.id = std::move(id);
  action.does.kind = ActionKind::webhook;
  action.does.url = "https://x.example/";
  action.undo = {action.does};
  action.after = std::move(after);
  action.retries = 1;
  action.timeout_ms = 1'000;
  action.retry_wait_ms = 500;
  return action;
}

Plan plan_of(std::vector<PlanAction> actions) {
  Plan plan;
  plan.version = 1;
  plan.actions = std::move(actions);
  return plan;
}

template <class A>
std::vector<A> all_of(const RunActions& actions) {
  std::vector<A> found;
  for (const RunAction& a : actions)
    if (const auto* is = std::get_if<A>(&a)) found.push_back(*is);
  return found;
}
std::string refused(const RunActions& actions) {
  const auto found = all_of<action::RunRefused>(actions);
  return found.empty() ? "" : found.front().error.code;
}
event::Performed answer(const action::Perform& performed, bool good) {
  return {performed.action, performed.key, performed.fence, good, {good ? 200 : 500, "body", 12}};
}

TEST(RunbookTest, PerformsInTheOrderOfThePlanAndUndoesInReverse) {
  Runbook run(plan_of({webhook("notice"), webhook("redirect", {"notice"})}), {});
  auto performed = all_of<action::Perform>(run.step(event::Entered{}, 0));
  ASSERT_EQ(performed.size(), 1U);
  EXPECT_EQ(performed[0].action, "notice");
  performed = all_of<action::Perform>(run.step(answer(performed[0], true), 10));
  ASSERT_EQ(performed.size(), 1U);
  EXPECT_EQ(performed[0].action, "redirect");
  run.step(answer(performed[0], true), 20);
  const auto listed = all_of<action::NotUndone>(run.step(event::Exiting{}, 30));
  EXPECT_EQ(listed.at(0).actions, (std::vector<std::string>{"redirect", "notice"}));
  performed = all_of<action::Perform>(run.step(event::UndoWanted{"", sue}, 40));
  ASSERT_EQ(performed.size(), 1U);
  EXPECT_EQ(performed[0].action, "redirect");
  EXPECT_TRUE(performed[0].undo);
  performed = all_of<action::Perform>(run.step(answer(performed[0], true), 50));
  EXPECT_EQ(performed.at(0).action, "notice");
  EXPECT_EQ(run.left().size(), 1U) << "until it is undone";
  run.step(answer(performed[0], true), 60);
  EXPECT_TRUE(run.left().empty());
}

TEST(RunbookTest, RetriesUnderTheSameKeyAndWhatTimesOutBlocksUntilItIsUndoneOrSignedFor) {
  Runbook run(plan_of({webhook("notice")}), {});
  const auto first = all_of<action::Perform>(run.step(event::Entered{}, 0)).at(0);
  EXPECT_TRUE(all_of<action::Abort>(run.step(event::TimePassed{}, 999)).empty());
  EXPECT_EQ(all_of<action::Abort>(run.step(event::TimePassed{}, 1'000)).size(), 1U);
  EXPECT_EQ(refused(run.step(answer(first, true), 1'100)), "not-now") << "too late; the next try tells";
  const auto second = all_of<action::Perform>(run.step(event::TimePassed{}, 1'500)).at(0);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(second.attempt, 2U);
  run.step(event::TimePassed{}, 2'500);
  EXPECT_EQ(run.actions()[0].state, RunState::timed_out);
  EXPECT_EQ(run.left(), std::vector<std::string>{"notice"}) << "it may have arrived";
  Runbook signed_for = run;
  EXPECT_EQ(refused(signed_for.step(event::Excepted{"notice", {"sue", by_supervisor, " ", 1}}, 2'600)),
            "reason-missing");
  signed_for.step(event::Excepted{"notice", sue}, 2'600);
  EXPECT_TRUE(signed_for.left().empty());
  const auto undo = all_of<action::Perform>(run.step(event::UndoWanted{"notice", sue}, 2'600)).at(0);
  EXPECT_NE(undo.key, first.key);
  run.step(answer(undo, true), 2'700);
  EXPECT_TRUE(run.left().empty());
  const auto again = all_of<action::Perform>(run.step(event::Wanted{"notice", sue}, 2'800)).at(0);
  EXPECT_NE(again.key, first.key) << "another doing";
}

TEST(RunbookTest, AnotherStationTakesOverWithTheSameKeyAndTheOldHolderIsRefused) {
  Runbook run(plan_of({webhook("notice")}), {.station = "PC-1"});
  const auto old = all_of<action::Perform>(run.step(event::Entered{}, 0)).at(0);
  // The record reaches another machine, whose clock counts from elsewhere.
  Runbook there = *Runbook::resume(plan_of({webhook("notice")}), run.record(400), 9'000'000);
  EXPECT_EQ(Runbook::resume(plan_of({}), run.record(400), 0).error().code, "plan-differs");
  EXPECT_TRUE(all_of<action::Abort>(there.step(event::TimePassed{}, 9'000'599)).empty());
  const auto taken = all_of<action::Perform>(there.step(event::TakenOver{"PC-2"}, 9'000'599)).at(0);
  EXPECT_EQ(taken.key, old.key);
  EXPECT_GT(taken.fence, old.fence);
  EXPECT_EQ(refused(there.step(answer(old, false), 9'000'700)), "stale-fence");
  there.step(answer(taken, true), 9'000'800);
  EXPECT_EQ(there.actions()[0].state, RunState::ok);
}

TEST(RunbookTest, WhatATargetForgotIsDoneOnceMoreUnderAnotherKeyAndKeepsItsApproval) {
  auto approved = webhook("redirect");
  approved.approver = "supervisor";
  Runbook run(plan_of({approved}), {});
  run.step(event::Entered{}, 0);
  EXPECT_EQ(refused(run.step(event::Forgotten{"redirect"}, 0)), "not-now") << "it is not switched";
  const auto first = all_of<action::Perform>(run.step(event::Approved{"redirect", sue}, 0)).at(0);
  run.step(answer(first, true), 10);
  const auto again = all_of<action::Perform>(run.step(event::Forgotten{"redirect"}, 20)).at(0);
  EXPECT_NE(again.key, first.key) << "a target that remembers the first would do nothing";
  EXPECT_EQ(run.actions()[0].approved, sue);
  run.step(answer(again, true), 30);
  EXPECT_EQ(run.actions()[0].state, RunState::ok);
  EXPECT_EQ(run.left().size(), 1U);
}

TEST(RunbookTest, TelephonesWaitForAConfirmationAndAnApproval) {
  PlanAction notice = webhook("notice");
  notice.telephony = true;
  notice.approver = "supervisor";
  Runbook run(plan_of({notice}), {.confirmed = false});
  EXPECT_TRUE(run.step(event::Entered{}, 0).empty());
  EXPECT_EQ(all_of<action::AskApproval>(run.step(event::Confirmed{}, 1)).size(), 1U);
  EXPECT_EQ(refused(run.step(event::Approved{"notice", ivo}, 2)), "role-refused");
  EXPECT_EQ(all_of<action::Perform>(run.step(event::Approved{"notice", sue}, 3)).size(), 1U);
}

TEST(RunbookTest, AnExpiryUndoesByItself) {
  PlanAction redirect = webhook("redirect");
  redirect.expires_ms = 60'000;
  Runbook run(plan_of({redirect}), {});
  run.step(answer(all_of<action::Perform>(run.step(event::Entered{}, 0)).at(0), true), 100);
  EXPECT_TRUE(all_of<action::Perform>(run.step(event::TimePassed{}, 60'099)).empty());
  EXPECT_TRUE(all_of<action::Perform>(run.step(event::TimePassed{}, 60'100)).at(0).undo);
}

TEST(RunbookTest, PracticeIsPerformedDryOrNotAtAll) {
  PlanAction dry = webhook("dry");
  dry.dry_run = true;
  PlanAction real = webhook("real");
  real.real_in_drill = true;
  Runbook run(plan_of({dry, webhook("wet"), real}), {.drill = true});
  const auto performed = all_of<action::Perform>(run.step(event::Entered{}, 0));
  ASSERT_EQ(performed.size(), 2U);
  EXPECT_TRUE(performed[0].dry_run);
  EXPECT_EQ(run.actions()[1].state, RunState::skipped);
  EXPECT_EQ(refused(run.step(event::Wanted{"wet", sue}, 1)), "not-now");
  EXPECT_FALSE(performed[1].dry_run) << "the plan says otherwise";
}

TEST(RunbookTest, APersonTicksOrSkipsAChecklistAndWhatHasNotBegunEndsWithTheIncident) {
  PlanAction stop = webhook("stop"), tell = webhook("tell", {"stop"});
  stop.does = {};
  stop.does.text = "Stop it.";
  stop.undo = {stop.does};
  tell.does = stop.does;
  tell.undo.clear();
  Runbook run(plan_of({stop, tell}), {});
  EXPECT_EQ(all_of<action::AskPerson>(run.step(event::Entered{}, 0)).at(0).text, "Stop it.");
  EXPECT_EQ(refused(run.step(event::Skipped{"stop", {"sue", by_supervisor, "", 1}}, 1)), "reason-missing");
  run.step(event::Ticked{"stop", sue}, 2);
  EXPECT_EQ(run.actions()[1].state, RunState::ready);
  run.step(event::Exiting{}, 3);
  EXPECT_EQ(run.actions()[1].state, RunState::waiting);
  EXPECT_EQ(run.left(), std::vector<std::string>{"stop"});
  EXPECT_TRUE(all_of<action::AskPerson>(run.step(event::UndoWanted{"stop", sue}, 4)).at(0).undo);
  run.step(event::Ticked{"stop", sue}, 5);
  EXPECT_TRUE(run.left().empty());
}

TEST(RunbookTest, WhatMayBeDoneAndNotTickedWhenSystemsAreBackIsTakenBack) {
  PlanAction notice;
  notice.id = "notice";
  notice.does.text = "Switch the announcement on.";
  notice.undo = {notice.does};
  Runbook run(plan_of({notice}), {});
  run.step(event::Entered{}, 0);
  const auto asked = all_of<action::AskPerson>(run.step(event::Exiting{}, 3));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_TRUE(asked[0].undo);
  EXPECT_EQ(run.left(), std::vector<std::string>{"notice"});
  run.step(event::Ticked{"notice", sue}, 5);
  EXPECT_TRUE(run.left().empty());
}

TEST(RunbookTest, AgentsTickWhatThePlanMeansForThemAndNothingElse) {
  PlanAction banner, notice;
  banner.id = "banner";
  banner.role = "agent";
  notice.id = "notice";
  Runbook run(plan_of({banner, notice}), {});
  run.step(event::Entered{}, 0);
  const Signature amy{"amy", by_agent, "", 5};
  EXPECT_EQ(refused(run.step(event::Ticked{"notice", amy}, 5)), "role-refused");
  EXPECT_EQ(refused(run.step(event::Ticked{"banner", amy}, 6)), "");
  EXPECT_EQ(run.actions().at(0).state, RunState::ok);
  EXPECT_EQ(run.actions().at(0).ended, amy) << "who, and when";
}

TEST(RunbookTest, OutputIsKeptToFourKibibytes) {
  Runbook run(plan_of({webhook("a")}), {});
  auto told = answer(all_of<action::Perform>(run.step(event::Entered{}, 0)).at(0), true);
  told.result.output = std::string(1'000'000, 'x');
  run.step(told, 1);
  EXPECT_EQ(run.actions()[0].result->output.size(), 4'096U);
}

// Everything that two actions, the second after the first, can come to: each state × each event, until nothing is new.
class Explorer {
 public:
  explicit Explorer(const Plan& plan) : plan_(plan) {
    RunRecord start;
    start.confirmed = false;
    visit(Runbook(plan_, start), 0);
    while (!queue_.empty()) {
      const RunRecord from = queue_.front();
      queue_.pop_front();
      for (const RunEvent& event : events_of(from)) step_from(from, event);
    }
  }
  std::set<RunState> states;
  std::size_t visited = 0, steps = 0, refusals = 0;

 private:
  static std::string shape(const RunRecord& record) {
    std::string text =
        std::string{record.confirmed ? 'c' : '-', record.entered ? 'e' : '-', record.exiting ? 'x' : '-'};
    for (const ActionRun& run : record.actions)
      text += "|" + std::to_string(static_cast<int>(run.state)) + (run.wanted ? "w" : "") + std::to_string(run.tries) +
              (run.approved ? "a" : "") + (run.excepted ? "s" : "") + (run.effect ? "f" : "");
    return text;
  }
  void visit(const Runbook& run, std::int64_t now_ms) {
    RunRecord record = run.record(now_ms);
    for (ActionRun& action : record.actions) {
      states.insert(action.state);
      action.round = 1;  // rounds and fences go on for ever
    }
    record.fence = 1;
    if (!seen_.insert(shape(record)).second) return;
    ++visited;
    queue_.push_back(std::move(record));
  }
  std::vector<RunEvent> events_of(const RunRecord& record) const {
    std::vector<RunEvent> events{event::Entered{},          event::Exiting{},         event::Confirmed{},
                                 event::TimePassed{},       event::TakenOver{"PC-2"}, event::UndoWanted{"", sue},
                                 event::Ticked{"none", sue}};
    for (const ActionRun& run : record.actions) {
      const std::string& id = run.action;
      const std::string key = idempotency_key(record.incident, run);
      for (RunEvent event : std::initializer_list<RunEvent>{
               event::Approved{id, sue}, event::Ticked{id, sue}, event::Skipped{id, sue}, event::Wanted{id, sue},
               event::UndoWanted{id, sue}, event::Excepted{id, sue}, event::Performed{id, key, 1, true, {}},
               event::Performed{id, key, 1, false, {}}, event::Performed{id, key, 0, true, {}}})
        events.push_back(std::move(event));
    }
    return events;
  }
  void step_from(const RunRecord& from, const RunEvent& event) {
    Runbook run = *Runbook::resume(plan_, from, 0);
    const std::vector<std::string> left = run.left();
    const std::int64_t now_ms = std::holds_alternative<event::TimePassed>(event) ? 1'000'000 : 0;
    const RunActions actions = run.step(event, now_ms);
    ++steps;
    for (const auto& no : all_of<action::RunRefused>(actions)) {
      EXPECT_FALSE(no.error.message.empty());
      ++refusals;
    }
    for (const auto& performed : all_of<action::Perform>(actions)) {
      const ActionRun& of = named(run, performed.action);
      EXPECT_TRUE(performed.undo || run.record(0).confirmed) << "telephones only once a person confirmed";
      EXPECT_TRUE(performed.undo || of.approved) << "and approved";
      EXPECT_LE(performed.attempt, 2U);
    }
    if (run.actions().back().state == RunState::ready && from.actions.back().state == RunState::waiting &&
        run.actions().size() == 2) {
      EXPECT_GE(run.actions()[0].state, RunState::ok) << "the second began before the first was settled";
    }
    // What may have had an effect leaves the list by being undone or signed for, and in no other way.
    const std::vector<std::string> now_left = run.left();
    for (const std::string& id : left)
      if (std::ranges::find(now_left, id) == now_left.end()) {
        const ActionRun& of = named(run, id);
        EXPECT_TRUE(of.state == RunState::undone || of.excepted) << name_of(of.state);
      }
    visit(run, now_ms);
  }
  static const ActionRun& named(const Runbook& run, const std::string& id) {
    return *std::ranges::find(run.actions(), id, &ActionRun::action);
  }

  const Plan& plan_;
  std::set<std::string> seen_;
  std::deque<RunRecord> queue_;
};

TEST(RunbookTest, EveryReachableStateTakesEveryEventAndForgetsNoEffect) {
  PlanAction first = webhook("first"), second = webhook("second", {"first"});
  first.approver = "supervisor";
  first.telephony = true;
  second.does.kind = second.undo[0].kind = ActionKind::checklist;
  first.expires_ms = 60'000;
  const Plan automatic = plan_of({first, second});
  Explorer machines(automatic);
  first.does.kind = first.undo[0].kind = ActionKind::checklist;
  const Plan by_hand = plan_of({first});
  Explorer people(by_hand);
  std::set<RunState> states = machines.states;
  states.insert(people.states.begin(), people.states.end());
  EXPECT_EQ(states.size(), run_state_count) << "every state was reached";
  std::cout << machines.visited + people.visited << " states of two actions, " << machines.steps + people.steps
            << " steps, " << machines.refusals + people.refusals << " refused with a reason\n";
}

TEST(FillTest, WordsGoIntoBodiesAsJsonAndIntoArgumentsAsTheyAre) {
  Performance what;
  what.body = "{ 'incident': '{incident}', 'why': \"{reason}\", 'x': {unknown} }";
  what.argv = {"{incident}", "--why={reason}", "{incident"};
  what.url = "https://x.example/{incident}";
  const Performance ready = filled(what, {{"incident", "7"}, {"reason", "a \"b\" {incident}; $(rm)"}});
  const std::string body = "{ 'incident': '7', 'why': \"a \\\"b\\\" {incident}; $(rm)\", 'x': {unknown} }";
  const std::vector<std::string> argv{"{incident}", "--why=a \"b\" {incident}; $(rm)", "{incident"};
  EXPECT_EQ(ready.body, body);
  EXPECT_EQ(ready.argv, argv);
  EXPECT_EQ(ready.url, what.url);
}

}  // namespace
}  // namespace holdline::contingency
