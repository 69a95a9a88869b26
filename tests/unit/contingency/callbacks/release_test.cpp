// A list is handed out at a pace that the floor can serve, and never twice.
#include "contingency/callbacks/release/release.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "contingency/callbacks/claim/claims.hpp"
#include "contingency/callbacks/outcome.hpp"
#include "tests/unit/contingency/callbacks/support.hpp"

namespace holdline::contingency {
namespace {

constexpr std::int64_t of_a_minute = 60'000;
const Signature releaser{"sue", by_supervisor, "", 0};

Preview with_ready(std::size_t cases) {
  Preview seen;
  seen.cases = seen.now = cases;
  return seen;
}

TEST(ReleaseTest, ThePaceRampsUpAndHeldTimeGathersNothing) {
  ReleaseBatch batch = *begin_release(sync_id(1), {}, {.per_minute = 10}, releaser, with_ready(200), {}, false);
  EXPECT_EQ(allowance(batch, 0), 1U);
  EXPECT_EQ(allowance(batch, 10 * of_a_minute), 11U) << "a tenth of the pace";
  EXPECT_EQ(allowance(batch, 20 * of_a_minute), 41U) << "then three tenths";
  EXPECT_EQ(allowance(batch, 21 * of_a_minute), 51U) << "then all of it";
  batch = *step(batch, event::ReleaseHeld{releaser}, 20 * of_a_minute);
  EXPECT_EQ(allowance(batch, 21 * of_a_minute), 0U);
  batch = *step(batch, event::ReleaseGoesOn{releaser}, 500 * of_a_minute);
  EXPECT_EQ(allowance(batch, 500 * of_a_minute), 41U);
  for (int n = 0; n < 41; ++n) batch = *step(batch, event::CaseHandedOut{}, 500 * of_a_minute);
  EXPECT_EQ(allowance(batch, 500 * of_a_minute), 0U);
  batch = *step(batch, event::ContingencyReturned{}, 501 * of_a_minute);
  EXPECT_EQ(batch.changed.person, "machine");
  EXPECT_EQ(allowance(batch, 600 * of_a_minute), 0U);
  EXPECT_EQ(step(batch, event::ReleaseHeld{releaser}, 0).error().code, "release-held");
  EXPECT_NE(step(batch, event::ReleaseHeld{releaser}, 0).error().message.find("machine at 1970-01-01T08:21:00.000Z"),
            std::string::npos);
  batch = *step(batch, event::ReleaseTime{}, 12 * 60 * of_a_minute);
  EXPECT_EQ(step(batch, event::ReleaseStopped{releaser}, 0).error().code, "release-over") << "by somebody else";
  EXPECT_EQ(step(batch, event::ReleaseGoesOn{releaser}, 0).error().code, "release-over");
}

TEST(ReleaseTest, AListThatMayBeIncompleteIsReleasedOnlyWithAReason) {
  const ListCoverage three{{"PC-1", "PC-2", "PC-3"}, 12};
  const auto begin = [&](bool accept, const Signature& by) {
    return begin_release(sync_id(1), {}, {}, by, with_ready(5), three, accept);
  };
  EXPECT_EQ(begin(false, releaser).error().code, "workstations-outstanding");
  EXPECT_NE(begin(false, releaser).error().message.find("about 12"), std::string::npos);
  EXPECT_EQ(begin(true, releaser).error().code, "reason-missing");
  EXPECT_TRUE(begin(true, {"sue", by_supervisor, "they are switched off", 0}));
  EXPECT_EQ(begin_release(sync_id(1), {}, {}, releaser, {}, {}, false).error().code, "release-empty");
}

class ClaimsTest : public testing::Test {
 protected:
  ClaimsTest() {
    for (std::uint8_t n = 1; n <= 9; ++n) cases_.take(asked(n, "C", "+4420794600" + std::to_string(10 + n), "x", n));
    cases_.settle();
  }
  const CallbackCase& at(std::uint8_t number) { return *cases_.find(sync_id(number)); }
  static std::string code(const ClaimActions& actions) {
    for (const ClaimAction& one : actions)
      if (const auto* refused = std::get_if<action::ClaimRefused>(&one)) return refused->error.code;
    return "";
  }
  static std::uint64_t fence(const ClaimActions& actions) {
    return std::get<action::KeepClaim>(actions.at(0)).claim.fence;
  }
  static const CallAttempt& attempt(const ClaimActions& actions) {
    return std::get<action::KeepAttempt>(actions.at(0)).attempt;
  }

