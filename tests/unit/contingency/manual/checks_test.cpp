#include "contingency/manual/checks.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

std::string code_of(const Result<void>& result) { return result ? "" : result.error().code; }

TEST(EntryChecksTest, RemarksAreReadAsTheyWereMade) {
  const std::vector<std::string> remarks{"called again", remark_of_limits({"item-over", "shift-over"}),
                                         remark_of(Need::approval, {true, "rita", "asked her: fine"}),
                                         remark_of(Need::second_check, {false, "bob", "15 and not 51"})};
  const EntryNeeds entry = entry_needs({"approval", "second_check"}, remarks);
  EXPECT_EQ(entry.limits, (std::vector<std::string>{"item-over", "shift-over"}));
  EXPECT_EQ(entry.approved, (NeedSettled{true, "rita", "asked her: fine"}));
  EXPECT_EQ(entry.compared, (NeedSettled{false, "bob", "15 and not 51"}));
  EXPECT_FALSE(entry.waits_for(Need::approval));
  EXPECT_TRUE(is_of_approval(remarks[2]));
  EXPECT_FALSE(is_of_approval(remarks[3]));
  EXPECT_TRUE(entry_needs({"approval"}, {"approval: of somebody"}).waits_for(Need::approval)) << "says nothing";
}

TEST(EntryChecksTest, OfTwoWhoDecideWithoutContactTheOneWhoRefusedCounts) {
  const std::string yes = remark_of(Need::approval, {true, "rita", ""}),
                    no = remark_of(Need::approval, {false, "tom", "too much"});
  EXPECT_EQ(entry_needs({"approval"}, {yes, no}).approved->person, "tom");
  EXPECT_EQ(entry_needs({"approval"}, {no, yes}).approved->person, "tom");
}

TEST(EntryChecksTest, WhatWasDecidedOnAnotherAmountIsOpenAgain) {
  const std::string yes = remark_of(Need::approval, {true, "sue", "asked her", 5'100}),
                    no = remark_of(Need::approval, {false, "tom", "", 900'000});
  EXPECT_EQ(entry_needs({"approval"}, {yes}, 5'100).approved, (NeedSettled{true, "sue", "asked her", 5'100}));
  EXPECT_TRUE(entry_needs({"approval"}, {yes}, 800'000).waits_for(Need::approval));
  EXPECT_TRUE(entry_needs({"approval"}, {yes}, {}).waits_for(Need::approval));
  EXPECT_EQ(entry_needs({"approval"}, {yes, no}, 5'100).approved->person, "sue");
  EXPECT_TRUE(is_of_approval(yes));
}

TEST(EntryChecksTest, NobodyDecidesOnTheirOwnEntryAndNoAgentApproves) {
  const EntryNeeds both = entry_needs({"approval", "second_check"}, {});
  EXPECT_EQ(code_of(may_settle(both, Need::approval, true, "ada", {true, "rita", ""})), "");
  EXPECT_EQ(code_of(may_settle(both, Need::approval, false, "ada", {true, "bob", ""})), "role-refused");
  EXPECT_EQ(code_of(may_settle(both, Need::approval, true, "rita", {true, "rita", ""})), "own-entry");
  EXPECT_EQ(code_of(may_settle(both, Need::second_check, false, "ada", {true, "bob", ""})), "");
  EXPECT_EQ(code_of(may_settle(both, Need::second_check, false, "ada", {true, "ada", ""})), "own-entry");
  EXPECT_EQ(code_of(may_settle(both, Need::second_check, false, "ada", {false, "bob", " "})), "reason-missing");
  EXPECT_EQ(code_of(may_settle({}, Need::approval, true, "ada", {true, "rita", ""})), "not-needed");
  const EntryNeeds done = entry_needs({"approval"}, {remark_of(Need::approval, {true, "tom", ""})});
  EXPECT_EQ(code_of(may_settle(done, Need::approval, true, "ada", {false, "rita", "no"})), "settled-already");
}

TEST(EntryChecksTest, AsManySheetsAreComparedAsThePlanAsksFor) {
  std::size_t compared = 0;
  for (int n = 0; n < 2'000; ++n) compared += is_compared("K7M4XR" + std::to_string(n), 10) ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(compared), 200, 45);
  EXPECT_FALSE(is_compared("K7M4XRR2M", 0));
  EXPECT_TRUE(is_compared("K7M4XRR2M", 100));
}

}  // namespace
}  // namespace holdline::contingency
