#include "platform/crypto/password.hpp"

#include <gtest/gtest.h>

#include "platform/crypto/signing.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

constexpr WrapCost cheap{1, 64};

TEST(Password, UnwrapsWithTheSamePasswordOnly) {
  SystemEntropy entropy;
  const auto wrapped = wrap_secret("correct horse", "the seed", entropy, cheap);
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(unwrap_secret("correct horse", *wrapped)->view(), "the seed");
  const auto wrong = unwrap_secret("correct horsf", *wrapped);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(code_of(wrong), "wrong-password");
  EXPECT_EQ(wrong.error().kind, ErrorKind::ask_person);
}

TEST(Password, CostsSixtyFourMebibytesAndThreePassesByDefault) {
  SystemEntropy entropy;
  const auto wrapped = wrap_secret("p", "s", entropy);
  ASSERT_TRUE(wrapped);
  sync::ByteReader in(*wrapped);
  EXPECT_EQ(in.u8(), 1);
  EXPECT_EQ(in.varint(), 3u);
  EXPECT_EQ(in.varint(), 64u * 1024);
  EXPECT_EQ(unwrap_secret("p", *wrapped)->view(), "s");
}

TEST(Password, WrapsTheSameSecretDifferentlyEachTime) {
  SystemEntropy entropy;
  EXPECT_NE(wrap_secret("p", "s", entropy, cheap).value(), wrap_secret("p", "s", entropy, cheap).value());
}

TEST(Password, FindsEveryAlteredByte) {
  SystemEntropy entropy;
  const auto wrapped = wrap_secret("p", "secret", entropy, cheap);
  for (std::size_t i = 0; i < wrapped->size(); ++i) {
    std::string altered = *wrapped;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(unwrap_secret("p", altered)) << i;
  }
  for (std::size_t length = 0; length < wrapped->size(); ++length) {
    EXPECT_FALSE(unwrap_secret("p", wrapped->substr(0, length))) << length;
  }
}

// The bytes of a wrap that demands `passes` and `memory_kib`.
std::string demanding(std::uint64_t passes, std::uint64_t memory_kib) {
  std::string bytes;
  sync::ByteWriter out(bytes);
  out.u8(1);
  out.varint(passes);
  out.varint(memory_kib);
  out.raw(std::string(16 + 24 + 16 + 32, 'x'));
  return bytes;
}

TEST(Password, RefusesHostileCostsBeforeSpendingThem) {
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(1, 1ull << 40))), "wrap-unreadable");
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(1, (1ull << 32) + 64))), "wrap-unreadable");
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(1'000'000, 64))), "wrap-unreadable");
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(0, 64))), "wrap-unreadable");
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(1, 0))), "wrap-unreadable");
  EXPECT_EQ(code_of(unwrap_secret("p", demanding(1, 64))), "wrong-password") << "within the limits it is tried";
}

TEST(Signing, MatchesTheFirstVectorOfRfc8032) {
  std::array<std::uint8_t, 32> seed{0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                                    0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                    0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
  const SigningKey key{SecretKey(seed)};
  EXPECT_EQ(key.public_key()[0], 0xd7);
  EXPECT_EQ(key.public_key()[31], 0x1a);
  const Signature signature = key.sign("");
  EXPECT_EQ(signature[0], 0xe5);
  EXPECT_EQ(signature[63], 0x0b);
}

TEST(Signing, VerifiesOnlyTheSignedMessageUnderItsKey) {
  SystemEntropy entropy;
  const SigningKey key = SigningKey::generate(entropy);
  const SigningKey again(key.seed().clone());
  const Signature signature = key.sign("lease until noon");
  EXPECT_TRUE(verify(again.public_key(), "lease until noon", signature));
  EXPECT_FALSE(verify(key.public_key(), "lease until nine", signature));
  EXPECT_FALSE(verify(SigningKey::generate(entropy).public_key(), "lease until noon", signature));
  EXPECT_FALSE(verify("short", "lease until noon", "short"));
}

}  // namespace
}  // namespace holdline::platform
