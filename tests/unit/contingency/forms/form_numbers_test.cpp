#include "contingency/forms/form_numbers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace holdline::contingency {
namespace {

const Signature issuer{"sue", by_supervisor, "", 1};

sync::Id form_id(std::uint8_t number) {
  sync::Id id;
  id.bytes[15] = number;
  return id;
}

NumberUse used(std::uint32_t number, std::int64_t at_ms, NumberUse::Kind kind = NumberUse::Kind::used,
               std::string person = "amy") {
  return {{"LON", number},
          kind,
          form_id(static_cast<std::uint8_t>(at_ms % 200)),
          {std::move(person), by_supervisor, "", at_ms}};
}

FormNumbers with_blocks(int blocks, std::uint32_t size) {
  FormNumbers numbers;
  for (int i = 0; i < blocks; ++i) {
    const auto id = form_id(static_cast<std::uint8_t>(i + 1));
    EXPECT_TRUE(numbers.take(*numbers.allocate(id, "LON", size, "PC-" + std::to_string(i), issuer)));
  }
  return numbers;
}

TEST(FormNumbersTest, BlocksNeverShareANumberAndNoneIsHandedOutTwice) {
  FormNumbers numbers = with_blocks(3, 50);
  EXPECT_EQ(numbers.balance().size(), 3U);
  for (std::uint32_t n = 1; n <= 50; ++n) numbers.take(used(n, n, NumberUse::Kind::returned));
  EXPECT_EQ(numbers.allocate(form_id(9), "LON", 10, "PC-9", issuer)->from, 151U) << "returned is not free";
  EXPECT_EQ(numbers.allocate(form_id(9), "LEE", 10, "PC-9", issuer)->from, 1U) << "another series";
  EXPECT_EQ(numbers.take({form_id(8), "LON", 150, 160, "PC-8", issuer}).error().code, "blocks-overlap");
  EXPECT_TRUE(numbers.take({form_id(1), "LON", 1, 50, "PC-0", issuer})) << "told again";
  EXPECT_EQ(numbers.allocate(form_id(9), "lon", 10, "", issuer).error().code, "series-malformed");
  EXPECT_EQ(numbers.allocate(form_id(9), "LON", 0, "", issuer).error().code, "block-size");
  ASSERT_TRUE(numbers.take({form_id(7), "LON", 999'901, 999'999, "PC-7", issuer}));
  EXPECT_EQ(numbers.allocate(form_id(9), "LON", 1, "", issuer).error().code, "series-exhausted");
}

TEST(FormNumbersTest, ANumberIsTakenOnceAndSaysByWhom) {
  FormNumbers numbers = with_blocks(1, 10);
  EXPECT_TRUE(numbers.check(used(4, 100)));
  numbers.take(used(4, 100));
  EXPECT_TRUE(numbers.check(used(4, 100))) << "the same entry again is a repeated request";
  const auto second = numbers.check(used(4, 101, NumberUse::Kind::used, "ben"));
  EXPECT_EQ(second.error().code, "form-number-taken");
  EXPECT_NE(second.error().message.find("amy"), std::string::npos);
  EXPECT_EQ(numbers.check(used(11, 1)).error().code, "form-number-unknown");
  EXPECT_EQ(FormNumbers().check(used(1, 1)).error().code, "form-number-unknown");
}

TEST(FormNumbersTest, BalancesWhateverWasToldInWhateverOrder) {
  std::minstd_rand random(3);
  for (int world = 0; world < 200; ++world) {
    std::vector<NumberUse> told;
    for (int i = 0; i < 60; ++i)
      told.push_back(used(static_cast<std::uint32_t>(random() % 100 + 1), static_cast<std::int64_t>(random() % 1'000),
                          static_cast<NumberUse::Kind>(random() % 3)));
    FormNumbers one = with_blocks(2, 50), other = with_blocks(2, 50);
    for (const NumberUse& use : told) one.take(use);
    std::ranges::shuffle(told, random);
    for (const NumberUse& use : told) other.take(use), other.take(use);
    std::size_t outstanding = 0;
    for (std::size_t i = 0; i < 2; ++i) {
      const BlockBalance a = one.balance()[i], b = other.balance()[i];
      EXPECT_TRUE(a.balanced());
      EXPECT_EQ(a.issued, 50U);
      EXPECT_EQ(std::tie(a.used, a.spoiled, a.returned, a.missing), std::tie(b.used, b.spoiled, b.returned, b.missing));
      outstanding += a.missing.size();
    }
    EXPECT_EQ(one.outstanding(), outstanding);
    EXPECT_EQ(one.disputes(), other.disputes());
    std::set<NumberUse> distinct(told.begin(), told.end());
    EXPECT_EQ(one.disputes().size() + 100 - outstanding, distinct.size()) << "nothing that was told is lost";
  }
}

TEST(FormNumbersTest, ANumberIsReadBackFromHandwriting) {
  EXPECT_EQ(form_number_text("LON", 42).substr(0, 11), "LON-000042-");
  EXPECT_EQ(form_number_text("LON", 4'211), "LON-004211-F") << "as the page shows it";
  for (std::uint32_t number : {1U, 42U, 999'999U}) {
    std::string text = form_number_text("LON", number);
    EXPECT_EQ(*parse_form_number(text), (FormNumber{"LON", number}));
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(parse_form_number(" " + text)->number, number);
  }
  std::string wrong = form_number_text("LON", 42);
  wrong[8] = '7';
  EXPECT_EQ(parse_form_number(wrong).error().code, "form-number-mistyped");
  wrong = form_number_text("LON", 12);
  std::swap(wrong[8], wrong[9]);
  EXPECT_EQ(parse_form_number(wrong).error().code, "form-number-mistyped");
  for (const std::string& text :
       {std::string(), std::string("LON"), std::string("LON-0000042-X"), std::string("LON-x-A"),
        std::string("-000042-A"), std::string("LON-000000-A"), std::string(99, '-')})
    EXPECT_FALSE(parse_form_number(text)) << text;
}

}  // namespace
}  // namespace holdline::contingency
