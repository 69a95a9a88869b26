#include "sync/text/phone.hpp"

#include <ostream>

#include <gtest/gtest.h>

#include "sync/text/phone_country.hpp"

namespace holdline::sync {
namespace {

struct Spelled {
  const char* region;
  const char* typed;
  const char* e164;
  const char* extension = "";
};
std::ostream& operator<<(std::ostream& out, const Spelled& s) { return out << s.region << ": " << s.typed; }

class SpellingTest : public testing::TestWithParam<Spelled> {};

TEST_P(SpellingTest, IsReadAsOneNumber) {
  const PhoneNumber number = read_phone(GetParam().typed, GetParam().region);
  EXPECT_EQ(number.reading, PhoneReading::number);
  EXPECT_EQ(number.e164, GetParam().e164);
  EXPECT_EQ(number.extension, GetParam().extension);
  // What is stored is read as itself, wherever.
  EXPECT_EQ(read_phone(number.e164, "").e164, number.e164);
}

INSTANTIATE_TEST_SUITE_P(
    National, SpellingTest,
    testing::Values(Spelled{"GB", "020 7946 0018", "+442079460018"}, Spelled{"GB", "07700 900123", "+447700900123"},
                    Spelled{"GB", "(0)20 7946 0018", "+442079460018"},
                    Spelled{"GB", "０２０ ７９４６ ００１８", "+442079460018"},
                    Spelled{"DE", "(0) 30/1234567-0", "+493012345670"}, Spelled{"IT", "06 1234 5678", "+390612345678"},
                    Spelled{"US", "1-800-FLOWERS", "+18003569377"}, Spelled{"GB", "447700900123", "+447700900123"}));
INSTANTIATE_TEST_SUITE_P(International, SpellingTest,
                         testing::Values(Spelled{"GB", "0044 20 7946 0018", "+442079460018"},
                                         Spelled{"US", "0044 (0)20 7946 0018", "+442079460018"},
                                         Spelled{"", "+44 (0)20 7946 0502", "+442079460502"},
                                         Spelled{"", "+44 (020) 7946 0502", "+442079460502"},
                                         Spelled{"", "+225 07 08 12 34 56", "+2250708123456"}));
INSTANTIATE_TEST_SUITE_P(MobilePrefix, SpellingTest,
                         testing::Values(Spelled{"AR", "011 15-2345-6789", "+5491123456789"},
                                         Spelled{"", "+54 9 11 2345-6789", "+5491123456789"},
                                         Spelled{"", "+52 1 55 1234 5678", "+525512345678"},
                                         Spelled{"MX", "044 55 1234 5678", "+525512345678"}));
INSTANTIATE_TEST_SUITE_P(Extension, SpellingTest,
                         testing::Values(Spelled{"GB", "020 7946 0018 ext. 5", "+442079460018", "5"},
                                         Spelled{"GB", "+44 20 7946 0123 ext 12", "+442079460123", "12"},
                                         Spelled{"GB", "+44 20 7946 0123-12", "+442079460123", "12"},
                                         Spelled{"US", "212-555-0123 – 45", "+12125550123", "45"},
                                         Spelled{"GB", "020 7946 0018 x5", "+442079460018", "5"},
                                         Spelled{"DE", "030 1234567-12", "+4930123456712"}));  // a whole number there
INSTANTIATE_TEST_SUITE_P(Invisible, SpellingTest,
                         testing::Values(Spelled{"", "\u202a+44\u00a020\u20117946\u00a00018\u202c", "+442079460018"},
                                         Spelled{"GB", "\u200e020\ufe0f 7946 0018", "+442079460018"},
                                         Spelled{"GB", "  020 7946 0018\t", "+442079460018"}));
// A German mobile number at a British desk: nothing there, and given out in Germany. Never a payment card.
INSTANTIATE_TEST_SUITE_P(WithoutPlus, SpellingTest, testing::Values(Spelled{"GB", "4917604069006", "+4917604069006"}));

TEST(PhoneTest, SaysWhatIsMissing) {
  const auto reading = [](const char* typed, const char* region) { return read_phone(typed, region).reading; };
  EXPECT_EQ(reading("020 7946 0018", ""), PhoneReading::no_country);
  EXPECT_EQ(reading("7946 0018", "GB"), PhoneReading::no_area);
  EXPECT_EQ(reading("4021", "GB"), PhoneReading::internal);
  EXPECT_EQ(read_phone("4021", "GB").extension, "4021");
  EXPECT_EQ(reading("4.42079E+11", "GB"), PhoneReading::spreadsheet);
  EXPECT_EQ(reading("withheld", "GB"), PhoneReading::not_a_number);
  for (const char* letters : {"07700 9OO123", "020 7946 OO18", "020 7946 ooi8", "0207946ask", "020 7946 0018b"})
    EXPECT_EQ(reading(letters, "GB"), PhoneReading::not_a_number) << letters << " would be saved as another number";
  EXPECT_EQ(reading("0000347", "DE"), PhoneReading::not_a_number) << "it would be read back as another one";
  EXPECT_EQ(reading("", "GB"), PhoneReading::not_a_number);
  EXPECT_EQ(reading("\xff", "GB"), PhoneReading::not_a_number);
  EXPECT_EQ(reading("4111 1111 1111 1111", "GB"), PhoneReading::too_long);
  EXPECT_EQ(reading("020 7946 0018/9", "GB"), PhoneReading::too_long);
  EXPECT_EQ(reading("020 7946 0018, 07700 900123", "GB"), PhoneReading::not_a_number);
  EXPECT_EQ(read_phone(std::string(300, '1'), "GB").reading, PhoneReading::too_long);
}

// Numbers kept free for films, and ranges that are younger than the library, are called all the same.
TEST(PhoneTest, WhatThePlanDoesNotGiveOutIsStillANumber) {
  EXPECT_TRUE(read_phone("020 7946 0018", "GB").in_use);
  EXPECT_FALSE(read_phone("07700 900123", "GB").in_use);
  EXPECT_EQ(read_phone("07700 900123", "GB").reading, PhoneReading::number);
}

TEST(PhoneTest, IsShownAsPeopleOfThePlaceWriteIt) {
  EXPECT_EQ(phone_for_people("+442079460018", "GB"), "020 7946 0018");
  EXPECT_EQ(phone_for_people("+442079460018", "DE"), "+44 20 7946 0018");
  EXPECT_EQ(phone_for_people("+442079460018", ""), "+44 20 7946 0018");
  EXPECT_EQ(phone_for_people("+39021234567", "IT"), "02 123 4567");
  EXPECT_EQ(phone_for_people("not a number", "GB"), "not a number");
}

TEST(PhoneTest, KnowsRegions) {
  EXPECT_TRUE(is_phone_region("GB"));
  EXPECT_FALSE(is_phone_region("UK"));
  EXPECT_FALSE(is_phone_region("gb"));
  EXPECT_FALSE(is_phone_region(""));
}

TEST(CountryOfNumber, FollowsTheNumberingPlans) {
  constexpr std::pair<const char*, const char*> numbers[] = {
      {"+442079460018", "GB"},  {"+441481960194", "GG"}, {"+441534456789", "JE"}, {"+447781123456", "GG"},
      {"+4915112345678", "DE"}, {"+12125550123", "US"},  {"+14165550123", "CA"},  {"+18765551234", "JM"},
      {"+390212345678", "IT"},  {"+390669812345", "VA"}, {"+79161234567", "RU"},  {"+77012345678", "KZ"},
      {"+80012345678", ""},     {"+449999999999", ""},   {"+2101234567", ""},     {"2079460018", ""},
  };
  for (const auto& [number, country] : numbers) EXPECT_EQ(country_of_number(number), country) << number;
}

}  // namespace
}  // namespace holdline::sync
