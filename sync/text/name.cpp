#include "sync/text/name.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace holdline::sync {

namespace {

constexpr std::size_t max_words = 8;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Straight, typographic and modifier apostrophes, and the prime that stands for a Cyrillic soft sign.
bool is_apostrophe(UChar32 c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02bc || c == 0x02b9;
}

// Leaves letters, digits, straight apostrophes and, for everything else, spaces.
std::string plain(const icu::UnicodeString& text) {
  icu::UnicodeString plain;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    plain.append(u_isalnum(c) ? c : is_apostrophe(c) ? UChar32{'\''} : UChar32{' '});
  }
  std::string folded;
  plain.toUTF8String(folded);
  return folded;
}

// Calls `word(parts)` for each run of letters and digits; more than one part when apostrophes stand in it.
template <class Word>
void each_word(std::string_view folded, const Word& word) {
  std::vector<std::string> parts;
  std::string part;
  const auto end_part = [&] {
    if (!part.empty()) parts.push_back(std::move(part));
    part.clear();
  };
  const auto end_word = [&] {
    end_part();
    if (!parts.empty()) word(parts);
    parts.clear();
  };
  for (const char c : folded) {
    if (is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80) {
      part.push_back(c);
    } else if (is_apostrophe(c)) {
      end_part();
    } else {
      end_word();
    }
  }
  end_word();
}

}  // namespace

std::string joined_words(const std::vector<std::string>& parts) {
  std::string whole;
  for (const std::string& part : parts) whole += part;
  if (whole.size() > longest_name_word) whole.resize(longest_name_word);
  return whole;
}

// A text with umlauts as people write it who have none; nothing when it holds none.
std::optional<std::string> spelled_out(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> letters{{{"ä", "ae"},
                                                                                          {"ö", "oe"},
                                                                                          {"ü", "ue"},
                                                                                          {"ø", "oe"},
                                                                                          {"å", "aa"},
                                                                                          {"Ä", "Ae"},
                                                                                          {"Ö", "Oe"},
                                                                                          {"Ü", "Ue"},
                                                                                          {"Ø", "Oe"},
                                                                                          {"Å", "Aa"},
                                                                                          {"a\u0308", "ae"},
                                                                                          {"o\u0308", "oe"},
                                                                                          {"u\u0308", "ue"}}};
  std::string spelled;
  bool any = false;
  while (!text.empty()) {
    const auto letter = std::ranges::find_if(letters, [&](const auto& one) { return text.starts_with(one.first); });
    any = any || letter != letters.end();
    spelled += letter == letters.end() ? text.substr(0, 1) : letter->second;
    text.remove_prefix(letter == letters.end() ? 1 : letter->first.size());
  }
  return any ? std::optional(std::move(spelled)) : std::nullopt;
}

// ICU's rules, and what they make of each letter of Europe's alphabets alone, as far as met: they look at no neighbours
// there, and a search folds every name it finds.
struct NameNormalizer::Rules {
  Rules();
  std::string fold(icu::UnicodeString text) const;
  // Nothing when the text holds anything but ASCII and kept letters.
  std::optional<std::string> fold_kept(std::string_view text);

  static constexpr UChar32 first_kept = 0xc0, last_kept = 0x24f;  // two bytes of UTF-8 each
  std::unique_ptr<icu::Transliterator> transliterator;
  std::array<std::optional<std::string>, last_kept - first_kept + 1> kept;
};

NameNormalizer::Rules::Rules() {
  UErrorCode status = U_ZERO_ERROR;
  // Marks that Latin-ASCII leaves alone (on letters without a composed form) go as well.
  transliterator.reset(icu::Transliterator::createInstance(
      "NFC; Any-Latin; Latin-ASCII; NFD; [:Nonspacing Mark:] Remove; NFC; Lower", UTRANS_FORWARD, status));
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no transliteration rules; install libicu");
}

std::string NameNormalizer::Rules::fold(icu::UnicodeString text) const {
  transliterator->transliterate(text);
  return plain(text);
}

std::optional<std::string> NameNormalizer::Rules::fold_kept(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      folded.push_back(lower(text[at]));
      continue;
    }
    if ((c & 0xe0) != 0xc0 || ++at == text.size()) return std::nullopt;
    const auto next = static_cast<unsigned char>(text[at]);
    const UChar32 letter = (c & 0x1f) << 6 | (next & 0x3f);
    if ((next & 0xc0) != 0x80 || letter < first_kept || letter > last_kept) return std::nullopt;
    auto& of_letter = kept[static_cast<std::size_t>(letter - first_kept)];
    if (!of_letter) of_letter = fold(icu::UnicodeString(letter));
    folded += *of_letter;
  }
  return folded;
}

NameNormalizer::NameNormalizer() = default;
NameNormalizer::~NameNormalizer() = default;
NameNormalizer::NameNormalizer(NameNormalizer&&) noexcept = default;
NameNormalizer& NameNormalizer::operator=(NameNormalizer&&) noexcept = default;

std::string NameNormalizer::fold(std::string_view text) const {
  if (is_ascii(text)) {
    std::string folded(text.size(), '\0');
    std::transform(text.begin(), text.end(), folded.begin(), lower);
    return folded;
  }
  if (!rules_) rules_ = std::make_unique<Rules>();
  if (auto folded = rules_->fold_kept(text)) return *std::move(folded);
  return rules_->fold(
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))));
}

std::vector<std::string> NameNormalizer::name_words(std::string_view name) const {
  std::vector<std::string> words;
  each_word(fold(name), [&](const std::vector<std::string>& parts) {
    words.push_back(joined_words(parts));
    if (parts.size() > 1) {
      for (const std::string& part : parts) words.push_back(joined_words({part}));
    }
  });
  return words;
}

std::vector<std::string> NameNormalizer::index_words(std::string_view name) const {
  std::vector<std::string> words = name_words(name);
  const auto add = [&](const std::string& word) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  };
  const auto add_whole = [&](std::string_view text) {
    std::vector<std::string> whole;
    each_word(fold(text), [&](const std::vector<std::string>& parts) { whole.push_back(joined_words(parts)); });
    if (whole.size() > 1) add(joined_words(whole));
  };
  add_whole(name);
  if (const auto spelled = spelled_out(name)) {
    std::ranges::for_each(name_words(*spelled), add);
    add_whole(*spelled);
  }
  return words;
}

std::vector<std::string> NameNormalizer::typed_words(std::string_view typed) const {
  std::vector<std::string> words;
  each_word(fold(typed), [&](const std::vector<std::string>& parts) {
    if (words.size() < max_words) words.push_back(joined_words(parts));
  });
  return words;
}

std::string NameNormalizer::folded_name(std::string_view name) const {
  std::string folded;
  for (const std::string& word : typed_words(name)) folded += (folded.empty() ? "" : " ") + word;
  return folded;
}

}  // namespace holdline::sync
