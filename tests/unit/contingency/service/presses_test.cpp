#include "contingency/service/presses.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t press_minute_ms = 60'000;

TEST(Presses, OfThreePeopleWithinFiveMinutesProposeAnIncident) {
  Presses presses;
  EXPECT_FALSE(presses.step({"amy", "crm"}, 0));
  EXPECT_FALSE(presses.step({"ben", "search"}, press_minute_ms));
  const auto proposal = presses.step({"cho", "crm"}, 2 * press_minute_ms);
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->people, (std::vector<std::string>{"amy", "ben", "cho"}));
  EXPECT_EQ(proposal->about, "crm");
}

TEST(Presses, OfOnePersonAreOne) {
  Presses presses;
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(presses.step({"amy", "crm"}, i));
  EXPECT_EQ(presses.people(50), 1U);
}

TEST(Presses, ThatAreFarApartProposeNothing) {
  Presses presses;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(presses.step({"p" + std::to_string(i), "crm"}, i * 3 * press_minute_ms));
}

TEST(Presses, ProposeOnceAndAgainAfterAQuietTime) {
  Presses presses;
  int proposals = 0;
  for (int i = 0; i < 90; ++i)
    if (presses.step({"p" + std::to_string(i), "crm"}, i * press_minute_ms / 3)) ++proposals;
  EXPECT_EQ(proposals, 3) << "thirty minutes of presses";
}

}  // namespace
}  // namespace holdline::contingency
