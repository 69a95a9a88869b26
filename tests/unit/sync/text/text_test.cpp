#include "sync/text/text.hpp"

#include <gtest/gtest.h>

#include "sync/text/country.hpp"

namespace holdline::sync {
namespace {

TEST(TextTest, TidiesWhatNobodySees) {
  EXPECT_EQ(tidy_line("  Trim \t"), "Trim");
  EXPECT_EQ(tidy_line("\u00a0Mary\u2003 Ann\u200b\n"), "Mary Ann");
  EXPECT_EQ(tidy_line("\ufeffO\u00adBrien\u202c"), "OBrien");
  EXPECT_EQ(tidy_line("u\u0308ber"), "\u00fcber");
  EXPECT_EQ(tidy_line("  \u200b "), "");
  EXPECT_EQ(tidy_line("می\u200cخواهم"), "می\u200cخواهم");  // a joiner that spells
  EXPECT_EQ(tidy_line("👨\u200d👩"), "👨\u200d👩");
  EXPECT_EQ(tidy_line(" \xff "), " \xff ");  // whoever looks at it next says what is wrong
  EXPECT_EQ(tidy_text("\u00a0one\n\n two\u00a0\n"), "one\n\n two");
  EXPECT_EQ(tidy_text(""), "");
  EXPECT_EQ(tidy_text("one\r\ntwo\rthré\r\n"), "one\ntwo\nthré") << "as other systems end lines";
}

TEST(TextTest, CountsAsPeopleDo) {
  EXPECT_EQ(count_characters("Smith"), 5u);
  EXPECT_EQ(count_characters("Müller"), 6u);
  EXPECT_EQ(count_characters("தமிழ்"), 3u);  // 15 bytes, five code points
  EXPECT_EQ(count_characters("🇬🇧"), 1u);
}

TEST(TextTest, FoldsTheDomainOfAnEmail) {
  EXPECT_EQ(tidy_email(" HELLO@Example.COM ").value(), "HELLO@example.com");
  EXPECT_EQ(tidy_email("anna@Müller.example").value(), "anna@müller.example");
  EXPECT_EQ(tidy_email("anna@xn--mller-kva.example").value(), "anna@müller.example");
  EXPECT_EQ(tidy_email("o'brien@example.ie").value(), "o'brien@example.ie");
  for (const char* bad :
       {"nobody", "a@", "a@b@c", "a b@example.com", "a@exa mple.com", "a@xn--a.example", "@b.example"})
    EXPECT_FALSE(tidy_email(bad)) << bad;
}

TEST(FoldKeyTest, SpellingsOfOneNumberAreTheSame) {
  for (const char* one : {"KD-10", " kd-10\t", "Kd\u201110", "KD\u201310", "KD\u221210",
                          "\uff2b\uff24\uff0d\uff11\uff10", "K\u200bD-10", "\u00a0KD-10"})
    EXPECT_EQ(fold_key(one), "kd-10") << one;
  for (const char* other : {"KD10", "KD 10", "KD-100", "KD_10"}) EXPECT_NE(fold_key(other), "kd-10") << other;
  EXPECT_EQ(fold_key("A  1"), fold_key("a 1"));
}

TEST(CountryTest, KnowsCodesAndUsualNames) {
  for (const char* name : {"GB", "gb", " UK ", "United Kingdom", "england", "GBR", "Vereinigtes Königreich"})
    EXPECT_EQ(country_code(name).value_or(""), "GB") << name;
  EXPECT_EQ(country_code("Deutschland").value_or(""), "DE");
  EXPECT_EQ(country_code("Ελλάδα").value_or(""), "GR");
  EXPECT_EQ(country_code("日本").value_or(""), "JP");
  EXPECT_EQ(country_code("USA").value_or(""), "US");
  for (const char* ivory : {"Côte d'Ivoire", "Cote d’Ivoire", "CÔTE D´IVOIRE", "Co\u0302te dʼIvoire", "Ivory Coast"})
    EXPECT_EQ(country_code(ivory).value_or(""), "CI") << ivory;
  for (const char* sao : {"São Tomé & Príncipe", "Sao Tome e Principe", "SÃO TOMÉ E PRÍNCIPE", "Sao Tome and Principe"})
    EXPECT_EQ(country_code(sao).value_or(""), "ST") << sao;
  EXPECT_EQ(country_code("\uff27\uff22").value_or(""), "GB");
  EXPECT_EQ(country_code("u.k.").value_or(""), "GB");
  for (const char* none : {"ZZ", "Atlantis", "", "N/A", "n.a.", "-", "\xff\xff"})
    EXPECT_FALSE(country_code(none)) << none;
}

}  // namespace
}  // namespace holdline::sync
