// How a search is read and what it matches: names by the beginning of any word, folded by ICU (Łukasz = lukasz,
// Straße = strasse), phones by their last 4 or more digits in any spelling, references by their beginning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdline::agent {

inline constexpr int fold_version = 1;  // changing what fold() answers means reindexing: raise it

// Words of a text, folded: Any-Latin, Latin-ASCII, lower case, split at everything that is not a letter or digit.
std::vector<std::string> fold_words(std::string_view text);
// Digits of a text, last first. Empty when there are none.
std::string reversed_digits(std::string_view text);
// A reference folded: upper case ASCII letters and digits only.
std::string fold_reference(std::string_view text);

// What a person typed, taken apart: all parts that are not empty are tried, any may match.
struct SearchQuery {
  std::vector<std::string> words;  // every one must be the beginning of some word of the name
  std::string phone;               // reversed digits, at least 4
  std::string reference;           // at least 2 characters
};
SearchQuery parse_query(std::string_view typed);

}  // namespace holdline::agent
