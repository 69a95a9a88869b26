#include "contingency/service/service.hpp"

#include <gtest/gtest.h>

#include "tests/unit/contingency/support/probing.hpp"

namespace holdline::contingency {
namespace {

const Ask by_lead{by_supervisor, "The CRM hangs.", true, false, false};

event::Asked asked(ServiceTrigger trigger, const Ask& ask = by_lead, const Facts& facts = {}) {
  return {trigger, ask, facts, false};
}

const ServiceTransition* row_in(const std::vector<ServiceAction>& actions) {
  const auto* changed = actions.empty() ? nullptr : std::get_if<action::ServiceChanged>(&actions.front());
  return changed ? changed->row : nullptr;
}
std::string refusal_in(const std::vector<ServiceAction>& actions) {
  const auto* refused = actions.empty() ? nullptr : std::get_if<action::ServiceRefused>(&actions.front());
  return refused ? refused->error.code : "";
}

// Every target answers, or one does not, for this long.
struct Watched {
  Service service;
  std::int64_t now_ms = 0;
  explicit Watched(StateOptions options = {}, Standing standing = {}) : service({}, options, standing) {}

  std::vector<const ServiceTransition*> pass(std::int64_t for_ms, std::optional<Target> dead = {}) {
    std::vector<const ServiceTransition*> rows;
    for (const std::int64_t end_ms = now_ms + for_ms; now_ms < end_ms; now_ms += 5'000)
      for (const Target target : {Target::hub, Target::hub_write, Target::crm})
        if (const auto* row = row_in(service.step(Probe{target, dead != target, 20}, now_ms))) rows.push_back(row);
    return rows;
  }
};

TEST(Service, ADeadCrmOrAGreyHubIsDegradedWithinThirtySecondsAndNothingMoreByItself) {
  for (const Target dead : {Target::crm, Target::hub_write, Target::hub}) {
    Service service({}, {});
    std::optional<std::int64_t> known_ms;
    Probing probing({Target::hub, Target::hub_write, Target::crm}, [dead](Target target, std::int64_t at_ms) {
      return target == dead && at_ms >= 5 * minute_ms ? std::nullopt : std::optional<std::int64_t>(20);
    });
    probing.run(3 * hour_ms, [&](const Probe& probe, std::int64_t now_ms) {
      if (row_in(service.step(probe, now_ms))) {
        EXPECT_FALSE(known_ms);
        known_ms = now_ms;
      }
    });
    ASSERT_TRUE(known_ms);
    EXPECT_LE(*known_ms, 5 * minute_ms + 30 * second_ms);
    EXPECT_EQ(service.standing().state, ServiceState::degraded) << "machines propose, people declare";
    EXPECT_EQ(service.cause(3 * hour_ms), Cause::central_service);
  }
}

TEST(Service, FlappingEveryTwentySecondsIsAtMostThreeChanges) {
  Service service({}, {});
  std::size_t changes = 0;
  Probing probing({Target::hub, Target::hub_write, Target::crm}, [](Target, std::int64_t at_ms) {
    return at_ms / (20 * second_ms) % 2 == 0 ? std::optional<std::int64_t>(20) : std::nullopt;
  });
  probing.run(30 * minute_ms, [&](const Probe& probe, std::int64_t now_ms) {
    if (row_in(service.step(probe, now_ms))) ++changes;
  });
  EXPECT_GE(changes, 1U);
  EXPECT_LE(changes, 3U);
}

TEST(Service, GetsBetterAfterTenGoodProbesAGoodCanaryAndTwoMinutes) {
  Watched watched;
  watched.pass(minute_ms, Target::crm);
  ASSERT_EQ(watched.service.standing().state, ServiceState::degraded);
  EXPECT_TRUE(watched.pass(40 * second_ms).empty());
  const auto rows = watched.pass(3 * minute_ms);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]->trigger, ServiceTrigger::healthy_again);
}

TEST(Service, OneDeskInTenWithoutContactIsAProposal) {
  Service service({}, {});
  EXPECT_EQ(row_in(service.step(event::DesksCounted{59, 600}, 0)), nullptr);
  EXPECT_EQ(row_in(service.step(event::DesksCounted{60, 600}, 1))->trigger, ServiceTrigger::desks_offline);
  Service empty({}, {});
  EXPECT_EQ(row_in(empty.step(event::DesksCounted{0, 0}, 0)), nullptr);
}

TEST(Service, DeclaringWhileAllLooksWellWantsATypedWord) {
  Watched watched;
  watched.pass(minute_ms);
  Ask ask = by_lead;
  ask.typed_word = false;
  EXPECT_EQ(refusal_in(watched.service.step(asked(ServiceTrigger::declare, ask), watched.now_ms)), "type-to-confirm");
  EXPECT_NE(row_in(watched.service.step(asked(ServiceTrigger::declare), watched.now_ms)), nullptr);
}

TEST(Service, SystemsAreBackWhenTheGateHasBeenOpenTenMinutesOrSomebodyOverridesIt) {
  Watched watched({}, {ServiceState::contingency});
  watched.pass(9 * minute_ms);
  EXPECT_EQ(refusal_in(watched.service.step(asked(ServiceTrigger::systems_back), watched.now_ms)), "gate-closed");
  EXPECT_NEAR(static_cast<double>(watched.service.gate(watched.now_ms).opens_in_ms), minute_ms, 6'000);
  Watched certain = watched;
  Ask override_ = by_lead;
  override_.overrides_gate = true;
  EXPECT_NE(row_in(certain.service.step(asked(ServiceTrigger::systems_back, override_), certain.now_ms)), nullptr);
  watched.pass(2 * minute_ms);
  EXPECT_NE(row_in(watched.service.step(asked(ServiceTrigger::systems_back), watched.now_ms)), nullptr);
  EXPECT_EQ(watched.service.standing().state, ServiceState::recovery);
}

TEST(Service, SilenceIsNotHealth) {
  Watched watched({}, {ServiceState::contingency});
  watched.pass(15 * minute_ms);
  EXPECT_TRUE(watched.service.gate(watched.now_ms).open);
  EXPECT_FALSE(watched.service.gate(watched.now_ms + 5 * minute_ms).looks_well) << "no probe for five minutes";
  EXPECT_FALSE(Service({}, {}).gate(0).looks_well) << "nothing was ever probed";
}

TEST(Service, ReleasesPauseOnceWhenTheGateFailsDuringRecovery) {
  Watched watched({}, {ServiceState::recovery});
  watched.pass(minute_ms);
  const auto rows = watched.pass(10 * minute_ms, Target::crm);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0]->effects & pause_releases);
  EXPECT_EQ(watched.service.standing().state, ServiceState::recovery) << "going back is for a supervisor to say";
  EXPECT_NE(row_in(watched.service.step(asked(ServiceTrigger::declare), watched.now_ms)), nullptr);
}

