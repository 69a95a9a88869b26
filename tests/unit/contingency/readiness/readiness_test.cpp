#include "contingency/readiness/readiness.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdline::contingency {
namespace {

ReadinessFacts good_desk(int number) {
  ReadinessFacts facts;
  facts.desk = "PC-" + std::to_string(1'000 + number);
  facts.silent_ms = 0;
  facts.copy_age_ms = 60'000;
  facts.locked = false;
  facts.unlocks_offline = facts.prints = facts.store_sound = true;
  facts.form_numbers = 50;
  facts.templates = 4;
  facts.plan_version = 1;
  facts.disk_free_bytes = 5LL << 30;
  facts.clock_off_ms = -200;
  facts.entries_stuck = 0;
  return facts;
}

std::vector<ReadinessFacts> site(int desks) {
  std::vector<ReadinessFacts> all;
  for (int i = 0; i < desks; ++i) all.push_back(good_desk(i));
  return all;
}

TEST(Readiness, OfSixHundredDesksNamesThoseThatAreNotAndWhy) {
  auto desks = site(600);
  for (std::size_t i = 0; i < 21; ++i) desks[i].copy_age_ms = 9 * 3'600'000;
  for (std::size_t i = 21; i < 26; ++i) desks[i].prints = false;
  for (std::size_t i = 26; i < 29; ++i) desks[i].disk_free_bytes = 5 << 20;
  const SiteReadiness ready = site_readiness(desks, {});
  EXPECT_EQ(ready.summary, "571 of 600 ready; 29 are not: 21 fresh, 5 print, 3 disk");
  EXPECT_EQ(ready.not_ready.size(), 29U);
  EXPECT_GE(ready.score, 98U);
  EXPECT_EQ(site_readiness(site(600), {}).summary, "600 of 600 ready");
  EXPECT_EQ(site_readiness({}, {}).summary, "0 of 0 ready");
}

TEST(Readiness, A9FiftyDesksWithSevenTroublesShowEachWithCauseAndRemedy) {
  auto desks = site(50);
  for (std::size_t i = 0; i < 3; ++i) desks[i].copy_age_ms = 30 * 3'600'000;
  desks[3].locked = true;
  desks[4].clock_off_ms = 10'800'000;
  desks[5].disk_free_bytes = 0;
  desks[6].entries_stuck = 1;
  const SiteReadiness ready = site_readiness(desks, {});
  ASSERT_EQ(ready.not_ready.size(), 7U);
  for (const DeskReadiness& desk : ready.not_ready) {
    const auto check = std::ranges::find(desk.checks, false, &ReadinessCheck::passed);
    EXPECT_FALSE(check->why.empty());
    EXPECT_FALSE(check->remedy.empty());
    EXPECT_LT(desk.score, 100U);
  }
  EXPECT_EQ(ready.summary, "43 of 50 ready; 7 are not: 3 fresh, 1 admitted, 1 clock, 1 disk, 1 queue");
}

TEST(Readiness, WhatIsNotKnownIsNotReady) {
  const DeskReadiness desk = readiness(ReadinessFacts(), {});
  EXPECT_FALSE(desk.ready);
  EXPECT_EQ(desk.score, 0U);
  for (const ReadinessCheck& check : desk.checks) EXPECT_FALSE(check.known) << check.id;
}

TEST(Readiness, NamesWhatOfFormsAndPlanIsMissing) {
  ReadinessFacts facts = good_desk(1);
  facts.form_numbers = 3;
  facts.templates = 0;
  facts.actions_not_runnable = "stop-dialler, callers-notice (undo)";
  const DeskReadiness desk = readiness(facts, {.plan_version = 3});
  std::vector<std::string> why;
  for (const ReadinessCheck& check : desk.checks)
    if (!check.passed) why.push_back(check.id + ": " + check.why);
  EXPECT_EQ(why,
            (std::vector<std::string>{
                "forms: 3 form numbers are left", "templates: it has no forms to print",
                "plan: it has version 1 of the plan, and 3 is the newest",
                "actions: not every action of the plan can be performed at it: stop-dialler, callers-notice (undo)"}));
}

TEST(Readiness, RisesWithADrillThatMendsThings) {
  ReadinessFacts facts = good_desk(1);
  facts.prints.reset();
  facts.unlocks_offline.reset();
  const auto before = readiness(facts, {}).score;
  facts.prints = facts.unlocks_offline = true;
  EXPECT_LT(before, 100U);
  EXPECT_EQ(readiness(facts, {}).score, 100U);
}

}  // namespace
}  // namespace holdline::contingency
