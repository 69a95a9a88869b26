#include "sync/session/renewal.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

constexpr std::int64_t day_ms = 24 * 3'600'000;
constexpr CertificateLife life{0, 90 * day_ms};

TimeReading at(std::int64_t wall_ms, std::int64_t boot_ms = 0) { return {wall_ms, {}, boot_ms}; }

TEST(Renewal, IsAskedForOnceInTheLastThirdOfTheLife) {
  Renewal renewal;
  renewal.begin(life);
  EXPECT_FALSE(renewal.look(at(60 * day_ms - 1), false));
  EXPECT_TRUE(renewal.look(at(60 * day_ms), false));
  EXPECT_FALSE(renewal.look(at(61 * day_ms), false)) << "the answer is awaited";
  renewal.granted({60 * day_ms, 150 * day_ms}, at(61 * day_ms));
  EXPECT_FALSE(renewal.look(at(90 * day_ms, 29 * day_ms), false));
  EXPECT_TRUE(renewal.look(at(120 * day_ms, 59 * day_ms), false));
}

TEST(Renewal, IsAskedForWhenTheHubSaysThatTheCertificateExpired) {
  Renewal renewal;
  renewal.begin(life);
  EXPECT_TRUE(renewal.look(at(day_ms), true));
}

TEST(Renewal, RestsAfterAFailureByTheTimeSinceTheStartOfTheMachine) {
  Renewal renewal;
  renewal.begin(life);
  ASSERT_TRUE(renewal.look(at(70 * day_ms, 1'000), false));
  renewal.failed(at(70 * day_ms, 1'000), 0);
  EXPECT_FALSE(renewal.look(at(80 * day_ms, 1'001), false)) << "a wall clock that jumps ends no rest";
  EXPECT_TRUE(renewal.look(at(70 * day_ms, 1'000 + 60'000), false));
}

// A hub whose clock is far behind grants certificates that are due at once.
TEST(Renewal, OfWhatIsDueAtOnceIsNoCircle) {
  Renewal renewal;
  renewal.begin(life);
  ASSERT_TRUE(renewal.look(at(100 * day_ms), false));
  renewal.granted(life, at(100 * day_ms));
  EXPECT_FALSE(renewal.look(at(100 * day_ms, 60'000), false));
  EXPECT_TRUE(renewal.look(at(100 * day_ms, 3'600'000), false));
}

TEST(Renewal, WithoutACertificateIsNothing) {
  Renewal renewal;
  EXPECT_FALSE(renewal.look(at(day_ms), true));
}

TEST(RefusalByDate, MeansThatClocksDifferWhenTheCertificateIsGoodByThisOne) {
  for (const char* code : {"certificate-expired", "renewal-needs-approval"}) {
    const Error refusal{ErrorKind::ask_person, code, "It ended."};
    EXPECT_EQ(explain_refusal(refusal, life, 89 * day_ms).code, "clocks-differ");
    EXPECT_EQ(explain_refusal(refusal, life, 90 * day_ms).code, code);
    EXPECT_EQ(explain_refusal(refusal, {}, 89 * day_ms).code, code);
  }
  EXPECT_EQ(explain_refusal({ErrorKind::ask_person, "device-revoked", ""}, life, 0).code, "device-revoked");
}

}  // namespace
}  // namespace holdline::sync
