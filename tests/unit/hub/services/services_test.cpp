#include "hub/services/services.hpp"

#include <gtest/gtest.h>

#include "contingency/incident/record.hpp"
#include "hub/services/declaring.hpp"
#include "hub/services/record.hpp"
#include "sync/schema/schema.hpp"
#include "tests/support/test_clock.hpp"
#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

using contingency::Cause;
using contingency::ServiceState;
using contingency::Target;

constexpr std::int64_t one_second = 1'000, minute = 60'000, wall = 1'800'000'000'000;

class ServicesTest : public ::testing::Test {
 protected:
  ServicesTest() {
    services_.serve("acme/leeds", {});
    services_.serve("acme/london", {});
  }
  // Two pages of the CRM of London and the exchange of all, every five seconds. What is told is kept at once.
  void run(std::int64_t until_ms, bool crm, bool second_page = true) {
    const std::vector<std::string> london{"acme/london"};
    for (; at_ms_ < until_ms; at_ms_ += 5 * one_second) {
      const Services::Moment now{at_ms_, wall + at_ms_};
      services_.probed("crm", london, {Target::crm, crm, 20}, now);
      services_.probed("crm page", london, {Target::crm, second_page, 20}, now);
      services_.probed("exchange", {}, {Target::telephony, true, 20}, now);
      services_.time_passed(now);
      for (const ServiceChange& change : services_.due(now)) {
        told_.push_back(change);
        services_.told(change, now);
      }
    }
  }

  SqliteStore store_{std::string(sync::default_schema_text())};
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
  Services services_;
  std::int64_t at_ms_ = 0;
  std::vector<ServiceChange> told_;
};

TEST_F(ServicesTest, ACrmThatHangsDegradesItsScopeAloneWithinThirtySecondsAndIsNamed) {
  run(10 * minute, true);
  ASSERT_TRUE(told_.empty()) << "all is well: nothing is written";
  run(10 * minute + 30 * one_second, false);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].scope, "acme/london");
  EXPECT_EQ(told_[0].shown.state, ServiceState::degraded);
  EXPECT_EQ(told_[0].shown.cause, Cause::central_service);
  EXPECT_EQ(told_[0].shown.failing, "crm");
  EXPECT_GT(told_[0].shown.since_ms, wall + 10 * minute);
  run(11 * minute, true);
  EXPECT_EQ(told_.size(), 1U) << "one good answer is no recovery";
  run(15 * minute, true);
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[1].shown.state, ServiceState::normal);
  EXPECT_EQ(told_[1].shown.failing, "");
}

TEST_F(ServicesTest, OneOfTwoProbesOfASystemIsEnough) {
  run(10 * minute, true);
  run(11 * minute, true, false);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].shown.failing, "crm");
}

TEST_F(ServicesTest, OtherThresholdsHoldAtOnceAndAScopeStaysWhereItStands) {
  run(10 * minute, true);
  run(11 * minute, false);
  ASSERT_EQ(told_.size(), 1U);
  contingency::ProbeOptions probes;
  probes.successes = 2;
  contingency::StateOptions states;
  states.service_dwell_ms = 0;
  services_.use(probes, states);
  EXPECT_TRUE(services_.due({at_ms_ + minute, wall}).empty()) << "still degraded";
  run(12 * minute, true);
  ASSERT_EQ(told_.size(), 2U) << "two good answers are enough by this plan";
  EXPECT_EQ(told_[1].shown.state, ServiceState::normal);
  services_.forget("acme/leeds");
  EXPECT_EQ(services_.scopes(), std::vector<std::string>{"acme/london"});
}

TEST_F(ServicesTest, AfterARestartItGoesOnFromWhatWorkstationsWereTold) {
  Services again;
  again.serve("acme/london", {ServiceState::degraded, Cause::central_service, wall, "crm"});
  EXPECT_TRUE(again.due({0, wall}).empty());
}

TEST_F(ServicesTest, WhatIsToldIsOneRecordOfItsScopeThatTheHubAloneWrites) {
  const ServiceShown bad{ServiceState::degraded, Cause::central_service, wall, "crm, telephony"};
  const ServiceShown good{ServiceState::normal, Cause::none, wall + minute, ""};
  EXPECT_EQ(read_service(store_.ledger(), "acme/leeds").value(), ServiceShown{});
  for (const ServiceShown& shown : {bad, bad, good, bad}) {
    ASSERT_TRUE(keep_service(store_.ledger(), intake_, {"acme/leeds", shown}, wall));
    EXPECT_EQ(read_service(store_.ledger(), "acme/leeds").value(), shown);
  }
  const auto reader = store_.ledger().reader().value();
  const sync::Collection& collection = *reader->schema().collection("service_state");
  const std::vector<std::string> scopes{"acme/leeds"};
  EXPECT_EQ(reader->rows(collection.no, scopes, Id{}, 10).value().size(), 1U);
}

TEST_F(ServicesTest, WhatFailsForAsLongAsThePlanSaysIsDeclaredOnceAndWaitsForAPerson) {
  contingency::StateOptions states;
  states.auto_declare_after_ms = 15 * minute;
  services_.use({}, states);
  run(10 * minute, true);
  run(20 * minute, false);
  EXPECT_TRUE(services_.failing_long({at_ms_, wall + at_ms_}).empty());
  run(27 * minute, false);
  const auto failing = services_.failing_long({at_ms_, wall + at_ms_});
  ASSERT_EQ(failing.size(), 1U);
  EXPECT_EQ(failing[0].shown.state, ServiceState::degraded) << "nothing is well because nobody declared it";
  for (int again = 0; again < 2; ++again)
    ASSERT_TRUE(declare_failing(store_.ledger(), intake_, failing[0], wall + at_ms_));
  const auto reader = store_.ledger().reader().value();
  const sync::Collection& heads = *store_.ledger().schema().collection("incident");
  const sync::Collection& steps = *store_.ledger().schema().collection("incident_step");
  const std::vector<std::string> scopes{"acme/london"};
  const auto rows = reader->rows(heads.no, scopes, {}, 10).value();
  ASSERT_EQ(rows.size(), 1U);
  contingency::Incident incident;
  incident.declared = *contingency::declaration_of(heads, rows[0].stored.record);
  const auto told_steps = reader->rows(steps.no, scopes, {}, 10).value();
  for (const auto& row : told_steps) contingency::take_step(steps, row.stored.record, incident);
  const auto stands = contingency::joined(incident, incident);
  EXPECT_EQ(stands.declared.how, contingency::DeclaredBy::machine);
  EXPECT_TRUE(stands.in_force());
  EXPECT_FALSE(stands.confirmed);
  EXPECT_TRUE(contingency::lacks_confirmation(stands, wall + at_ms_ + 16 * minute));
  // Another failing while that one is in force is no other outage.
  ServiceChange later = failing[0];
  later.shown.since_ms += minute;
  ASSERT_TRUE(declare_failing(store_.ledger(), intake_, later, wall + at_ms_));
  EXPECT_EQ(store_.ledger().reader().value()->rows(heads.no, scopes, {}, 10).value().size(), 1U);
}

}  // namespace
}  // namespace holdline::hub::testing
