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

std::vector<std::string> why(const TakenByHand& before, const ManualEntry& entry, std::int64_t alone_ms = 0,
                             std::size_t queued = 0) {
  return judge_by_hand({}, before, entry, alone_ms, queued).why;
}
using Codes = std::vector<std::string>;

TEST(ManualLimitsTest, EntriesOfAShiftAreToldNearTheLimitAndMarkedBeyondIt) {
  EXPECT_EQ(why({223}, {}), Codes{});
  EXPECT_EQ(why({224}, {}), Codes{"entries-near"});
  EXPECT_EQ(judge_by_hand({}, {299}, {}, 0, 0).verdict, Verdict::warn);
  EXPECT_EQ(why({300}, {}), Codes{"entries-over"});
  EXPECT_EQ(judge_by_hand({}, {300}, {}, 0, 0).verdict, Verdict::approval);
}

TEST(ManualLimitsTest, MoneyIsLimitedByItemAndByShift) {
  EXPECT_EQ(why({}, {"GBP", 5'000}), Codes{});
  EXPECT_EQ(why({}, {"GBP", 5'001}), Codes{"item-over"});
  EXPECT_EQ(why({0, {{"GBP", 45'001}}}, {"GBP", 4'999}), Codes{"shift-near"});
  EXPECT_EQ(why({0, {{"GBP", 50'000}}}, {"GBP", 1}), Codes{"shift-over"});
  EXPECT_EQ(why({}, {"XAU", 1}), Codes{"currency-unknown"});
  EXPECT_EQ(why({}, {"GBP", -1}), Codes{"amount-negative"});
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(why({0, {{"GBP", most}}}, {"GBP", most}), (Codes{"item-over", "shift-over"})) << "sums do not run over";
}

TEST(ManualLimitsTest, AmountsWithoutACurrencyAreOfTheOneWithTheLowestLimit) {
  ManualLimits limits;
  EXPECT_EQ(currency_of_amounts(limits), "GBP");
  limits.item_money = {{"GBP", 5'000}, {"EUR", 4'000}};
  EXPECT_EQ(currency_of_amounts(limits), "EUR");
  limits.item_money = {};
  EXPECT_EQ(currency_of_amounts(limits), "");
}

TEST(ManualLimitsTest, AnOldLeaseAndALongQueueEscalate) {
  EXPECT_EQ(why({}, {}, 80 * limit_hour_ms), Codes{"lease-over"});
  EXPECT_EQ(judge_by_hand({}, {}, {}, 0, 500).verdict, Verdict::warn);
  EXPECT_EQ(judge_disclosure({}, 60).why, Codes{"disclosures-over"});
}

TEST(ManualLimitsTest, EveryCodeHasWords) {
  for (const char* code : {"entries-near", "entries-over", "item-over", "shift-near", "shift-over", "currency-unknown",
                           "amount-negative", "lease-over", "queue-long", "disclosures-near", "disclosures-over"})
    EXPECT_NE(words_of_limit(code), "") << code;
}

}  // namespace
}  // namespace holdline::contingency
