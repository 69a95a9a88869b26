#include "sync/text/postcode.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(Postcode, IsWrittenAsInItsCountry) {
  const struct {
    const char *country, *typed, *text;
  } cases[] = {{"GB", "sw1a1aa", "SW1A 1AA"}, {"GB", "bfpo61", "BFPO 61"},     {"GB", "m1 1ae", "M1 1AE"},    {"DE", "D-10115", "10115"},
               {"NL", "1012ab", "1012 AB"},       {"PL", "00950", "00-950"},     {"CA", "k1a0b1", "K1A 0B1"},
               {"US", "902101234", "90210-1234"}, {"LV", "1010", "LV-1010"},     {"SE", "SE-11122", "111 22"},
               {"IE", "d02af30", "D02 AF30"},     {"PT", "1100148", "1100-148"}, {"JP", "１０００００１", "100-0001"}};
  for (const auto& one : cases) {
    const Postcode read = read_postcode(one.country, one.typed);
    EXPECT_EQ(read.reading, PostcodeReading::of_country) << one.typed;
    EXPECT_EQ(read.text, one.text) << one.country;
  }
}

TEST(Postcode, OfAnotherCountryIsNone) {
  for (const auto& [country, typed] : {std::pair{"GB", "10115"},
                                       {"DE", "SW1A 1AA"},
                                       {"DE", "1011"},
                                       {"AT", "10115"},
                                       {"NL", "1012"},
                                       {"US", "9021"},
                                       {"FR", "75001!"}})
    EXPECT_EQ(read_postcode(country, typed).reading, PostcodeReading::not_of_it) << country << typed;
  EXPECT_EQ(read_postcode("ZW", "anything").reading, PostcodeReading::unknown);
  EXPECT_EQ(read_postcode("", "10115").reading, PostcodeReading::unknown);
  EXPECT_EQ(postcode_example("GB"), "GB (United Kingdom), where one looks like SW1A 1AA");
}

TEST(Postcode, IsTheSameInEverySpelling) {
  EXPECT_EQ(postcode_key("GB", "SW1A 1AA"), postcode_key("GB", "sw1a1aa"));
  EXPECT_EQ(postcode_key("US", "90210"), postcode_key("US", "90210-1234"));
  EXPECT_EQ(postcode_key("", "LS1 4DY"), postcode_key("", "ls14dy"));
  EXPECT_NE(postcode_key("GB", "SW1A 1AA"), postcode_key("GB", "SW1A 1AB"));
}

}  // namespace
}  // namespace holdline::sync
