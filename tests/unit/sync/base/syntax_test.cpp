#include "sync/base/syntax.hpp"

#include <string>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(Syntax, EmailFollowsTheHtmlStandard) {
  const std::string label63(63, 'a');
  const std::string valid[] = {
      "a@b",
      "anna.kowalski@gmail.com",
      "o'brien@example.ie",
      "first+tag@example.com",
      "x_y-z@sub.domain.example",
      "1@2.3",
      ".leading@example.com",
      "two..dots@example.com",
      "trailing.@example.com",
      "!#$%&'*+/=?^_`{|}~-@example.com",
      "a@xn--mller-kva.example",
      "a@müller.example",
      "UPPER@EXAMPLE.COM",
      "a@a-b.c-d",
      "a@" + label63 + ".com",
      std::string(242, 'a') + "@example.com",
  };
  for (const auto& text : valid) EXPECT_TRUE(is_email(text)) << text;
  const std::string invalid[] = {
      "",
      "a",
      "@b",
      "a@",
      "a@b@c",
      "a b@c.de",
      "a@b c.de",
      "a@-b.de",
      "a@b-.de",
      "a@b..de",
      "a@.de",
      "a@b.",
      "müller@example.com",
      "\"quoted\"@example.com",
      "a(comment)@example.com",
      "a@[127.0.0.1]",
      "a,b@example.com",
      "a@b_c.de",
      "a@" + label63 + "a.com",
      std::string(243, 'a') + "@example.com",
      std::string("a\0@b.de", 7),
      "a@b.de\n",
  };
  for (const auto& text : invalid) EXPECT_FALSE(is_email(text)) << text;
}

TEST(Syntax, PhoneIsE164WithItsPlus) {
  for (const char* text : {"+1234567", "+491512345678", "+442075518700", "+123456789012345"})
    EXPECT_TRUE(is_e164(text)) << text;
  for (const char* text : {"", "+", "+123456", "+1234567890123456", "+0491512345678", "491512345678", "00491512345678",
                           "+49 151 2345678", "+49151234567a", "+49(0)1512345", "+49151234567８"})
    EXPECT_FALSE(is_e164(text)) << text;
}

TEST(Syntax, ScopeHasOneToFourParts) {
  for (const std::string& text : {std::string("acme"), std::string("acme/berlin"), std::string("a/b/c/d"),
                                  std::string("a.b_c-9/0"), std::string(128, 'x')})
    EXPECT_TRUE(is_scope(text)) << text;
  for (const std::string& text :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("a/b/c/d/e"),
        std::string("Acme"), std::string("a b"), std::string("köln"), std::string(129, 'x')})
    EXPECT_FALSE(is_scope(text)) << text;
  EXPECT_EQ(tenant_of("acme/berlin/night"), "acme");
  EXPECT_EQ(tenant_of("acme"), "acme");
}

TEST(Syntax, Utf8IsStrict) {
  for (const char* text : {"", "O'Brien", "García", "王", "😀", "\u07ff\u0800\uffff", "\U0010ffff"})
    EXPECT_TRUE(is_utf8(text)) << text;
  const std::pair<const char*, std::string> invalid[] = {
      {"continuation alone", "\x80"},        {"cut off", "\xc3"},
      {"cut off in three", "\xe7\x8e"},      {"overlong in two", "\xc0\xaf"},
      {"overlong in three", "\xe0\x80\xaf"}, {"overlong in four", "\xf0\x80\x80\xaf"},
      {"surrogate", "\xed\xa0\x80"},         {"above the last", "\xf4\x90\x80\x80"},
      {"impossible byte", "\xff"},           {"lead without continuation", "\xc3(ab)"},
  };
  for (const auto& [why, bytes] : invalid) EXPECT_FALSE(is_utf8(bytes)) << why;
}

TEST(Syntax, OnlyLineFeedAndTabAreHarmlessControlCharacters) {
  EXPECT_FALSE(has_control_character("two\nlines\tand a tab, 王, ü"));
  for (const std::string& text : {std::string("\0", 1), std::string("a\rb"), std::string("\x1b[31m"),
                                  std::string("\x7f"), std::string("\u0085"), std::string("\u009f")})
    EXPECT_TRUE(has_control_character(text));
  EXPECT_FALSE(has_control_character("\u00a0"));
}

}  // namespace
}  // namespace holdline::sync
