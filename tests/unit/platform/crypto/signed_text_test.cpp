#include "platform/crypto/signed_text.hpp"

#include <gtest/gtest.h>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using test::now;

struct SignedTextTest : testing::Test {
  CertificateAuthority authority = CertificateAuthority::create("Centre", now()).value();
  Identity hub = authority.issue_server({"hub.example"}, now()).value();
  std::string whole = sign_text(hub, "nothing is missing\n").value();
};

TEST_F(SignedTextTest, IsCheckedWithWhatItBringsAlongAndNamesTheAuthority) {
  const SignedText parts = split_signed(whole).value();
  EXPECT_EQ(parts.text, "nothing is missing\n");
  const TextSigner signer = check_signed(parts, now()).value();
  EXPECT_EQ(signer.name, "hub.example");
  EXPECT_EQ(signer.authority, authority.fingerprint());
}

TEST_F(SignedTextTest, NoByteOfItCanBeChanged) {
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto parts = split_signed(changed);
    EXPECT_FALSE(parts && check_signed(*parts, now())) << i;
  }
  EXPECT_FALSE(check_signed(split_signed(whole + "\n").value(), now()));
  EXPECT_EQ(split_signed("nothing is missing\n").error().code, "not-signed");
}

TEST_F(SignedTextTest, OneWhoseCertificateWasNotGoodThenDoesNotSign) {
  EXPECT_EQ(check_signed(split_signed(whole).value(), now() + server_lifetime + std::chrono::days(2)).error().code,
            "signature-broken");
}

}  // namespace
}  // namespace holdline::platform
