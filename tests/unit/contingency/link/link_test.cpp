#include "contingency/link/link.hpp"

#include <gtest/gtest.h>

#include "tests/unit/contingency/support/probing.hpp"

namespace holdline::contingency {
namespace {

struct Change {
  std::int64_t at_ms = 0;
  LinkState to = LinkState::offline;
  Cause cause = Cause::none;
};

// What a desk shows that probes like this from time 0, ONLINE.
std::vector<Change> changes_of(const Answers& answers, std::int64_t until_ms, unsigned seed = 1,
                               Link link = Link({}, {}, LinkState::online)) {
  std::vector<Change> changes;
  Probing probing({Target::network, Target::hub, Target::hub_write, Target::crm}, answers, seed);
  probing.run(until_ms, [&](const Probe& probe, std::int64_t now_ms) {
    for (const LinkAction& action : link.step(probe, now_ms))
      if (const auto* changed = std::get_if<action::LinkChanged>(&action))
        changes.push_back({now_ms, changed->row->to, changed->cause});
  });
  return changes;
}

std::optional<std::int64_t> fine(Target, std::int64_t) { return 20; }
bool is_hub(Target target) { return target == Target::hub || target == Target::hub_write; }

TEST(Link, ADeadHubIsKnownWithinThirtySecondsWhateverTheJitter) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const std::int64_t dies_ms = 10 * minute_ms + seed * 37;
    const auto changes = changes_of(
        [=](Target target, std::int64_t at_ms) {
          return is_hub(target) && at_ms >= dies_ms ? std::nullopt : fine(target, at_ms);
        },
        dies_ms + minute_ms, seed);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].to, LinkState::offline);
    EXPECT_EQ(changes[0].cause, Cause::central_service) << "the CRM answers: neither this PC nor the line is at fault";
    EXPECT_LE(changes[0].at_ms - dies_ms, 22 * second_ms) << "as the page says; 30 s are asked for";
  }
}

TEST(Link, AHubThatReadsAndTakesNoWritesIsNotOnlineWithinThirtySeconds) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const std::int64_t greys_ms = 10 * minute_ms + seed * 41;
    const auto changes = changes_of(
        [=](Target target, std::int64_t at_ms) {
          return target == Target::hub_write && at_ms >= greys_ms ? std::nullopt : fine(target, at_ms);
        },
        greys_ms + minute_ms, seed);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].to, LinkState::slow);
    EXPECT_EQ(changes[0].cause, Cause::central_service);
    EXPECT_LE(changes[0].at_ms - greys_ms, 28 * second_ms) << "as the page says; 30 s are asked for";
  }
}

TEST(Link, ThatComesAndGoesEveryTwentySecondsForHalfAnHourChangesAtMostThreeTimes) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto changes = changes_of(
        [](Target target, std::int64_t at_ms) {
          const bool flapping = at_ms >= 10 * minute_ms && at_ms < 40 * minute_ms;
          return flapping && at_ms / (20 * second_ms) % 2 == 0 ? std::nullopt : fine(target, at_ms);
        },
        40 * minute_ms, seed);
    EXPECT_GE(changes.size(), 1U);
    EXPECT_LE(changes.size(), 3U);
  }
}

TEST(Link, NoHalfHourOfComingAndGoingSeesMoreThanThreeChangesWhateverTheRhythm) {
  for (std::int64_t up = 10; up < 400; up = up * 3 / 2)
    for (std::int64_t down = 10; down < 400; down = down * 3 / 2) {
      const auto changes = changes_of(
          [=](Target target, std::int64_t at_ms) {
            return at_ms / second_ms % (up + down) < up ? fine(target, at_ms) : std::nullopt;
          },
          4 * hour_ms);
      for (std::size_t i = 3; i < changes.size(); ++i)
        EXPECT_GE(changes[i].at_ms - changes[i - 3].at_ms, 30 * minute_ms) << up << " s up, " << down << " s down";
    }
}

TEST(Link, AnOutageAndItsEndPassFreelyAndTheEndIsShownWithinTwoMinutes) {
  const auto changes = changes_of(
      [](Target target, std::int64_t at_ms) {
        return at_ms >= 10 * minute_ms && at_ms < 20 * minute_ms ? std::nullopt : fine(target, at_ms);
      },
      40 * minute_ms);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].to, LinkState::online);
  EXPECT_LE(changes[1].at_ms, 22 * minute_ms);
  EXPECT_GE(changes[1].at_ms, 20 * minute_ms + 30 * second_ms) << "one good answer is no recovery";
}

