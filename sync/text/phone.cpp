#include "sync/text/phone.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <optional>

#include <phonenumbers/phonenumberutil.h>

#include "sync/base/syntax.hpp"
#include "sync/text/phone_country.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

using i18n::phonenumbers::PhoneNumberUtil;
using Parsed = i18n::phonenumbers::PhoneNumber;

constexpr std::size_t typed_limit = 250;  // the library's own
constexpr std::size_t longest_country_code = 3;
constexpr std::size_t extension_most = 5;  // digits that may follow a number behind a dash
constexpr std::size_t internal_least = 2, internal_most = 6;
// What the library takes for "no country": only numbers with their country code can be read.
constexpr const char* nowhere = "ZZ";

const PhoneNumberUtil& plans() { return *PhoneNumberUtil::GetInstance(); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

PhoneReading reading_of(PhoneNumberUtil::ValidationResult result) {
  switch (result) {
    case PhoneNumberUtil::IS_POSSIBLE:
      return PhoneReading::number;
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return PhoneReading::no_area;
    case PhoneNumberUtil::TOO_SHORT:
      return PhoneReading::too_short;
    case PhoneNumberUtil::TOO_LONG:
      return PhoneReading::too_long;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
    case PhoneNumberUtil::INVALID_LENGTH:
      break;
  }
  return PhoneReading::not_a_number;
}

// Digits, perhaps a point and digits, E, perhaps a sign, digits.
bool is_scientific(std::string_view text) {
  const auto e = text.find_first_of("eE");
  if (e == text.npos || e == 0) return false;
  std::string_view power = text.substr(e + 1);
  if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
  const auto amount = text.substr(0, e);
  return !power.empty() && std::ranges::all_of(power, is_digit) && is_digit(amount.front()) &&
         std::ranges::all_of(amount, [](char c) { return is_digit(c) || c == '.' || c == ','; });
}

// Of digits, at most fifteen.
std::uint64_t number_in(std::string_view digits) {
  std::uint64_t number = 0;
  for (const char digit : digits) number = 10 * number + static_cast<std::uint64_t>(digit - '0');
  return number;
}

// What announces an extension.
constexpr std::array<std::string_view, 9> before_extension{"ext", "extn",  "extension", "x", "xtn",
                                                           "int", "anexo", "durchwahl", "dw"};

// "07700 9OO123", "0207946ask", "020 7946 OO18": letters among the digits, which the library would take for those on a
// keypad, or leave out. Behind the first digit there may be what announces an extension, and words as in 1-800-FLOWERS.
bool mixes_letters(std::string_view typed) {
  constexpr std::size_t shortest_word = 3;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (std::size_t at = std::min(typed.find_first_of("0123456789"), typed.size()); at < typed.size();) {
    std::size_t end = at, letters = 0;
    std::string word;
    for (; end < typed.size() && (is_letter(typed[end]) || is_digit(typed[end])); ++end) {
      letters += is_letter(typed[end]) ? 1 : 0;
      word.push_back(is_letter(typed[end]) ? static_cast<char>(typed[end] | 0x20) : typed[end]);
    }
    const std::string head = word.substr(0, letters);
    const bool announces = std::ranges::find(before_extension, head) != before_extension.end() &&
                           std::ranges::all_of(word.substr(letters), is_digit);
    const bool is_word = letters == word.size() && letters >= shortest_word;
    if (letters != 0 && !announces && !is_word) return true;
    at = std::max(end, at + 1);
  }
  return false;
}

// One reading of one spelling, without guessing.
PhoneNumber read_spelling(const std::string& typed, const std::string& region) {
  PhoneNumber number;
  Parsed parsed;
  const auto error = plans().Parse(typed, region, &parsed);
  if (error == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR && region == nowhere && !typed.starts_with('+'))
    number.reading = PhoneReading::no_country;
  if (error == PhoneNumberUtil::TOO_SHORT_NSN || error == PhoneNumberUtil::TOO_SHORT_AFTER_IDD)
    number.reading = PhoneReading::too_short;
  if (error == PhoneNumberUtil::TOO_LONG_NSN) number.reading = PhoneReading::too_long;
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) return number;
  number.reading = reading_of(plans().IsPossibleNumberWithReason(parsed));
  if (number.reading != PhoneReading::number) return number;
  number.extension = parsed.extension();
  number.in_use = plans().IsValidNumber(parsed);
  parsed.clear_extension();
  plans().Format(parsed, PhoneNumberUtil::E164, &number.e164);
  if (!is_e164(number.e164)) return PhoneNumber{PhoneReading::too_short, {}, {}, false};
  // "+4900347" would be read as another number again: only where such zeros belong to numbers, as in Italy, they stay.
  Parsed again;
  if (parsed.italian_leading_zero() &&
      (plans().Parse(number.e164, nowhere, &again) != PhoneNumberUtil::NO_PARSING_ERROR ||
       plans().IsNumberMatch(parsed, again) != PhoneNumberUtil::EXACT_MATCH))
    return PhoneNumber{};
  return number;
}