  Cases cases_;
  Claims claims_;
};

TEST_F(ClaimsTest, ALeaseThatEndsBeforeDiallingFreesTheCase) {
  const auto first = fence(claims_.step(event::CaseAsked{&at(1), "amy", "PC-1"}, 0));
  EXPECT_EQ(code(claims_.step(event::CaseAsked{&at(1), "ben", "PC-2"}, 1)), "case-claimed");
  EXPECT_EQ(code(claims_.step(event::CaseAsked{&at(2), "amy", "PC-1"}, 1)), "agent-has-enough");
  claims_.step(event::ClaimAlive{first, "amy"}, 9 * of_a_minute);
  EXPECT_TRUE(claims_.step(event::ClaimTime{}, 11 * of_a_minute).empty());
  claims_.step(event::ClaimTime{}, 19 * of_a_minute);
  const auto second = fence(claims_.step(event::CaseAsked{&at(1), "ben", "PC-2"}, 20 * of_a_minute));
  EXPECT_GT(second, first);
  EXPECT_EQ(code(claims_.step(event::DialIntended{first, "+44", "amy"}, 21 * of_a_minute)), "claim-over");
  EXPECT_EQ(code(claims_.step(event::DialIntended{second, "+44", "amy"}, 21 * of_a_minute)), "claim-of-another");
}

TEST_F(ClaimsTest, ALeaseThatEndsWhileDiallingIsUncertainAndALateOutcomeSettlesIt) {
  const auto dialled = fence(claims_.step(event::CaseAsked{&at(1), "amy", "PC-1"}, 0));
  claims_.step(event::DialIntended{dialled, "+442079460011", "amy"}, of_a_minute);
  EXPECT_EQ(code(claims_.step(event::ClaimGivenBack{dialled, "amy"}, of_a_minute)), "already-dialling");
  claims_.step(event::ClaimTime{}, 12 * of_a_minute);
  EXPECT_EQ(claims_.of(at(1))->state, ClaimState::uncertain);
  EXPECT_EQ(code(claims_.step(event::CaseAsked{&at(1), "ben", "PC-2"}, 13 * of_a_minute)), "case-uncertain");
  const auto told = claims_.step(event::OutcomeTold{dialled, {.outcome = "resolved"}}, 60 * of_a_minute);
  EXPECT_EQ(attempt(told).number, "+442079460011");
  EXPECT_FALSE(attempt(told).late);
  EXPECT_EQ(claims_.of(at(1)), nullptr);
}

TEST_F(ClaimsTest, AnOutcomeUnderAFenceThatIsOverIsKeptAndMarked) {
  const auto dialled = fence(claims_.step(event::CaseAsked{&at(1), "amy", "PC-1"}, 0));
  claims_.step(event::DialIntended{dialled, "+44", "amy"}, of_a_minute);
  claims_.step(event::ClaimTime{}, 12 * of_a_minute);
  claims_.step(event::UncertainDecided{dialled, "sue"}, 45 * of_a_minute);
  const auto next = fence(claims_.step(event::CaseAsked{&at(1), "ben", "PC-2"}, 46 * of_a_minute));
  const auto told = claims_.step(event::OutcomeTold{dialled, {.outcome = "no_answer"}}, 50 * of_a_minute);
  EXPECT_TRUE(attempt(told).late) << "two calls: the report says so";
  EXPECT_EQ(claims_.of(at(1))->fence, next);
}

// Agents ask, dial, tell, vanish and restart in any order: never do two hold one case after one of them dialled it.
TEST_F(ClaimsTest, NoCaseIsDialledByTwoInAnyCourseOfEvents) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    Claims claims;
    std::vector<Claim> kept;
    std::set<std::uint64_t> fences;
    std::map<sync::Id, std::uint64_t> dialling;  // by case
    std::int64_t now = 0;
    const auto take = [&](const ClaimActions& actions) {
      for (const ClaimAction& one : actions) {
        const auto* keep = std::get_if<action::KeepClaim>(&one);
        if (keep == nullptr) continue;
        const Claim& claim = keep->claim;
        kept.push_back(claim);
        if (!fences.contains(claim.fence)) {
          ASSERT_TRUE(fences.empty() || claim.fence > *fences.rbegin());
          fences.insert(claim.fence);
        }
        std::uint64_t& by = dialling[claim.requests.front()];
        if (claim.state == ClaimState::dialling || claim.state == ClaimState::uncertain) {
          ASSERT_TRUE(by == 0 || by == claim.fence) << "two dial one case, seed " << seed;
          by = claim.fence;
        } else if (claim.state == ClaimState::over && by == claim.fence) {
          by = 0;
        }
      }
    };
    for (int n = 0; n < 300; ++n) {
      now += static_cast<std::int64_t>(random() % (4 * of_a_minute));
      const std::string agent = "agent-" + std::to_string(random() % 4);
      const std::uint64_t fence = fences.empty() ? 1 : 1 + random() % *fences.rbegin();
      switch (random() % 9) {
        case 0:
          take(claims.step(event::CaseAsked{&at(static_cast<std::uint8_t>(1 + random() % 9)), agent, agent}, now));
          break;
        case 1:
          take(claims.step(event::DialIntended{fence, "+44", agent}, now));
          break;
        case 2:
          take(claims.step(event::OutcomeTold{fence, {.outcome = "no_answer"}}, now));
          break;
        case 3:
          take(claims.step(event::ClaimAlive{fence, agent}, now));
          break;
        case 4:
          take(claims.step(event::ClaimGivenBack{fence, agent}, now));
          break;
        case 5:
          take(claims.step(event::ClaimTime{}, now));
          break;
        case 6:
          take(claims.step(event::CaseAsked{.of = &at(static_cast<std::uint8_t>(1 + random() % 9)),
                                            .agent = "dialler",
                                            .station = "dialler",
                                            .slice_until_ms = now + 20 * of_a_minute,
                                            .batch = "b",
                                            .number = "+44"},
                           now));
          break;
        case 7:
          take(claims.step(event::HandedBack{fence, "sue"}, now));
          break;
        default:
          if (random() % 10 != 0) break;
          claims = Claims();  // the hub restarts: what was kept is all it knows
          for (const Claim& claim : kept) claims.take(claim);
      }
      if (HasFatalFailure()) return;
    }
  }
}

TEST(OutcomesTest, EachSaysWhatFollows) {
  EXPECT_EQ(outcomes().size(), 16U);
  EXPECT_TRUE(outcome_named("do_not_call")->refuses_calls);
  EXPECT_FALSE(outcome_named("system_unavailable")->counts);
  EXPECT_EQ(outcome_named("deceased_reported")->next, NextStep::review);
  EXPECT_EQ(outcome_named("hung up"), nullptr);
}

}  // namespace
}  // namespace holdline::contingency
