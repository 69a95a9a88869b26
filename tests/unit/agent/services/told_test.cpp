#include "agent/services/told.hpp"

#include <gtest/gtest.h>

namespace holdline::agent {
namespace {

constexpr std::int64_t report_minute = 60'000, noon = 1'800'000'000'000;

OutageReport report(const char* person, std::int64_t at_ms, const char* what = "crm") {
  return {{person, what}, noon + at_ms};
}

TEST(OutageProposal, TakesThreePeopleWithinFiveMinutesInWhateverOrderTheirReportsArrive) {
  std::vector<OutageReport> reports{report("cem", 4 * report_minute), report("ada", 0, "telephony"),
                                    report("bob", report_minute)};
  const auto proposal = proposal_of(reports, {}, noon + 5 * report_minute);
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->about, "crm");
  EXPECT_EQ(proposal->people, 3U);
  EXPECT_EQ(proposal->at_ms, noon + 4 * report_minute);
  EXPECT_FALSE(proposal_of(reports, {}, noon + 14 * report_minute)) << "nobody is asked for ever";
}

TEST(OutageProposal, IsNotMadeByOnePersonWhoPressesOftenNorByReportsOfHoursAgo) {
  EXPECT_FALSE(proposal_of({report("ada", 0), report("ada", 1'000), report("ada", 2'000)}, {}, noon + report_minute));
  EXPECT_FALSE(proposal_of({report("ada", 0), report("bob", 6 * report_minute), report("cem", 12 * report_minute)}, {},
                           noon + 13 * report_minute));
}

}  // namespace
}  // namespace holdline::agent
