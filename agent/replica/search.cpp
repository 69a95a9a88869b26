#include "agent/replica/search.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace holdline::agent {

namespace {

// Longer texts are cut: no name or number is that long, and what is typed must not cost more than a search may.
constexpr std::size_t longest_typed = 200;
constexpr std::size_t longest_word = 60;
constexpr std::size_t max_words = 8;
constexpr std::size_t shortest_phone = 4;
constexpr std::size_t shortest_reference = 2;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

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

std::string join(const std::vector<std::string>& parts) {
  std::string whole;
  for (const std::string& part : parts) whole += part;
  if (whole.size() > longest_word) whole.resize(longest_word);
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

// Country codes have one to three digits, told apart by the first two (ITU-T E.164, list of assigned codes). Not asked
// of the numbering plans, which take 30 µs a number: a copy of 500,000 customers indexes a million.
std::size_t country_code_size(std::string_view digits) {
  static constexpr std::string_view two =
      " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
      "90 91 92 93 94 95 98 ";
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  return two.find(' ' + std::string(digits.substr(0, 2)) + ' ') != std::string_view::npos ? 2 : 3;
}

// What people write before the number inside a country; "(0)" is how both spellings are given at once.
std::string without_trunk(std::string_view typed) {
  std::string text(typed);
  if (const auto trunk = text.find("(0)"); trunk != std::string::npos) text.erase(trunk, 3);
  return text;
}

std::string phone_of(std::string_view typed) {
  std::string reversed = reversed_digits(without_trunk(typed));
  const auto last = reversed.find_last_not_of('0');
  if (last != std::string::npos && last + 1 >= shortest_phone) reversed.resize(last + 1);
  return reversed.size() >= shortest_phone ? reversed : std::string();
}

// Of a word of a place. A section sign stands in no folded word, and the tokenizer of FTS5 takes it for a letter.
constexpr std::string_view place_mark = "\u00a7";
constexpr std::size_t longest_place_word = 12;
constexpr std::size_t shortest_place_alone = 4;
constexpr std::size_t shortest_misspelt = 4;

bool has_digit(std::string_view word) { return std::ranges::any_of(word, is_digit); }

// "miller 12" as a name and a place. Nothing without a digit; a house number alone is no query.
std::optional<SearchQuery::Words> with_place(SearchQuery::Words words) {
  std::size_t in_places = 0;
  bool any_name = false, any_place = false;
  for (std::string& word : words) {
    if (!has_digit(word)) {
      any_name = true;
      continue;
    }
    any_place = true;
    in_places += word.size();
    word.insert(0, place_mark);
  }
  if (!any_place || (!any_name && in_places < shortest_place_alone)) return std::nullopt;
  return words;
}

}  // namespace

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
    words.push_back(join(parts));
    if (parts.size() > 1) {
      for (const std::string& part : parts) words.push_back(join({part}));
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
    each_word(fold(text), [&](const std::vector<std::string>& parts) { whole.push_back(join(parts)); });
    if (whole.size() > 1) add(join(whole));
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
    if (words.size() < max_words) words.push_back(join(parts));
  });
  return words;
}

std::vector<std::string> place_words(const NameNormalizer& normalizer, std::string_view place) {
  std::vector<std::string> words = normalizer.index_words(place);
  std::erase_if(words, [](const std::string& word) { return !has_digit(word) || word.size() > longest_place_word; });
  for (std::string& word : words) word.insert(0, place_mark);
  return words;
}

bool can_be_misspelt(std::string_view word) {
  return word.size() >= shortest_misspelt && word.size() <= longest_word && std::ranges::all_of(word, is_letter);
}

std::vector<std::string> near_words(std::string_view word) {
  std::vector<std::string> words;
  if (!can_be_misspelt(word)) return words;
  const auto add = [&](std::string_view before, std::string_view between, std::string_view after) {
    words.push_back(std::string(before).append(between).append(after));
  };
  for (std::size_t at = 0; at <= word.size(); ++at) {
    const std::string_view before = word.substr(0, at), after = word.substr(at);
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      add(before, {&letter, 1}, after);
      if (!after.empty() && letter != after.front()) add(before, {&letter, 1}, after.substr(1));
    }
    if (!after.empty()) add(before, {}, after.substr(1));
    if (after.size() > 1 && after[0] != after[1]) add(before, std::string{after[1], after[0]}, after.substr(2));
  }
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string reversed_digits(std::string_view text) {
  std::string digits;
  for (auto c = text.rbegin(); c != text.rend(); ++c)
    if (is_digit(*c)) digits.push_back(*c);
  return digits;
}

std::string national_digits(std::string_view number) {
  std::string digits = reversed_digits(number);
  std::ranges::reverse(digits);
  const bool international = number.find_first_of("+0123456789") != std::string_view::npos &&
                             number[number.find_first_of("+0123456789")] == '+';
  if (international || digits.starts_with("00")) {
    if (!international) digits.erase(0, 2);
    digits.erase(0, country_code_size(digits));
  }
  digits.erase(0, digits.find_first_not_of('0'));
  return digits;
}

std::string fold_reference(std::string_view text) {
  std::string folded;
  for (const char c : text)
    if (is_digit(c) || is_letter(c)) folded.push_back(upper(c));
  return folded;
}

std::vector<SearchQuery::Words> SearchQuery::names() const {
  std::vector<Words> all{words};
  all.insert(all.end(), spellings.begin(), spellings.end());
  return all;
}

SearchQuery parse_query(const NameNormalizer& normalizer, std::string_view typed) {
  typed = typed.substr(0, longest_typed);
  SearchQuery query;
  // Nobody is called so; its parts as names, and as what was meant by them, would cost milliseconds.
  if (typed.find('@') != std::string_view::npos) {
    query.reference = fold_reference(typed);
    if (query.reference.size() < shortest_reference) query.reference.clear();
    return query;
  }
  query.words = normalizer.typed_words(typed);
  const auto letters = std::count_if(typed.begin(), typed.end(), is_letter);
  const auto digits = std::count_if(typed.begin(), typed.end(), is_digit);
  // "Meier 2024" is a name with a year, not the end of a number.
  if (digits > letters) {
    query.phone = phone_of(typed);
    query.phone_start = national_digits(without_trunk(typed));
    if (query.phone_start.size() < shortest_phone) query.phone_start.clear();
  }
  if (const auto spelled = spelled_out(typed)) query.spellings.push_back(normalizer.typed_words(*spelled));
  if (query.words.size() > 1) query.spellings.push_back({join(query.words)});
  if (auto placed = with_place(query.words)) query.spellings.push_back(*std::move(placed));
  if (is_ascii(typed) || digits > 0) query.reference = fold_reference(typed);
  if (query.reference.size() < shortest_reference) query.reference.clear();
  return query;
}

}  // namespace holdline::agent
