#include "agent/engine/line_share.hpp"

#include <gtest/gtest.h>

namespace holdline::agent {
namespace {

constexpr std::size_t kib = 1024;

TEST(LineShare, GrowsOnAFastLineAndStaysSmallOnASlowOne) {
  LineShare fast, slow;
  for (int i = 0; i < 5; ++i) {
    fast.carried(fast.bytes(), static_cast<std::int64_t>(fast.bytes() / (10 * kib)));  // 10 MB/s
    slow.carried(slow.bytes(), static_cast<std::int64_t>(slow.bytes() / 8));           // 64 kbit/s
  }
  EXPECT_EQ(fast.bytes(), 8 * kib * kib);
  EXPECT_FALSE(fast.is_slow());
  EXPECT_EQ(slow.bytes(), 40'000u) << "five seconds of it";
  EXPECT_TRUE(slow.is_slow());
}

TEST(LineShare, AHubThatIsFarAwayIsNotASlowLine) {
  LineShare share;
  share.carried(300, 600);
  EXPECT_EQ(share.bytes(), 64 * kib);
  EXPECT_FALSE(share.is_slow());
}

TEST(LineShare, AsksForLessAfterItBrokeAndForMoreOnlyStepByStep) {
  LineShare share;
  share.broke();
  EXPECT_EQ(share.bytes(), 32 * kib);
  EXPECT_TRUE(share.is_slow());
  share.carried(32 * kib, 1);
  EXPECT_EQ(share.bytes(), 32 * kib);
  share.carried(32 * kib, 1);
  EXPECT_EQ(share.bytes(), 36 * kib);
  for (int i = 0; i < 20; ++i) share.broke();
  EXPECT_EQ(share.bytes(), 16 * kib) << "never nothing";
  for (int i = 0; i < 200; ++i) share.carried(share.bytes(), 1);
  EXPECT_EQ(share.bytes(), 8 * kib * kib) << "nor for ever";
}

}  // namespace
}  // namespace holdline::agent
