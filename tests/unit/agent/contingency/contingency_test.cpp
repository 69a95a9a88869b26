#include "agent/contingency/contingency.hpp"

#include <gtest/gtest.h>

#include "agent/contingency/short_codes.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/plan/plan.hpp"
#include "tests/support/test_clock.hpp"
#include "tests/unit/agent/replica/fixture.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {
namespace {

using namespace contingency;

constexpr std::int64_t ten = 10 * 3'600'000;
const std::vector<std::string> london{"acme/london"}, both{"acme/leeds", "acme/london"};

Ask supervisor(const std::string& reason) {
  Ask ask;
  ask.reason = reason;
  ask.overrides_gate = true;
  return ask;
}

Incident outage(std::uint8_t id, const std::vector<std::string>& scopes, std::int64_t at_ms, bool drill = false) {
  Declaration declared;
  declared.id.bytes[0] = id;
  declared.title = "CRM";
  declared.scopes = scopes;
  declared.drill = drill;
  return must(declare(declared, ServiceTrigger::declare, supervisor("CRM hangs"), {}, "ada", at_ms));
}

Incident moved(const Incident& incident, ServiceTrigger trigger, std::int64_t at_ms) {
  return must(move(incident, trigger, supervisor("decided"), {}, "ada", at_ms));
}

class ContingencyTest : public testing::Test {
 protected:
  void know(std::vector<Incident> incidents) { desk.know(incidents, {}, both); }
  ServiceState state_of(const std::string& scope) {
    for (const ScopeStanding& at : desk.standing().scopes)
      if (at.scope == scope) return at.state;
    ADD_FAILURE() << scope;
    return ServiceState::normal;
  }

  support::TestClock clock;
  std::vector<std::string> rows;
  Contingency desk{clock, Policy{}, [this](const std::string& scope, const ServiceTransition& row) {
                     rows.push_back(scope + " " + std::string(name_of(row.trigger)));
                   }};
};

TEST_F(ContingencyTest, AScopeFollowsWhatWasDecidedElsewhereRowByRow) {
  know({});
  EXPECT_EQ(desk.mode(LinkState::online), Mode::online);
  const Incident declared = outage(1, london, ten);
  know({declared});
  EXPECT_EQ(state_of("acme/london"), ServiceState::contingency);
  EXPECT_EQ(state_of("acme/leeds"), ServiceState::normal);
  EXPECT_EQ(desk.mode(LinkState::online), Mode::contingency);
  EXPECT_EQ(desk.standing().since_ms, ten);
  const Incident back = moved(declared, ServiceTrigger::systems_back, ten + 9);
  know({back});
  EXPECT_EQ(desk.mode(LinkState::online), Mode::recovering);
  EXPECT_EQ(desk.standing().since_ms, ten + 9);
  know({moved(back, ServiceTrigger::close, ten + 20)});
  EXPECT_EQ(desk.mode(LinkState::online), Mode::online);
  EXPECT_EQ(desk.standing().in_force, 0U);
  EXPECT_EQ(rows, (std::vector<std::string>{"acme/london declare", "acme/london systems-back", "acme/london close"}));
}

TEST_F(ContingencyTest, WhatWasMissedMeanwhileIsCaughtUpWith) {
  const Incident declared = outage(1, both, ten);
  know({declared});
  know({moved(moved(declared, ServiceTrigger::systems_back, ten + 1), ServiceTrigger::close, ten + 2)});
  EXPECT_EQ(state_of("acme/london"), ServiceState::normal);
  know({moved(outage(2, london, ten + 3), ServiceTrigger::cancel, ten + 4)});
  EXPECT_EQ(state_of("acme/london"), ServiceState::normal) << "nothing is probed that could be unwell";
}

TEST_F(ContingencyTest, ItStandsWhereItStoodAfterARestart) {
  const Incident back = moved(outage(1, london, ten), ServiceTrigger::systems_back, ten + 5);
  know({back});
  EXPECT_EQ(state_of("acme/london"), ServiceState::recovery);
  EXPECT_TRUE(rows.empty());
}

TEST_F(ContingencyTest, ProbesMakeItDegradedAndADecisionHoldsOverThem) {
  know({});
  for (int round = 0; round < 20; ++round) {
    clock.pass(std::chrono::seconds(5));
    desk.take({Target::hub, true, 20});
    desk.take({Target::crm, false, 0});
  }
  EXPECT_EQ(desk.mode(LinkState::online), Mode::degraded);
  EXPECT_FALSE(desk.gate(both).looks_well);
  EXPECT_EQ(desk.standing().cause, Cause::central_service);
  const Incident declared = outage(1, london, ten);
  know({declared});
  know({moved(declared, ServiceTrigger::cancel, ten + 1)});
  EXPECT_EQ(state_of("acme/london"), ServiceState::degraded) << "it is still unwell";
}

TEST_F(ContingencyTest, WorkBelongsToTheRealOutageThatBeganFirst) {
  know({outage(1, london, ten, true)});
  EXPECT_TRUE(desk.in_force_on("acme/london")->declared.drill);
  EXPECT_FALSE(desk.in_force_on("acme/leeds"));
  know({outage(1, london, ten, true), outage(3, london, ten + 7), outage(2, both, ten + 9)});
  EXPECT_EQ(desk.in_force_on("acme/london")->declared.id.bytes[0], 3);
  EXPECT_EQ(desk.standing().in_force, 3U);
  EXPECT_EQ(desk.incidents()->outages().size(), 2U) << "practice is none of it";
}

// --- Short codes ---

class ShortCodesTest : public testing::Test {
 protected:
  CodeAction enter(const std::string& code) {
    CodeAttempts attempts(scratch / "attempts.json", {});
    return must(attempts.enter(key, known, {code, "bob", london}, now, ten));
  }
  std::string refusal(const std::string& code) { return std::get<action::CodeRefused>(enter(code)).error.code; }

