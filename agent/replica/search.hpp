// How a search is read and what it matches: names by the beginning of any word, folded by ICU (Łukasz = lukasz,
// Straße = strasse), phones by their last 4 or more digits in any spelling, references by their beginning.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::agent {

inline constexpr int fold_version = 1;  // changing what is indexed means reindexing: raise it

// Folds names. Holds ICU's rules (about 10 MB and 50 ms, taken at the first text that is not ASCII), so keep one per
// connection; one thread.
class NameNormalizer {
 public:
  NameNormalizer();
  ~NameNormalizer();
  NameNormalizer(NameNormalizer&&) noexcept;
  NameNormalizer& operator=(NameNormalizer&&) noexcept;

  // The words a name is found by: Any-Latin, Latin-ASCII, lower case, split at everything that is not a letter or
  // digit. A word with an apostrophe counts whole and in parts: O'Brien is obrien, o and brien.
  std::vector<std::string> name_words(std::string_view name) const;
  // The words of something typed: the same, but a word with an apostrophe counts whole only (obrien).
  std::vector<std::string> typed_words(std::string_view typed) const;

 private:
  struct Rules;
  std::string fold(std::string_view text) const;
  mutable std::unique_ptr<Rules> rules_;
};

// Digits of a text, last first. Empty when there are none.
std::string reversed_digits(std::string_view text);
// A reference folded: upper case ASCII letters and digits only.
std::string fold_reference(std::string_view text);

// What a person typed, taken apart: all parts that are not empty are tried, any may match.
struct SearchQuery {
  std::vector<std::string> words;  // every one must be the beginning of some word of the name; at most 8
  std::string phone;               // reversed digits, at least 4; without 00, 0 or (0) in front
  std::string reference;           // at least 2 characters
  bool empty() const { return words.empty() && phone.empty() && reference.empty(); }
};
SearchQuery parse_query(const NameNormalizer& normalizer, std::string_view typed);

}  // namespace holdline::agent
