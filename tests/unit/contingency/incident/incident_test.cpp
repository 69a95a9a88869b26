#include "contingency/incident/incident.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "contingency/incident/checklist.hpp"
#include "contingency/incident/incidents.hpp"
#include "contingency/incident/undecided.hpp"

namespace holdline::contingency {
namespace {

const Ask lead{by_supervisor, "The CRM hangs.", true, false, false};
constexpr std::int64_t ten_ms = 36'000'000;  // ten in the morning

sync::Id numbered(std::uint8_t number) {
  sync::Id id;
  id.bytes[15] = number;
  return id;
}

Incident declared(std::uint8_t number, std::vector<std::string> scopes, std::int64_t at_ms,
                  std::string person = "sue") {
  Declaration declaration;
  declaration.id = numbered(number);
  declaration.scopes = std::move(scopes);
  return *declare(declaration, ServiceTrigger::declare, lead, {}, std::move(person), at_ms);
}

Incident moved(Incident incident, ServiceTrigger trigger, std::int64_t at_ms) {
  Facts facts;
  facts.gate_open = true;
  return *move(std::move(incident), trigger, lead, facts, "sue", at_ms);
}

TEST(IncidentTest, GoesFromItsDeclarationToItsEndWithEveryStepSigned) {
  Incident incident = declared(1, {"acme/london"}, ten_ms);
  EXPECT_EQ(incident.phase, IncidentPhase::active);
  incident = moved(incident, ServiceTrigger::systems_back, ten_ms + 1'000);
  EXPECT_EQ(incident.phase, IncidentPhase::recovering);
  incident = moved(incident, ServiceTrigger::declare, ten_ms + 2'000);
  EXPECT_EQ(incident.phase, IncidentPhase::active) << "it was not over";
  incident = moved(incident, ServiceTrigger::systems_back, ten_ms + 3'000);
  incident = moved(incident, ServiceTrigger::close, ten_ms + 4'000);
  EXPECT_EQ(incident.phase, IncidentPhase::closed);
  EXPECT_EQ(incident.ended_ms, ten_ms + 4'000);
  ASSERT_EQ(incident.steps.size(), 5U);
  for (const IncidentStep& step : incident.steps) {
    EXPECT_EQ(step.by.person, "sue");
    EXPECT_FALSE(step.by.reason.empty());
  }
  EXPECT_EQ(move(incident, ServiceTrigger::declare, lead, {}, "sue", ten_ms).error().code, "incident-ended");
}

TEST(IncidentTest, RefusesWhatIsNoDeclaration) {
  Declaration declaration;
  const auto refused = [&declaration] {
    return declare(declaration, ServiceTrigger::declare, lead, {}, "sue", ten_ms).error().code;
  };
  EXPECT_EQ(refused(), "scope-malformed");
  declaration.scopes = {"Not a scope"};
  EXPECT_EQ(refused(), "scope-malformed");
  declaration.scopes = {"acme"};
  declaration.severity = 9;
  EXPECT_EQ(refused(), "severity-malformed");
  declaration.severity = 1;
  declaration.title = std::string(121, 'x');
  EXPECT_EQ(refused(), "title-malformed");
  declaration.title = "CRM";
  EXPECT_EQ(declare(declaration, ServiceTrigger::declare, {by_supervisor, "", true}, {}, "sue", 0).error().code,
            "reason-missing");
  EXPECT_EQ(declare(declaration, ServiceTrigger::declare, {by_schedule, "x", true}, {}, "sue", 0).error().code,
            "role-refused");
}

TEST(IncidentTest, AStepAgainstTheGateIsMarked) {
  Incident incident = declared(1, {"acme"}, ten_ms);
  Ask ask = lead;
  EXPECT_EQ(move(incident, ServiceTrigger::systems_back, ask, {}, "sue", ten_ms).error().code, "gate-closed");
  ask.overrides_gate = true;
  EXPECT_TRUE(move(incident, ServiceTrigger::systems_back, ask, {}, "sue", ten_ms)->steps.back().overridden);
}

TEST(IncidentTest, OfAMachineLacksAConfirmationUntilAPersonGivesIt) {
  Declaration declaration;
  declaration.scopes = {"acme"};
  declaration.how = DeclaredBy::machine;
  declaration.confirm_by_ms = ten_ms + 900'000;
  const Ask machine{by_machine, "Degraded for 15 minutes.", false, false, false};
  Incident incident = *declare(declaration, ServiceTrigger::degraded_long, machine, {}, "machine", ten_ms);
  EXPECT_FALSE(lacks_confirmation(incident, ten_ms + 899'999));
  EXPECT_TRUE(lacks_confirmation(incident, ten_ms + 900'000));
  EXPECT_FALSE(lacks_confirmation(moved(incident, ServiceTrigger::confirm, ten_ms + 1), ten_ms + 900'000));
  EXPECT_EQ(moved(incident, ServiceTrigger::cancel, ten_ms + 1).phase, IncidentPhase::cancelled);
}

TEST(IncidentTest, TheLatestEstimateHolds) {
  Incident incident = declared(1, {"acme"}, ten_ms);
  EXPECT_FALSE(incident.expected_ms());
  incident = *expect(incident, 500, {"sue", by_supervisor, "", 20});
  incident = *expect(incident, 400, {"ivo", by_it, "", 30});
  EXPECT_EQ(incident.expected_ms(), 400);
}

// Every way in which copies of one incident, moved on at three places without contact, can meet.
TEST(IncidentTest, CopiesThatMeetBecomeOneWhateverTheOrder) {
  const Incident start = declared(1, {"acme"}, ten_ms);
  const Incident here = moved(start, ServiceTrigger::systems_back, ten_ms + 5'000);
  const Incident there = moved(*except(start, "x", {"a", by_it, "r", 1}), ServiceTrigger::cancel, ten_ms + 7'000);
  const Incident typed = declared(1, {"acme/london"}, ten_ms - 4'000, "amy");
  const std::vector<Incident> copies{start, here, moved(here, ServiceTrigger::close, ten_ms + 9'000), there, typed};
  std::vector<std::size_t> order(copies.size());
  std::iota(order.begin(), order.end(), 0);
  std::optional<Incident> first;
  do {
    Incident all = copies[order[0]];
    for (const std::size_t next : order) all = joined(all, copies[next]);
    EXPECT_EQ(joined(all, all), all);
    EXPECT_EQ(all.phase, IncidentPhase::closed) << "recovery began before the cancelling, which followed from nothing";
    EXPECT_EQ(std::ranges::count_if(all.steps, &IncidentStep::idle), 1) << "and is kept";
    if (!first) first = all;
    EXPECT_EQ(all, *first);
  } while (std::ranges::next_permutation(order).found);
}

TEST(IncidentsTest, ScopesMeetWhenOneHoldsTheOther) {
  EXPECT_TRUE(scopes_meet("acme", "acme/london"));
  EXPECT_TRUE(scopes_meet("acme/london", "acme/london"));
  EXPECT_FALSE(scopes_meet("acme/london", "acme/leeds"));
  EXPECT_FALSE(scopes_meet("acme", "acme2"));
}

TEST(IncidentsTest, TwoDeclaredOfflineAreLinkedWhenTheyMeetAndAPersonMergesThem) {
  Incidents incidents;
  EXPECT_TRUE(incidents.take(declared(1, {"acme/london"}, ten_ms)).empty());
  EXPECT_EQ(incidents.take(declared(2, {"acme"}, ten_ms + 60'000, "tom")), std::vector{numbered(1)});
  ASSERT_EQ(incidents.outages().size(), 1U);
  EXPECT_FALSE(incidents.outages()[0].merged);
  EXPECT_EQ(incidents.others_in_force(numbered(1)), 1U);
  incidents.take(MergeDecision{numbered(2), numbered(1), true, {"sue", by_supervisor, "", ten_ms + 90'000}});
  const Outage outage = incidents.outages().at(0);
  EXPECT_TRUE(outage.merged);
  EXPECT_EQ(outage.incidents, (std::vector{numbered(1), numbered(2)}));
  EXPECT_EQ(incidents.others_in_force(numbered(1)), 0U);
  EXPECT_EQ(incidents.state_of("acme/leeds", ServiceState::normal), ServiceState::contingency);
  incidents.take(MergeDecision{numbered(1), numbered(2), false, {"sue", by_supervisor, "", ten_ms + 95'000}});
  EXPECT_EQ(incidents.outages().size(), 2U) << "on second thoughts";
}

TEST(IncidentsTest, WhatFollowsFromWhatWasSaidIsNotAskedAgain) {
  Incidents incidents;
  const auto say = [&](std::uint8_t one, std::uint8_t other, bool same) {
    incidents.take(MergeDecision{numbered(one), numbered(other), same, {"sue", by_supervisor, "", ten_ms}});
  };
  for (std::uint8_t i = 1; i <= 4; ++i) incidents.take(declared(i, {"acme"}, ten_ms + i));
  Incident drill = declared(5, {"acme"}, ten_ms), other_drill = declared(6, {"acme"}, ten_ms + 1);
  drill.declared.drill = other_drill.declared.drill = true;
  incidents.take(drill);
  incidents.take(other_drill);
  ASSERT_EQ(undecided(incidents).size(), 7U);
  EXPECT_EQ(undecided(incidents).front(), std::pair(numbered(1), numbered(2))) << "the first of the real ones first";
  EXPECT_EQ(undecided(incidents).back(), std::pair(numbered(5), numbered(6))) << "practice last, and never with them";
  say(1, 2, true);
  say(3, 2, false);
  EXPECT_EQ(undecided(incidents).front(), std::pair(numbered(1), numbered(4))) << "1 and 3 are two as well";
  say(4, 3, true);
  EXPECT_EQ(undecided(incidents).size(), 1U) << "4 is what 3 is";
  EXPECT_EQ(incidents.others_in_force(numbered(1)), 0U);
  EXPECT_EQ(incidents.outages().size(), 3U) << "both drills are in one, as nobody has said otherwise";
  incidents.take(moved(drill, ServiceTrigger::cancel, ten_ms + 60'000));
  EXPECT_TRUE(undecided(incidents).empty()) << "of what is over nobody is asked";
}

TEST(IncidentsTest, PracticeAndARealOutageNeverMeet) {
  Incidents incidents;
  Incident drill = declared(1, {"acme"}, ten_ms);
  drill.declared.drill = true;
  incidents.take(drill);
  EXPECT_TRUE(incidents.take(declared(2, {"acme"}, ten_ms)).empty());
}

TEST(IncidentsTest, ANarrowIncidentLeavesTheRestOfTheSiteAsItIs) {
  Incidents incidents;
  incidents.take(declared(1, {"acme/london/billing"}, ten_ms));
  EXPECT_EQ(incidents.state_of("acme/london", ServiceState::degraded), ServiceState::degraded);
  EXPECT_EQ(incidents.state_of("acme/london/billing", ServiceState::normal), ServiceState::contingency);
}

// Up to five incidents and decisions, in every order of arrival: the same outages.
TEST(IncidentsTest, WhatComesOutDoesNotDependOnTheOrderOfArrival) {
  for (unsigned world = 0; world < 243; ++world) {
    std::vector<Incident> told;
    const char* const scopes[] = {"acme", "acme/london", "acme/leeds"};
    unsigned rest = world;
    for (std::uint8_t i = 0; i < 5; ++i, rest /= 3) {
      Incident incident = declared(static_cast<std::uint8_t>(i % 4 + 1), {scopes[rest % 3]}, ten_ms + i * 1'200'000);
      if (rest % 2)
        incident = moved(moved(incident, ServiceTrigger::systems_back, incident.begins_ms() + 60'000),
                         ServiceTrigger::close, incident.begins_ms() + 120'000);
      told.push_back(std::move(incident));
    }
    const std::vector<MergeDecision> said{
        {numbered(1), numbered(2), world % 5 != 0, {"sue", by_supervisor, "", 1}},
        {numbered(2), numbered(1), world % 7 == 0, {"tom", by_supervisor, "", static_cast<std::int64_t>(world % 3)}}};
    std::vector<std::size_t> order(told.size());
    std::iota(order.begin(), order.end(), 0);
    std::optional<std::vector<Outage>> first;
    do {
      Incidents incidents;
      for (const std::size_t next : order) {
        incidents.take(told[next]);
        if (next < said.size()) incidents.take(said[next]);
      }
      if (!first) first = incidents.outages();
      ASSERT_EQ(incidents.outages(), *first) << world;
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST(ChecklistTest, APointIsDoneOrSomebodySignedForIt) {
  ClosingFacts facts;
  EXPECT_EQ(points_left(checklist(facts, {})), 0U);
  facts.entries_unsent = 3;
  facts.actions_left = 1;
  const std::vector<Exception> signed_for{{"entries-unsent", {"sue", by_supervisor, "PC 12 was stolen.", 5}}};
  const auto points = checklist(facts, signed_for);
  EXPECT_EQ(points_left(points), 1U);
  EXPECT_EQ(points[0].excepted->reason, "PC 12 was stolen.");
  EXPECT_EQ(points[0].text, "3 entries are not sent yet");
  EXPECT_EQ(except(declared(1, {"acme"}, ten_ms), "entries-unsent", {"sue", by_supervisor, "", 5}).error().code,
            "reason-missing");
}

}  // namespace
}  // namespace holdline::contingency