  platform::Scratch scratch;
  sync::TimeReading now{ten, sync::Id{{7}}, 5'000'000};
  Incidents known;
  const std::string key = std::string(32, 'k');
};

TEST_F(ShortCodesTest, ACodeDeclaresWhatItWasMadeForAndTheNextOneAnother) {
  const ShortCode code = must(make_short_code(key, "acme/london", false, known, ten));
  const auto declared = std::get<action::CodeDeclares>(enter(code.code)).incident;
  EXPECT_EQ(declared.declared.id, code.meaning.incident());
  known.take(declared);
  EXPECT_TRUE(std::holds_alternative<action::CodeRepeats>(enter(code.code)));
  EXPECT_EQ(short_code_of(key, declared, ten + 3'600'000)->code, code.code);
  EXPECT_FALSE(short_code_of(key, declared, ten + 2 * 3'600'000));
  EXPECT_NE(must(make_short_code(key, "acme/london", false, known, ten)).code, code.code);
  EXPECT_EQ(must(make_short_code(key, "acme/leeds", false, known, ten)).meaning.serial, 0);
}

TEST_F(ShortCodesTest, GuessesAreCountedOverRestartsAndReboots) {
  const std::string other = must(make_short_code(std::string(32, 'o'), "acme/london", false, known, ten)).code;
  for (int guess = 0; guess < 6; ++guess) EXPECT_EQ(refusal(other), "code-unknown");
  EXPECT_EQ(refusal(other), "code-wait");
  now.boot.bytes[0] ^= 1;
  now.boot_ms = 0;
  EXPECT_EQ(refusal(other), "code-wait") << "nobody knows how long the machine was off";
  now.boot_ms = 60'000;
  EXPECT_EQ(refusal(other), "code-unknown");
}

TEST(IncidentName, IsLettersOnlyAndReadBack) {
  sync::Id id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(17 * i);
  const std::string name = incident_name(id);
  EXPECT_EQ(name.find_first_of("0123456789"), name.npos);
  EXPECT_EQ(incident_of_name(name), id);
  EXPECT_EQ(incident_short_name(id).size(), 6U);
  EXPECT_FALSE(incident_of_name(name.substr(1)));
  EXPECT_FALSE(incident_of_name(name.substr(1) + "z"));
}

}  // namespace
}  // namespace holdline::agent
