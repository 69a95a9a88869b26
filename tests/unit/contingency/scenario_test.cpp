// Whole incidents, as the daemons will drive them: what one part says is what the next is told.
#include <gtest/gtest.h>

#include "contingency/code/alphabet.hpp"
#include "contingency/code/code_entry.hpp"
#include "contingency/incident/checklist.hpp"
#include "contingency/runbook/runbook.hpp"
#include "contingency/service/service.hpp"
#include "tests/unit/contingency/support/probing.hpp"

namespace holdline::contingency {
namespace {

constexpr std::int64_t nine_ms = 500'001 * hour_ms;
const Ask sure{by_supervisor, "The centre is dead.", true, true, false};

// A supervisor makes a code with the centre dead; five desks take it; another supervisor declares the same outage.
TEST(Scenario, OneOutageDeclaredByCodeAtFiveDesksAndOnceMoreIsOneReport) {
  const CodeDesk desk{std::string(32, 's'), "acme/london", {"acme/london"}};
  const std::string code = *make_code(desk.key, {"acme/london", "acme/london", hour_of(nine_ms), 0, false});
  Incidents centre;
  for (int pc = 0; pc < 5; ++pc) {
    Incidents here;
    CodeEntry entry;
    const std::int64_t clock_ms = nine_ms + (pc - 2) * 20 * minute_ms;  // their clocks differ
    const auto typed = entry.step(desk, here, shown_code(code), "agent-" + std::to_string(pc), 0, clock_ms);
    here.take(std::get<action::CodeDeclares>(typed).incident);
    EXPECT_EQ(here.state_of("acme/london", ServiceState::normal), ServiceState::contingency) << "with no network";
    centre.take(std::get<action::CodeDeclares>(typed).incident);
  }
  Declaration again;
  again.id.bytes[0] = 1;
  again.scopes = {"acme"};
  const auto second = declare(again, ServiceTrigger::declare, sure, {}, "tom", nine_ms + 30 * minute_ms);
  const auto ask = centre.take(*second);
  ASSERT_EQ(ask.size(), 1U);
  ASSERT_EQ(centre.outages().size(), 1U);
  centre.take(MergeDecision{ask[0], again.id, true, {"sue", by_supervisor, "", nine_ms + hour_ms}});
  EXPECT_TRUE(centre.outages()[0].merged);
  EXPECT_EQ(centre.outages()[0].incidents.size(), 2U);
}

// From the proposal to the report: the action that timed out keeps the incident open until somebody sees to it.
TEST(Scenario, AnActionThatTimedOutKeepsTheIncidentOpenUntilItIsUndone) {
  const Plan plan = read_plan(
                        "version = 1\n[[action]]\nid = \"notice\"\ntitle = \"Notice\"\nkind = \"json-rpc\"\n"
                        "url = \"http://127.0.0.1/RPC\"\nmethod = \"htable.sets\"\nretries = 0\ntimeout-s = 5\n"
                        "undo = { kind = \"json-rpc\", url = \"http://127.0.0.1/RPC\", method = \"htable.delete\" }\n")
                        .plan;
  Service service({}, {});
  Runbook runbook(plan, {});
  const auto row_of = [&service](ServiceTrigger trigger, const Facts& facts, std::int64_t now_ms) {
    const auto actions = service.step(event::Asked{trigger, sure, facts, false}, now_ms);
    const auto* changed = std::get_if<action::ServiceChanged>(&actions.at(0));
    return changed ? changed->row : nullptr;
  };
  Declaration declaration;
  declaration.scopes = {"acme/london"};
  Incident incident = *declare(declaration, ServiceTrigger::declare, sure, {}, "sue", nine_ms);
  ASSERT_TRUE(row_of(ServiceTrigger::declare, {}, 0)->effects & run_enter);
  EXPECT_TRUE(std::holds_alternative<action::Perform>(runbook.step(event::Entered{}, 0).at(0)));
  runbook.step(event::TimePassed{}, 5'000);
  ASSERT_EQ(runbook.actions()[0].state, RunState::timed_out);

  ASSERT_TRUE(row_of(ServiceTrigger::systems_back, {}, 6'000)->effects & run_exit);
  incident = *move(incident, ServiceTrigger::systems_back, sure, {}, "sue", nine_ms + 6'000);
  const auto listed = std::get<action::NotUndone>(runbook.step(event::Exiting{}, 6'000).at(0));
  EXPECT_EQ(listed.actions, std::vector<std::string>{"notice"});
  ClosingFacts facts;
  const auto close = [&] {
    const std::size_t left = runbook.left().size();
    facts.actions_left = left;
    const auto points = checklist(facts, incident.exceptions);
    return row_of(ServiceTrigger::close, {.actions_left = left, .checklist_left = points_left(points)}, 7'000);
  };
  EXPECT_EQ(close(), nullptr);

  const auto undo = runbook.step(event::UndoWanted{"", {"sue", by_supervisor, "", 1}}, 8'000);
  const auto& performed = std::get<action::Perform>(undo.back());
  EXPECT_EQ(performed.what.method, "htable.delete");
  runbook.step(event::Performed{"notice", performed.key, performed.fence, true, {200, "ok", 3}}, 8'100);
  ASSERT_NE(close(), nullptr);
  EXPECT_EQ(move(incident, ServiceTrigger::close, sure, {}, "sue", nine_ms + 9'000)->phase, IncidentPhase::closed);
}

}  // namespace
}  // namespace holdline::contingency
