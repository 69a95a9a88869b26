// A campaign comes to the same on any number of processors: a seed that failed in it fails alone too.
#include "tests/sim/campaign.hpp"

#include <gtest/gtest.h>

namespace holdline::sim {
namespace {

TEST(Campaign, ComesToTheSameWithAnyNumberOfWorkers) {
  const Setting setting;
  CampaignOptions options;
  options.first_seed = 49;  // 50 is played twice
  options.seeds = 3;
  const CampaignReport alone = run_campaign(setting, options);
  EXPECT_FALSE(alone.failure);
  EXPECT_EQ(alone.seeds, 3u);
  EXPECT_EQ(alone.played_twice, 1u);
  EXPECT_GT(counter(alone.counters, "actions acknowledged"), 3u);
  options.jobs = 2;
  EXPECT_EQ(run_campaign(setting, options).counters, alone.counters);
}

TEST(Campaign, TheLineOfAWorldTellsAllOfIt) {
  const PlayedWorld world{true, {{"fault: clock jump", 3}}, Failure{"checker", "a \xff byte", "one\ntwo\n"}};
  const std::string line = line_of(world);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const PlayedWorld read = world_of(line);
  EXPECT_TRUE(read.twice);
  EXPECT_EQ(read.counters, world.counters);
  ASSERT_TRUE(read.failure);
  EXPECT_EQ(read.failure->checker, "checker");
  EXPECT_EQ(read.failure->difference, "a \xef\xbf\xbd byte");
  EXPECT_EQ(read.failure->trace, "one\ntwo\n");
  EXPECT_FALSE(world_of(line_of({})).failure);
}

}  // namespace
}  // namespace holdline::sim
