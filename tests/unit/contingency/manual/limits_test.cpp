#include "contingency/manual/limits.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace holdline::contingency {
namespace {

constexpr std::int64_t limit_hour_ms = 3'600'000;

TEST(ManualLimitsTest, ALeaseGetsNarrowerStepByStep) {
  const ManualLimits limits;
  EXPECT_EQ(lease_access(limits, 0), LeaseAccess::full);
  EXPECT_EQ(lease_access(limits, 54 * limit_hour_ms), LeaseAccess::full_warned);
  EXPECT_EQ(lease_access(limits, 72 * limit_hour_ms), LeaseAccess::read_only);
  EXPECT_EQ(lease_access(limits, 120 * limit_hour_ms), LeaseAccess::locked);
  EXPECT_EQ(lease_access(limits, 168 * limit_hour_ms), LeaseAccess::destroyed);
  EXPECT_EQ(next_step_ms(limits, 71 * limit_hour_ms), limit_hour_ms);
  EXPECT_EQ(next_step_ms(limits, 200 * limit_hour_ms), 0);
}

TEST(ManualLimitsTest, TakesEveryEntryAndMarksTheOnesBeyondALimit) {
  ManualTally tally;
  Judged last;
  std::size_t marked = 0;
  for (int i = 0; i < 400; ++i) {
    last = tally.take({"amy", "mon", "", 0}, 0, 0);
    if (last.verdict == Verdict::approval) ++marked;
    if (i == 223) {
      EXPECT_EQ(last.verdict, Verdict::take);
    }
    if (i == 224) {
      EXPECT_EQ(last.why, std::vector<std::string>{"entries-near"});
    }
  }
  EXPECT_EQ(marked, 100U);
  EXPECT_EQ(tally.entries("amy", "mon"), 400U) << "taken, all of them";
  EXPECT_EQ(tally.take({"ben", "mon", "", 0}, 0, 0).verdict, Verdict::take) << "another person";
  EXPECT_EQ(tally.take({"amy", "tue", "", 0}, 0, 0).verdict, Verdict::take) << "another shift";
  tally.forget("mon");
  EXPECT_EQ(tally.entries("amy", "mon"), 0U);
}

TEST(ManualLimitsTest, MoneyIsLimitedByItemAndByShift) {
  ManualTally tally;
  EXPECT_EQ(tally.take({"amy", "mon", "GBP", 5'000}, 0, 0).verdict, Verdict::take);
  EXPECT_EQ(tally.take({"amy", "mon", "GBP", 5'001}, 0, 0).why, std::vector<std::string>{"item-over"});
  for (int i = 0; i < 7; ++i) tally.take({"amy", "mon", "GBP", 5'000}, 0, 0);
  EXPECT_EQ(tally.take({"amy", "mon", "GBP", 4'999}, 0, 0).why, std::vector<std::string>{"shift-near"});
  EXPECT_EQ(tally.take({"amy", "mon", "GBP", 1}, 0, 0).why, std::vector<std::string>{"shift-over"});
  EXPECT_EQ(tally.take({"amy", "mon", "XAU", 1}, 0, 0).why, std::vector<std::string>{"currency-unknown"});
  EXPECT_EQ(tally.take({"amy", "mon", "GBP", -1}, 0, 0).why, std::vector<std::string>{"amount-negative"});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(tally.take({"zoe", "mon", "GBP", std::numeric_limits<std::int64_t>::max()}, 0, 0).verdict,
              Verdict::approval)
        << "sums do not run over";
}

TEST(ManualLimitsTest, AnOldLeaseAndALongQueueEscalateAndDropNothing) {
  ManualTally tally;
  EXPECT_EQ(tally.take({"amy", "mon", "", 0}, 80 * limit_hour_ms, 0).why, std::vector<std::string>{"lease-over"});
  EXPECT_EQ(tally.take({"amy", "mon", "", 0}, 0, 500).verdict, Verdict::warn);
}

TEST(ManualLimitsTest, LooksAreCountedByTheHour) {
  ManualTally tally;
  Verdict last = Verdict::take;
  for (int i = 0; i < 61; ++i) last = tally.look("amy", i * 1'000).verdict;
  EXPECT_EQ(last, Verdict::approval);
  EXPECT_EQ(tally.look("amy", 2 * limit_hour_ms).verdict, Verdict::take);
}

}  // namespace
}  // namespace holdline::contingency
