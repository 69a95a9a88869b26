#include "agent/services/told.hpp"

#include <gtest/gtest.h>

namespace holdline::agent {
namespace {

constexpr std::int64_t minute = 60'000, noon = 1'800'000'000'000;

OutageReport report(const char* person, std::int64_t at_ms, const char* what = "crm") {
  return {{person, what}, noon + at_ms};
}

TEST(OutageProposal, TakesThreePeopleWithinFiveMinutesInWhateverOrderTheirReportsArrive) {
  std::vector<OutageReport> reports{report("cem", 4 * minute), report("ada", 0, "telephony"), report("bob", minute)};
  const auto proposal = proposal_of(reports, {}, noon + 5 * minute);
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->about, "crm");
  EXPECT_EQ(proposal->people, 3U);
  EXPECT_EQ(proposal->at_ms, noon + 4 * minute);
  EXPECT_FALSE(proposal_of(reports, {}, noon + 14 * minute)) << "nobody is asked for ever";
}

TEST(OutageProposal, IsNotMadeByOnePersonWhoPressesOftenNorByReportsOfHoursAgo) {
  EXPECT_FALSE(proposal_of({report("ada", 0), report("ada", 1'000), report("ada", 2'000)}, {}, noon + minute));
  EXPECT_FALSE(
      proposal_of({report("ada", 0), report("bob", 6 * minute), report("cem", 12 * minute)}, {}, noon + 13 * minute));
}

}  // namespace
}  // namespace holdline::agent
