#include <random>
#include <string>

#include <gtest/gtest.h>

#include "sync/action/validate.hpp"

namespace holdline::sync {
namespace {

TEST(CardNumber, IsFoundHoweverItIsTyped) {
  const char* const texts[] = {
      "4111111111111111",
      "4111 1111 1111 1111",
      "4111-1111-1111-1111",
      "4111.1111.1111.1111",
      "4111/1111/1111/1111",
      "4111_1111_1111_1111",
      "4111 - 1111 - 1111 - 1111",
      "4111\n1111\n1111\n1111",
      "4111\u00a01111\u00a01111\u00a01111",
      "4111\u20131111\u20131111\u20131111",
      "4111\u200b1111\u200b1111\u200b1111",
      "41\u00ad11111111111\u2060111",
      "4111, 1111, 1111, 1111",
      "4111\u20221111\u20221111\u20221111",
      "41 11 11 11 11 11 11 11",
      "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
      "41111111 11111111",
      "411111 1111111111",
      "４１１１１１１１１１１１１１１１",
      "Card:4111111111111111",
      "pays with 4111 1111 1111 1111 12/27 123 tomorrow",
      "order 77, 4111111111111111, then call +491512345678",
      "x4111111111111111x",
      "(4111111111111111)",
      "+4111111111111111",
      "12 4111 1111 1111 1111",
      "4222222222222",            // 13 digits
      "30569309025904",           // Diners Club, 14
      "3782 822463 10005",        // American Express, 15
      "5555 5555 5555 4444",      // Mastercard
      "2223 0031 2200 3222",      // Mastercard, range of 2017
      "6011 1111 1111 1117",      // Discover
      "3530 1113 3330 0000",      // JCB
      "6304 0000 0000 0000",      // Maestro
      "6205 5000 0000 0000 004",  // UnionPay, 19
      "2201 3820 0000 0013",      // Mir
      "(4111) (1111) (1111) (1111)",
      "4111+1111+1111+1111",
      "4111 + 1111 + 1111 + 1111",
      "4111x1111x1111x1111",
      "4111 x 1111 x 1111 x 1111",
      "4111:1111:1111:1111",
      "4111\u21921111\u21921111\u21921111",
      "(3782) 822463 (10005)",
      "4 111 1111 1111 1111",
      "4-11-111-1111-111111 12/27",
      "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",  // U+1D7CE and on
      "४१११ ११११ ११११ ११११",
      "⁴¹¹¹¹¹¹¹¹¹¹¹¹¹¹¹",
      "④①①①①①①①①①①①①①①①",
      "4\ufe0f\u20e31\ufe0f\u20e3111111111111 11",
  };
  for (const char* text : texts) EXPECT_TRUE(holds_card_number(text)) << text;
}

TEST(CardNumber, IsNotSeenInWhatElsePeopleType) {
  const char* const texts[] = {
      "",
      "4111111111111112",      // check digit
      "411111111111",          // 12 digits
      "41111111111111111111",  // 20 digits
      "1111 1111 1111 1117",   // begins like no card
      "+491512345678",
      "+4917612345670 called twice",
      "call +44 20 7551 8700",
      "0049 151 23456789",
      "DE89 3704 0044 0532 0130 00",  // IBAN
      "DE58 5001 0517 5407 3246 79",  // its inner groups alone would be a card number
      "room 4510 01.11.2024 14.45",   // likewise, were the dots blanks
      "room 4510 01-11-2024 14 45",
      "file 45102/123/4567/1008",
      "GB29 NWBK 6016 1331 9268 19",
      "FR1420041010050500013M02606",
      "2024-01-02 12.30 to 2024-01-03 14.45",
      "1763700000000",  // milliseconds
      "Reference number 4711, ticket 100234, 349.90 EUR",
      "(415) 555-0142 (617) 555-0101",
      "411-555-0100 x1117",
      "40-47-84 70872497",          // sort code and account
      "52.520008, 13.404954",       // a place
      "09:30; 10:45; 11:00; 14:15; 16:41",
      "de58 5001 0517 5407 3246 79",
      "O'Brien, García, 王",
      "0190c0de-7abc-7def-8123-456789abcdef",
      "internet-250:2019-03-04,tv-premium:2021-11-27",
      "K-41829304;seg=A;limit=4500;owner=ws-0412",
  };
  for (const char* text : texts) EXPECT_FALSE(holds_card_number(text)) << text;
}

TEST(CardNumber, BesideAnIbanIsStillFound) {
  EXPECT_TRUE(holds_card_number("DE89 3704 0044 0532 0130 00 or 4111 1111 1111 1111"));
}

TEST(CardNumber, LooksAtAnyBytesWithoutHarm) {
  std::mt19937_64 random(3);
  constexpr std::string_view likely = "41114111411141114111 -./_\n+DE\xc2\xa0\xe2\x80\x93\xef\xbc\x90\xd9\xa0";
  std::size_t found = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 80, ' ');
    for (char& c : text) c = random() % 64 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
    found += holds_card_number(text);
  }
  EXPECT_GT(found, 0u);
  EXPECT_LT(found, 10'000u);
}

}  // namespace
}  // namespace holdline::sync
