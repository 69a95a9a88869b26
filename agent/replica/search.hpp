// How a search is read and what it matches: names by the beginning of any word, folded by ICU (Łukasz = lukasz,
// Straße = strasse), with umlauts spelled out or not (Müller = Mueller) and words written apart or not (Jean-Luc =
// Jeanluc), phones by their first or last 4 or more digits in any spelling, references by their beginning, places by
// postcode and house number, alone or beside a name. What was found by none of it may be a name with a town or with the
// end of a number, or have one letter of a name mistyped, or of two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/text/name.hpp"

namespace holdline::agent {

inline constexpr int fold_version = 3;  // changing what is indexed means reindexing: raise it

using sync::NameNormalizer;

// The words of a street or a postcode that it is found by, those with a digit, marked so that no name is taken for one.
std::vector<std::string> place_words(const NameNormalizer& normalizer, std::string_view place);
// Whether near_words() has any of it: 4 or more letters and nothing else.
bool can_be_misspelt(std::string_view word);
// Every word with one letter of it changed, left out or put in, or two neighbours exchanged; some 50 for each letter.
std::vector<std::string> near_words(std::string_view word);

// Digits of a text, last first. Empty when there are none.
std::string reversed_digits(std::string_view text);
// Digits of a telephone number as they follow each other inside its country: without country code (E.164) or zeros in
// front.
std::string national_digits(std::string_view number);
// A reference folded: upper case ASCII letters and digits only.
std::string fold_reference(std::string_view text);

// A telephone number as it is looked for.
struct PhoneQuery {
  std::string end;        // reversed digits, at least 4; empty: not looked for by its end
  std::string start;      // as national_digits, at least 3, 4 with what stands before; empty: not by its beginning
  std::string extension;  // of what is found, where that has one; empty: any
};

// What a person typed, taken apart: all parts that are not empty are tried, any may match.
struct SearchQuery {
  using Words = std::vector<std::string>;
  Words words;                     // every one must be the beginning of some word of the name; at most 8
  std::vector<Words> spellings;    // other ways to write the same, tried after it
  std::string phone;               // reversed digits, at least 4; without 00, 0 or (0) in front
  std::string phone_start;         // as PhoneQuery::start
  std::vector<PhoneQuery> phones;  // the same number in other words: by its numbering plan, without its extension
  std::string reference;           // at least 2 characters
  bool near = false;               // the spellings are guesses at what was mistyped
  bool empty() const {
    return words.empty() && spellings.empty() && phone.empty() && phones.empty() && reference.empty();
  }
  // `words` and `spellings`.
  std::vector<Words> names() const;
};
// What else may be meant by words that are in nobody's name together: a name and a town, a name and the end of a
// number. Whoever `query` finds is meant when all words of `name` are in the name, and all of `town` in the town.
struct SearchReading {
  SearchQuery query;
  SearchQuery::Words name, town;
};
std::vector<SearchReading> other_readings(const SearchQuery::Words& words);

// `region`: whose national numbers are understood (two letters of ISO 3166), or empty.
SearchQuery parse_query(const NameNormalizer& normalizer, std::string_view typed, std::string_view region = {});

}  // namespace holdline::agent
