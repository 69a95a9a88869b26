#include "agent/replica/search.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

// Longer texts are cut: no name or number is that long, and what is typed must not cost more than a search may.
constexpr std::size_t longest_typed = 200;
constexpr std::size_t shortest_phone = 4;
constexpr std::size_t shortest_reference = 2;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

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

PhoneQuery as_typed(std::string_view number) {
  PhoneQuery query{phone_of(number), national_digits(without_trunk(number)), {}};
  // "+49 176", "0770": country code and trunk digit count as well.
  const auto typed = std::count_if(number.begin(), number.end(), is_digit);
  if (query.start.size() + 1 < shortest_phone || typed < static_cast<std::ptrdiff_t>(shortest_phone))
    query.start.clear();
  return query;
}

// What the number is besides the digits that were typed. 30 µs or so; nobody is found by fewer digits in another way.
std::vector<PhoneQuery> other_phones(std::string_view typed, std::string_view region, const PhoneQuery& plain) {
  constexpr std::size_t shortest_whole = 7;
  std::vector<PhoneQuery> phones;
  std::string extension;
  if (const auto apart = sync::split_extension(typed)) {
    extension = apart->extension;
    phones.push_back(as_typed(apart->number));
    phones.back().extension = extension;
  }
  if (plain.end.size() < shortest_whole) return phones;
  const sync::PhoneNumber number = sync::read_phone(typed, region);
  if (number.reading != sync::PhoneReading::number) return phones;
  for (const std::string& same : sync::same_phones(number.e164)) {
    const std::string end = reversed_digits(same);
    const bool found_already = !plain.end.empty() && end.starts_with(plain.end);
    if (!found_already && (phones.empty() || phones.front().end.empty() || !end.starts_with(phones.front().end)))
      phones.push_back({end, {}, number.extension});
  }
  return phones;
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

// "meulen 1011 ab": of postcodes with a blank before letters, which are one word where they are looked for.
std::optional<SearchQuery::Words> with_split_postcode(SearchQuery::Words words) {
  constexpr std::size_t most_letters = 3;
  if (words.size() < 2) return std::nullopt;
  const std::string letters = words.back();
  std::string& digits = words[words.size() - 2];
  if (!has_digit(digits) || letters.size() > most_letters || !std::ranges::all_of(letters, is_letter))
    return std::nullopt;
  digits += letters;
  words.pop_back();
  return with_place(std::move(words));
}

// "Mrs McDonald": how somebody is addressed, in no record of a name.
std::optional<SearchQuery::Words> without_title(SearchQuery::Words words) {
  constexpr std::array titles{"mr",  "mrs",  "ms",   "miss", "mx",     "dr",      "prof",
                              "sir", "herr", "frau", "mme",  "madame", "monsieur"};
  const auto addressed = std::ranges::find_if(
      words, [&](const std::string& word) { return std::ranges::find(titles, word) == titles.end(); });
  if (addressed == words.begin() || addressed == words.end()) return std::nullopt;
  words.erase(words.begin(), addressed);
  return words;
}

}  // namespace

std::vector<std::string> place_words(const NameNormalizer& normalizer, std::string_view place) {
  std::vector<std::string> words = normalizer.index_words(place);
  std::erase_if(words, [](const std::string& word) { return !has_digit(word) || word.size() > longest_place_word; });
  for (std::string& word : words) word.insert(0, place_mark);
  return words;
}

bool can_be_misspelt(std::string_view word) {
  return word.size() >= shortest_misspelt && word.size() <= sync::longest_name_word &&
         std::ranges::all_of(word, is_letter);
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

std::vector<SearchReading> other_readings(const SearchQuery::Words& words) {
  SearchQuery::Words name;
  std::string digits;
  for (const std::string& word : words)
    if (!has_digit(word))
      name.push_back(word);
    else if (std::ranges::all_of(word, is_digit))
      digits += word;
    else
      return {};
  std::vector<SearchReading> readings;
  if (!digits.empty()) {
    if (name.empty() || digits.size() < shortest_phone) return {};
    SearchReading& reading = readings.emplace_back();
    reading.query.phone = reversed_digits(digits);
    reading.name = std::move(name);
    return readings;
  }
  const auto with_town = [&](std::size_t from, std::size_t count) {
    if (words.size() <= count) return;
    SearchReading& reading = readings.emplace_back();
    for (std::size_t i = 0; i < words.size(); ++i)
      (i >= from && i < from + count ? reading.town : reading.query.words).push_back(words[i]);
  };
  if (words.empty()) return readings;
  with_town(words.size() - 1, 1);
  with_town(0, 1);
  if (words.size() > 2) with_town(words.size() - 2, 2);
  return readings;
}

SearchQuery parse_query(const NameNormalizer& normalizer, std::string_view typed, std::string_view region) {
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
    PhoneQuery plain = as_typed(typed);
    query.phones = other_phones(typed, region, plain);
    query.phone = std::move(plain.end);
    query.phone_start = std::move(plain.start);
  }
  if (const auto spelled = sync::spelled_out(typed)) query.spellings.push_back(normalizer.typed_words(*spelled));
  if (query.words.size() > 1) query.spellings.push_back({sync::joined_words(query.words)});
  if (auto placed = with_place(query.words)) query.spellings.push_back(*std::move(placed));
  if (auto placed = with_split_postcode(query.words)) query.spellings.push_back(*std::move(placed));
  if (auto named = without_title(query.words)) {
    if (named->size() > 1) query.spellings.push_back({sync::joined_words(*named)});
    query.spellings.push_back(*std::move(named));
  }
  if (is_ascii(typed) || digits > 0) query.reference = fold_reference(typed);
  if (query.reference.size() < shortest_reference) query.reference.clear();
  return query;
}

}  // namespace holdline::agent
