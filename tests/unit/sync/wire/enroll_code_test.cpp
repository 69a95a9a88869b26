#include "sync/wire/enroll_code.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

EnrollmentCode a_code() {
  EnrollmentCode code{"https://hub.example:7443", sha256("ca"), {}};
  code.secret.fill(7);
  return code;
}

TEST(EnrollmentCode, ReadsBackWhatItSays) {
  const auto back = EnrollmentCode::parse(a_code().text());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->hub, "https://hub.example:7443");
  EXPECT_EQ(back->ca_fingerprint, sha256("ca"));
  EXPECT_EQ(back->secret_hash(), a_code().secret_hash());
}

TEST(EnrollmentCode, NoticesEveryWrongOrMissingDigit) {
  const std::string text = a_code().text();
  for (std::size_t i = 4; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == '0' ? '1' : '0';
    EXPECT_FALSE(EnrollmentCode::parse(wrong)) << i;
    EXPECT_FALSE(EnrollmentCode::parse(std::string_view(text).substr(0, i))) << i;
  }
}

TEST(EnrollmentCode, SendsNobodyToAPlainAddress) {
  EnrollmentCode code = a_code();
  code.hub = "http://hub.example";
  EXPECT_FALSE(EnrollmentCode::parse(code.text()));
}

}  // namespace
}  // namespace holdline::sync