// "+44 20 7946 0123-12": what is left of the last dash, when a few digits stand right of it.
std::optional<std::pair<std::string, std::string>> split_at_dash(const std::string& typed) {
  constexpr std::array<std::string_view, 5> dashes{"-", "\u2010", "\u2011", "\u2012", "\u2013"};
  std::size_t digits = 0;
  while (digits < typed.size() && is_digit(typed[typed.size() - 1 - digits])) ++digits;
  std::string_view head(typed.data(), typed.size() - digits);
  while (head.ends_with(' ')) head.remove_suffix(1);
  const auto dash = std::ranges::find_if(dashes, [&](std::string_view d) { return head.ends_with(d); });
  if (digits == 0 || digits > extension_most || dash == dashes.end()) return std::nullopt;
  head.remove_suffix(dash->size());
  return std::pair(std::string(head), typed.substr(typed.size() - digits));
}

// What else a text may be that is no number as it stands.
std::optional<PhoneNumber> read_otherwise(const std::string& typed, const std::string& region) {
  if (typed.starts_with("00")) {  // people write it also where another prefix leads abroad
    PhoneNumber abroad = read_spelling("+" + typed.substr(2), region);
    if (abroad.reading == PhoneReading::number) return abroad;
  }
  if (const auto split = split_at_dash(typed)) {
    PhoneNumber apart = read_spelling(split->first, region);
    if (apart.reading == PhoneReading::number && apart.extension.empty()) {
      apart.extension = split->second;
      return apart;
    }
  }
  // Only what is given out: of any dozen digits one in three would be possible somewhere.
  if (!typed.empty() && is_digit(typed.front()) && typed.front() != '0') {
    PhoneNumber foreign = read_spelling("+" + typed, region);
    if (foreign.reading == PhoneReading::number && foreign.in_use) return foreign;
  }
  return std::nullopt;
}

// Whether a country whose code the digits may begin with has a digit for mobiles. A look into a table, where reading
// the number takes 30 µs.
bool may_have_mobile_token(std::string_view e164) {
  constexpr std::size_t longest_code = 3;
  std::string token;
  int code = 0;
  for (std::size_t at = 1; at <= longest_code && at < e164.size() && is_digit(e164[at]); ++at) {
    code = code * 10 + (e164[at] - '0');
    plans().GetCountryMobileToken(code, &token);
    if (!token.empty()) return true;
  }
  return false;
}

}  // namespace

PhoneNumber read_phone(std::string_view typed_text, std::string_view region_text) {
  if (typed_text.size() > typed_limit) return {PhoneReading::too_long, {}, {}, false};
  if (!is_utf8(typed_text)) return {};
  const std::string typed = tidy_number(typed_text);
  if (is_scientific(typed)) return {PhoneReading::spreadsheet, {}, {}, false};
  if (mixes_letters(typed)) return {};
  const std::string region(is_phone_region(region_text) ? region_text : std::string_view(nowhere));
  PhoneNumber number = read_spelling(typed, region);
  if (number.reading == PhoneReading::number) return number;
  if (auto other = read_otherwise(typed, region)) return *std::move(other);
  if (typed.size() >= internal_least && typed.size() <= internal_most && std::ranges::all_of(typed, is_digit))
    return {PhoneReading::internal, {}, typed, false};
  return number;
}

