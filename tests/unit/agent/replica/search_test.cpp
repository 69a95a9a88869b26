#include "agent/replica/search.hpp"

#include <gtest/gtest.h>

namespace holdline::agent {
namespace {

using Words = std::vector<std::string>;

TEST(NameNormalizer, FoldsLettersThatHaveNoDecomposition) {
  NameNormalizer normalizer;
  EXPECT_EQ(normalizer.name_words("Łukasz Straße Søren Þór ÆGIR"),
            (Words{"lukasz", "strasse", "soren", "thor", "aegir"}));
}

// Two bytes of UTF-8.
std::string letter(int code) { return {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))}; }

// A word of another script takes the whole text through ICU, which the others are spared.
TEST(NameNormalizer, FoldsLettersOfEuropeAsIcuDoesInAnyCompany) {
  NameNormalizer normalizer;
  for (int code = 0xc0; code <= 0x24f; ++code) {
    const std::string text = "A" + letter(code) + "z " + letter(code) + letter(0xc0 + (code * 7) % 400) + letter(code);
    Words words = normalizer.name_words(text), by_icu = normalizer.name_words(text + " Ж");
    ASSERT_FALSE(by_icu.empty());
    EXPECT_EQ(by_icu.back(), "z") << code;
    by_icu.pop_back();
    EXPECT_EQ(words, by_icu) << code;
  }
}

TEST(NameNormalizer, FoldsComposedAndDecomposedAccentsAlike) {
  NameNormalizer normalizer;
  EXPECT_EQ(normalizer.name_words("Jos\u00e9"), Words{"jose"});
  EXPECT_EQ(normalizer.name_words("Jose\u0301"), Words{"jose"});
}

TEST(NameNormalizer, WritesOtherScriptsInLatinLetters) {
  NameNormalizer normalizer;
  EXPECT_EQ(normalizer.name_words("Дмитрий"), Words{"dmitrij"});
  EXPECT_EQ(normalizer.name_words("Γιώργος"), Words{"giorgos"});
}

TEST(NameNormalizer, FindsAWordWithAnApostropheWholeAndInParts) {
  NameNormalizer normalizer;
  const Words expected{"obrien", "o", "brien"};
  EXPECT_EQ(normalizer.name_words("O'Brien"), expected);
  EXPECT_EQ(normalizer.name_words("O\u2019Brien"), expected);
  EXPECT_EQ(normalizer.typed_words("O'Brien"), Words{"obrien"});
  EXPECT_EQ(normalizer.name_words("'quoted'"), Words{"quoted"});
}

TEST(NameNormalizer, SplitsDoubleNamesAndPunctuation) {
  NameNormalizer normalizer;
  EXPECT_EQ(normalizer.name_words("Meier-Schmidt, Dr. (GmbH & Co.)"), (Words{"meier", "schmidt", "dr", "gmbh", "co"}));
  EXPECT_EQ(normalizer.name_words("  \"*\\ - "), Words{});
}

TEST(NameNormalizer, TakesBytesThatAreNotText) {
  NameNormalizer normalizer;
  EXPECT_NO_THROW(normalizer.name_words("\xff\xc3 Anna\xe2\x82"));
}

TEST(PlaceWords, AreThoseWithADigitAndNoName) {
  NameNormalizer normalizer;
  EXPECT_EQ(place_words(normalizer, "St James Square 12b"), Words{"\u00a712b"});
  EXPECT_EQ(place_words(normalizer, "SW1Y 4JH"), (Words{"\u00a7sw1y", "\u00a74jh", "\u00a7sw1y4jh"}));
  EXPECT_EQ(place_words(normalizer, "Rose Cottage"), Words{});
}

TEST(NearWords, AreOneLetterOffOrTwoExchanged) {
  const auto near = near_words("jones");
  const auto has = [&](const char* word) { return std::ranges::count(near, word) == 1; };
  for (const char* word : {"jonas", "jone", "joness", "ojnes", "jnoes", "bones", "jonesy", "ajones"})
    EXPECT_TRUE(has(word)) << word;
  for (const char* word : {"jones", "jon", "jonsey", "senoj"}) EXPECT_FALSE(has(word)) << word;
  EXPECT_EQ(near_words("lee"), Words{});
  EXPECT_EQ(near_words("k9club"), Words{});
}

TEST(ParseQuery, ReadsAPlaceBesideAName) {
  NameNormalizer normalizer;
  const auto placed = [&](const char* typed) {
    const auto query = parse_query(normalizer, typed);
    return std::ranges::count_if(query.spellings, [](const Words& words) {
      return std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("\u00a7"); });
    });
  };
  EXPECT_EQ(placed("lovelace 12"), 1);
  EXPECT_EQ(placed("sw1y 4jh"), 1);
  EXPECT_EQ(placed("80331"), 1);
  EXPECT_EQ(placed("1011 ab"), 2) << "as two words, and as the one that it is";
  EXPECT_EQ(placed("12"), 0) << "a house number alone";
  EXPECT_EQ(placed("ada lovelace"), 0);
}

TEST(ParseQuery, ReadsOneNumberInEverySpelling) {
  NameNormalizer normalizer;
  for (const char* typed : {"+49 (0)30 1234567", "030 1234567", "0049 30 123 45 67", "(030) 123-4567", "30/1234567"}) {
    const std::string phone = parse_query(normalizer, typed).phone;
    ASSERT_FALSE(phone.empty()) << typed;
    EXPECT_TRUE(reversed_digits("+49301234567").starts_with(phone)) << typed << ": " << phone;
  }
}