TEST(Link, WhatIsHeldBackByFlappingSaysSo) {
  Link link({}, {}, LinkState::online);
  Probing probing({Target::hub, Target::hub_write}, [](Target target, std::int64_t at_ms) {
    const auto minute = at_ms / minute_ms;
    return minute == 5 || minute == 10 ? std::nullopt : fine(target, at_ms);
  });
  bool held = false;
  probing.run(50 * minute_ms, [&](const Probe& probe, std::int64_t now_ms) {
    link.step(probe, now_ms);
    if (now_ms / minute_ms == 20) {
      EXPECT_EQ(link.status(now_ms).state, LinkState::offline);
      EXPECT_TRUE(link.status(now_ms).takes_writes) << "entries are sent all the same";
      held = held || link.status(now_ms).held;
    }
  });
  EXPECT_TRUE(held);
  EXPECT_EQ(link.status(50 * minute_ms).state, LinkState::online) << "believed after half an hour";
}

TEST(Link, SlownessCountsWhenItLasts) {
  const auto spikes = changes_of(
      [](Target, std::int64_t at_ms) {
        return at_ms / minute_ms % 3 == 0 && at_ms % minute_ms < 4 * second_ms ? std::optional(3 * second_ms) : 20;
      },
      hour_ms);
  EXPECT_TRUE(spikes.empty()) << "one slow answer every three minutes";
  const auto slow = changes_of(
      [](Target target, std::int64_t at_ms) { return is_hub(target) && at_ms > 10 * minute_ms ? 3'000 : 20; },
      15 * minute_ms);
  ASSERT_EQ(slow.size(), 1U);
  EXPECT_EQ(slow[0].to, LinkState::slow);
  EXPECT_LE(slow[0].at_ms, 12 * minute_ms);
}

TEST(Link, TheCauseIsNamed) {
  const auto all_down = changes_of([](Target, std::int64_t) { return std::nullopt; }, minute_ms);
  EXPECT_EQ(all_down.at(0).cause, Cause::my_network);
  const auto beyond_down = changes_of(
      [](Target target, std::int64_t) { return target == Target::network ? std::optional(1) : std::nullopt; },
      minute_ms);
  EXPECT_EQ(beyond_down.at(0).cause, Cause::site_network);
  // Nothing else of the centre is probed, and the computer of the hub refuses what its hub does not serve.
  Health health;
  for (std::int64_t at_ms = 0; at_ms < minute_ms; at_ms += 5 * second_ms) {
    health.take({Target::network, true, 1}, at_ms);
    health.take({Target::hub, false, 0, true}, at_ms);
  }
  EXPECT_EQ(health.cause(minute_ms), Cause::central_service) << "it can be reached, so the line is good";
  health.take({Target::hub, false, 0}, minute_ms);
  EXPECT_EQ(health.cause(minute_ms), Cause::site_network) << "the last answer counts";
  Link link({}, {}, LinkState::online);
  std::vector<Cause> told;
  Probing probing({Target::network, Target::hub, Target::hub_write, Target::crm},
                  [](Target target, std::int64_t at_ms) {
                    return target == Target::crm && at_ms > minute_ms ? std::nullopt : fine(target, at_ms);
                  });
  probing.run(2 * minute_ms, [&](const Probe& probe, std::int64_t now_ms) {
    for (const LinkAction& action : link.step(probe, now_ms))
      told.push_back(std::get<action::CauseChanged>(action).cause);
  });
  EXPECT_EQ(told, std::vector{Cause::central_service}) << "a dead CRM is told, and the link stays ONLINE";
}

TEST(Link, OnlyANewLeaseOpensWhatIsLockedOut) {
  Link link({}, {}, LinkState::online);
  ASSERT_EQ(std::get<action::LinkChanged>(link.step(event::ShutOut{}, 0).at(0)).row->to, LinkState::locked_out);
  EXPECT_FALSE(std::get<action::LinkRefused>(link.step(event::ShutOut{}, 1).at(0)).why.empty());
  for (int i = 0; i < 100; ++i) link.step(Probe{Target::hub, true, 10}, i * 5'000);
  EXPECT_EQ(link.status(500'000).state, LinkState::locked_out);
  link.step(event::LetIn{}, 500'000);
  EXPECT_EQ(link.status(500'000).state, LinkState::offline) << "the probes say what follows";
}

}  // namespace
}  // namespace holdline::contingency