TEST(Service, WhatAMachineDeclaredIsAlertedUntilSomebodyConfirmsIt) {
  StateOptions options;
  options.auto_declare_after_ms = 15 * minute_ms;
  Watched watched(options);
  const auto rows = watched.pass(17 * minute_ms, Target::crm);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[1]->effects & hold_telephony);
  EXPECT_FALSE(watched.service.standing().confirmed);
  EXPECT_EQ(watched.pass(24 * minute_ms, Target::crm).size(), 3U) << "after 15 minutes, and every 5";
  EXPECT_TRUE(row_in(watched.service.step(asked(ServiceTrigger::confirm), watched.now_ms))->effects & free_telephony);
  EXPECT_TRUE(watched.pass(hour_ms, Target::crm).empty());
}

TEST(Service, APlannedWindowNeedsFreshCopiesOrTheirListAccepted) {
  Service service({}, {});
  Ask ask{by_it, "", false, false, false};
  EXPECT_EQ(refusal_in(service.step(asked(ServiceTrigger::window_starts, ask, {.desks_not_fresh = 3}), 0)),
            "copies-not-fresh");
  ask.accepts_stale = true;
  service.step(asked(ServiceTrigger::window_starts, ask, {.desks_not_fresh = 3}), 0);
  EXPECT_TRUE(service.standing().planned);
}

TEST(Service, FollowsWhatWasDecidedElsewhereWithoutJudgingItAgain) {
  Watched watched;
  watched.pass(minute_ms);
  event::Asked told{ServiceTrigger::declare, {}, {}, true};
  EXPECT_NE(row_in(watched.service.step(told, watched.now_ms)), nullptr)
      << "no reason, no word: judged where it was said";
  told.trigger = ServiceTrigger::close;
  EXPECT_EQ(refusal_in(watched.service.step(told, watched.now_ms)), "not-now");
}

TEST(Service, ClosesOnlyWithTheChecklistDone) {
  Service service({}, {}, {ServiceState::recovery});
  EXPECT_EQ(refusal_in(service.step(asked(ServiceTrigger::close, by_lead, {.checklist_left = 1}), 0)),
            "checklist-open");
  EXPECT_EQ(refusal_in(service.step(asked(ServiceTrigger::close, by_lead, {.actions_left = 1}), 0)),
            "actions-not-undone");
  EXPECT_NE(row_in(service.step(asked(ServiceTrigger::close), 0)), nullptr);
  EXPECT_EQ(service.standing().state, ServiceState::normal);
}

}  // namespace
}  // namespace holdline::contingency
