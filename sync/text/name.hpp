// Names as they are searched and compared: folded by ICU (Łukasz = lukasz, Straße = strasse), taken apart into words.
// Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::sync {

inline constexpr std::size_t longest_name_word = 60;

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
  // What a name is indexed by: those, several of them as one (jean, luc, jeanluc), and umlauts spelled out (muller,
  // mueller).
  std::vector<std::string> index_words(std::string_view name) const;
  // The words of something typed: the same, but a word with an apostrophe counts whole only (obrien); at most 8.
  std::vector<std::string> typed_words(std::string_view typed) const;
  // A name as it is compared: those, a space between them.
  std::string folded_name(std::string_view name) const;

 private:
  struct Rules;
  std::string fold(std::string_view text) const;
  mutable std::unique_ptr<Rules> rules_;
};

// Words written as one, at most longest_name_word bytes.
std::string joined_words(const std::vector<std::string>& words);
// A text with umlauts as people write it who have none; nothing when it holds none.
std::optional<std::string> spelled_out(std::string_view text);

}  // namespace holdline::sync