std::optional<WrittenExtension> split_extension(std::string_view typed_text) {
  const std::string typed = tidy_number(typed_text.substr(0, typed_limit));
  if (const auto apart = split_at_dash(typed)) return WrittenExtension{apart->first, apart->second};
  std::size_t digits = 0;
  while (digits < typed.size() && is_digit(typed[typed.size() - 1 - digits])) ++digits;
  std::string_view head(typed.data(), typed.size() - digits);
  const auto drop = [&](std::string_view of) {
    while (!head.empty() && of.find(head.back()) != of.npos) head.remove_suffix(1);
  };
  drop(" .:");
  std::size_t letters = 0;
  std::string word;
  for (; letters < head.size(); ++letters) {
    const char c = static_cast<char>(head[head.size() - 1 - letters] | 0x20);
    if (c < 'a' || c > 'z') break;
    word.insert(word.begin(), c);
  }
  const bool announced = std::ranges::find(before_extension, word) != before_extension.end();
  if (digits == 0 || digits > internal_most || (!announced && !head.ends_with('#'))) return std::nullopt;
  head.remove_suffix(announced ? letters : 1);
  drop(" ,;(-/");
  return WrittenExtension{std::string(head), typed.substr(typed.size() - digits)};
}

bool has_digits_exchanged(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
  return at + 1 < one.size() && one[at] == other[at + 1] && one[at + 1] == other[at] &&
         one.substr(at + 2) == other.substr(at + 2);
}

std::vector<std::string> same_phones(std::string_view e164) {
  std::vector<std::string> same{std::string(e164)};
  if (!may_have_mobile_token(e164)) return same;
  Parsed parsed;
  if (plans().Parse(same.front(), nowhere, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return same;
  std::string mobile;
  plans().GetCountryMobileToken(parsed.country_code(), &mobile);
  if (mobile.empty()) return same;
  const std::string country = "+" + std::to_string(parsed.country_code());
  const std::string national = same.front().substr(country.size());
  const std::string other =
      country + (national.starts_with(mobile) ? national.substr(mobile.size()) : mobile + national);
  Parsed again;
  if (plans().Parse(other, nowhere, &again) == PhoneNumberUtil::NO_PARSING_ERROR &&
      plans().IsNumberMatch(parsed, again) >= PhoneNumberUtil::SHORT_NSN_MATCH && is_e164(other))
    same.push_back(other);
  return same;
}

bool is_spreadsheet_amount(std::string_view text) {
  return is_scientific(text) && (text.find("E+") != text.npos || text.find("e+") != text.npos);
}

std::string phone_for_people(std::string_view e164, std::string_view region) {
  Parsed parsed;
  if (plans().Parse(std::string(e164), nowhere, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return std::string(e164);
  const bool own = parsed.country_code() == plans().GetCountryCodeForRegion(std::string(region));
  std::string text;
  plans().Format(parsed, own ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL, &text);
  return text;
}

std::optional<PhoneParts> phone_parts(std::string_view e164) {
  Parsed parsed;
  if (!is_e164(e164) || plans().Parse(std::string(e164), nowhere, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
    return std::nullopt;
  PhoneParts parts{std::to_string(parsed.country_code()), {}};
  plans().GetNationalSignificantNumber(parsed, &parts.national);
  return parts;
}

// The library reads whatever is typed, which takes longer than all the rest of looking at a case: E.164 says where the
// country code is, and most of them are of one country.
std::string country_of_number(std::string_view e164) {
  if (!is_e164(e164)) return {};
  const std::string_view digits = e164.substr(1);
  std::list<std::string> regions;
  Parsed parsed;
  for (std::size_t size = 1; size <= longest_country_code && regions.empty(); ++size) {
    parsed.set_country_code(static_cast<std::int32_t>(number_in(digits.substr(0, size))));
    parsed.set_national_number(number_in(digits.substr(size)));
    parsed.set_italian_leading_zero(digits[size] == '0');
    plans().GetRegionCodesForCountryCallingCode(parsed.country_code(), &regions);
  }
  std::string region = regions.size() == 1 ? regions.front() : std::string();
  if (regions.size() > 1) plans().GetRegionCodeForNumber(parsed, &region);
  // 001 and ZZ stand for numbers of no country.
  return region.size() == 2 && region != nowhere ? region : std::string();
}

bool is_phone_region(std::string_view region) {
  return region.size() == 2 && plans().GetCountryCodeForRegion(std::string(region)) != 0;
}

}  // namespace holdline::sync
