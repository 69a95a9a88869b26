#include "contingency/convergence/statement.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t stated_at_ms = 1'790'000'000'000;

WorkstationTally whole_desk() {
  WorkstationTally desk;
  desk.device.bytes[0] = 7;
  desk.name = "desk-7";
  desk.scopes = {"acme/london"};
  desk.told_ms = stated_at_ms - 30'000;
  desk.issued = 12;
  desk.received = 12;
  desk.received_before = 3;
  desk.verdicts = {.applied = 10, .merged = 3, .conflict = 1, .discarded = 1};
  desk.equal_at = 4'711;
  return desk;
}

ConvergenceStatement statement_of(WorkstationTally desk) {
  ConvergenceStatement statement;
  statement.about = "CRM down";
  statement.made_ms = stated_at_ms;
  statement.heard_after_ms = stated_at_ms - 300'000;
  statement.change = std::uint64_t{1} << 60;
  statement.scopes = {{"acme/london", "00ff"}};
  statement.workstations = {std::move(desk)};
  return statement;
}

TEST(ConvergenceStatement, ProvesThatNothingIsMissingWhereEveryNumberHasAVerdict) {
  EXPECT_TRUE(open_points(statement_of(whole_desk())).empty());
}

TEST(ConvergenceStatement, NamesWhatItDoesNotProve) {
  WorkstationTally desk = whole_desk();
  desk.issued = 14;
  desk.verdicts = {.applied = 9, .quarantined = 1, .waiting = 2};
  desk.told_ms = stated_at_ms - 400'000;
  desk.equal_at.reset();
  auto statement = statement_of(desk);
  statement.open_conflicts = 1;
  const auto points = open_points(statement);
  ASSERT_EQ(points.size(), 7u);
  EXPECT_NE(points[0].find("may hold more"), std::string::npos);
  EXPECT_EQ(points[1], "desk-7: 2 entries it issued are not at the hub");
  EXPECT_EQ(points[2], "desk-7: 15 were received and 12 have a verdict");
  EXPECT_EQ(points[3], "desk-7: 1 entry was refused, and nobody has decided");
  EXPECT_EQ(points[4], "desk-7: 2 entries wait for another that has not come");
  EXPECT_EQ(points[5], "desk-7: its copy was not compared with the ledger");
  EXPECT_EQ(points[6], "1 conflict waits for a decision");
  desk.issued.reset();
  EXPECT_EQ(open_points(statement_of(desk)).front(), "desk-7: it never told what it issued");
}

TEST(ConvergenceStatement, IsReadAsItWasWrittenAndNotWhenItsPointsDoNotFollowFromItsFigures) {
  auto statement = statement_of(whole_desk());
  statement.accepted = Signed{"ida", "desk-9 burnt"};
  const std::string text = encode_json(statement);
  EXPECT_EQ(decode_statement(text).value(), statement);
  std::string other = text;
  other.replace(other.find("\"missing\": 0"), 12, "\"missing\": 1");
  EXPECT_EQ(decode_statement(other).error().code, "malformed-statement");
  EXPECT_EQ(decode_statement(text + " ").error().code, "malformed-statement");
  EXPECT_EQ(decode_statement("[]").error().code, "malformed-statement");
}

}  // namespace
}  // namespace holdline::contingency
