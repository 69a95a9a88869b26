#include "agent/view/broad_searches.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

TEST(BroadSearches, AreLimitedAndPutOnRecordOnceInAWindow) {
  BroadSearches searches;
  const sync::Id ada = id_of(1), bob = id_of(2);
  std::int64_t now_ms = 1'000;
  const auto search = [&](const sync::Id& person, int n) {
    return searches.searched(person, std::string(1, static_cast<char>('a' + n % 26)) + std::to_string(n), now_ms++);
  };
  for (int n = 0; n < static_cast<int>(BroadSearches::most); ++n) EXPECT_FALSE(search(ada, n).limited) << n;
  const auto beyond = search(ada, 30);
  EXPECT_TRUE(beyond.limited && beyond.on_record);
  EXPECT_EQ(beyond.searches, BroadSearches::most + 1);
  EXPECT_EQ(beyond.since_ms, 1'000);
  const auto more = search(ada, 31);
  EXPECT_TRUE(more.limited && !more.on_record) << "one record says it";
  EXPECT_FALSE(search(bob, 31).limited) << "each person by themselves";
  now_ms += BroadSearches::window_ms;
  EXPECT_FALSE(search(ada, 32).limited);
}

TEST(BroadSearches, WhoTypesOnIsStillAtTheSame) {
  BroadSearches searches;
  const sync::Id ada = id_of(1);
  for (const char* typed : {"s", "sm", "smi", "smit", "smi", "smith"})
    EXPECT_EQ(searches.searched(ada, typed, 1).searches, 1u) << typed;
  EXPECT_EQ(searches.searched(ada, "jones", 1).searches, 2u);
}

}  // namespace
}  // namespace holdline::agent