TEST(NameNormalizer, IndexesWordsTogetherAndUmlautsSpelledOut) {
  NameNormalizer normalizer;
  EXPECT_EQ(normalizer.index_words("Jean-Luc"), (Words{"jean", "luc", "jeanluc"}));
  EXPECT_EQ(normalizer.index_words("Müller"), (Words{"muller", "mueller"}));
  EXPECT_EQ(normalizer.index_words("Mu\u0308ller-Brown"),
            (Words{"muller", "brown", "mullerbrown", "mueller", "muellerbrown"}));
  EXPECT_EQ(normalizer.index_words("O'Brien"), (Words{"obrien", "o", "brien"}));
  EXPECT_EQ(normalizer.index_words("Ada"), Words{"ada"});
}

TEST(ParseQuery, TriesOtherSpellingsOfAName) {
  NameNormalizer normalizer;
  EXPECT_EQ(parse_query(normalizer, "mc donald").spellings, (std::vector<Words>{{"mcdonald"}}));
  EXPECT_EQ(parse_query(normalizer, "Müller").spellings, (std::vector<Words>{{"mueller"}}));
  EXPECT_TRUE(parse_query(normalizer, "ada").spellings.empty());
  EXPECT_EQ(parse_query(normalizer, "Mr Byron").spellings.back(), Words{"byron"});
  EXPECT_EQ(parse_query(normalizer, "Frau Dr. Mc Donald").spellings.back(), (Words{"mc", "donald"}));
  EXPECT_EQ(parse_query(normalizer, "Frau").spellings.size(), 0u) << "somebody may be called so";
}

TEST(ParseQuery, ReadsTheBeginningOfANumberInEverySpelling) {
  NameNormalizer normalizer;
  for (const char* typed : {"0770 0900", "07700900", "7700900", "+44 7700 900", "0044 7700 900", "+44 (0)7700 900"})
    EXPECT_TRUE(national_digits("+447700900123").starts_with(parse_query(normalizer, typed).phone_start)) << typed;
  EXPECT_EQ(national_digits("+12125550100"), "2125550100");
  EXPECT_EQ(national_digits("+35315550100"), "15550100");
  EXPECT_EQ(national_digits("020 7946"), "207946");
  EXPECT_EQ(national_digits("none"), "");
  EXPECT_EQ(parse_query(normalizer, "+44 77").phone_start, "");
  for (const char* typed : {"+49 176", "0049 176", "0176"})
    EXPECT_EQ(parse_query(normalizer, typed).phone_start, "176") << typed;
  EXPECT_EQ(parse_query(normalizer, "176").phone_start, "");
}

TEST(ParseQuery, ReadsAnExtensionApart) {
  NameNormalizer normalizer;
  const auto found = [&](const char* typed, const char* e164, const char* extension) {
    const auto query = parse_query(normalizer, typed, "GB");
    return std::ranges::any_of(query.phones, [&](const PhoneQuery& phone) {
      const bool number = (!phone.end.empty() && reversed_digits(e164).starts_with(phone.end)) ||
                          (!phone.start.empty() && national_digits(e164).starts_with(phone.start));
      return number && phone.extension == extension;
    });
  };
  for (const char* typed : {"020 7946 0123 ext 12", "020 7946 0123-12", "+44 20 7946 0123 x12", "79460123 #12",
                            "0123 ext. 12", "2079460123 Durchwahl 12"})
    EXPECT_TRUE(found(typed, "+442079460123", "12")) << typed;
  EXPECT_TRUE(parse_query(normalizer, "020 7946 0123", "GB").phones.empty()) << "it is found as it stands";
}

TEST(ParseQuery, KnowsBothWaysToWriteAMobile) {
  NameNormalizer normalizer;
  for (const char* typed : {"011 15 2345-6789", "+54 9 11 2345 6789", "+54 11 2345 6789"}) {
    const auto query = parse_query(normalizer, typed, "AR");
    for (const char* stored : {"+5491123456789", "+541123456789"}) {
      const std::string end = reversed_digits(stored);
      const bool found = end.starts_with(query.phone) || std::ranges::any_of(query.phones, [&](const PhoneQuery& one) {
                           return !one.end.empty() && end.starts_with(one.end);
                         });
      EXPECT_TRUE(found) << typed << " for " << stored;
    }
  }
}

TEST(ParseQuery, NeedsFourDigitsOfANumber) {
  NameNormalizer normalizer;
  EXPECT_EQ(parse_query(normalizer, "4567").phone, "7654");
  EXPECT_EQ(parse_query(normalizer, "567").phone, "");
  EXPECT_EQ(parse_query(normalizer, "0000").phone, "0000");
}

TEST(ParseQuery, TakesAYearAfterANameForNoNumber) {
  NameNormalizer normalizer;
  EXPECT_EQ(parse_query(normalizer, "Meier 2024").phone, "");
}

TEST(ParseQuery, FoldsReferencesAndKeepsForeignTextOutOfThem) {
  NameNormalizer normalizer;
  EXPECT_EQ(parse_query(normalizer, "kd-20 481/b").reference, "KD20481B");
  EXPECT_EQ(parse_query(normalizer, "k").reference, "");
  EXPECT_EQ(parse_query(normalizer, "Łukasz").reference, "");
}

TEST(ParseQuery, IsEmptyWhenNothingCanMatch) {
  NameNormalizer normalizer;
  EXPECT_TRUE(parse_query(normalizer, " -- \" ").empty());
}

}  // namespace
}  // namespace holdline::agent
