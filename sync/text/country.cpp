#include "sync/text/country.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

using Codes = std::map<std::string, std::string, std::less<>>;

// Names that stand in no list of ICU, with which people fill in forms all the same.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> also_called{{
    {"uk", "GB"},
    {"u.k.", "GB"},
    {"great britain", "GB"},
    {"britain", "GB"},
    {"england", "GB"},
    {"scotland", "GB"},
    {"wales", "GB"},
    {"northern ireland", "GB"},
    {"usa", "US"},
    {"u.s.a.", "US"},
    {"u.s.", "US"},
    {"america", "US"},
    {"united states of america", "US"},
    {"holland", "NL"},
    {"the netherlands", "NL"},
    {"el", "GR"},
    {"republic of ireland", "IE"},
    {"eire", "IE"},
    {"czech republic", "CZ"},
    {"turkey", "TR"},
    {"ivory coast", "CI"},
    {"cape verde", "CV"},
    {"burma", "MM"},
    {"swaziland", "SZ"},
    {"macedonia", "MK"},
}};
// Spoken at many desks; the languages of each country itself come beside them.
constexpr std::array<const char*, 8> languages{"en", "de", "fr", "es", "it", "nl", "pt", "pl"};

// Letters and digits alone, without marks: what is left of "Côte d’Ivoire" however it was typed.
std::string folded(const icu::UnicodeString& name) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* parts = icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status)) return {};
  icu::UnicodeString lower(parts->normalize(name, status)), bare;
  lower.foldCase();
  for (std::int32_t at = 0; at < lower.length(); at = lower.moveIndex32(at, 1))
    if (const UChar32 c = lower.char32At(at); u_isalnum(c) && u_charType(c) != U_MODIFIER_LETTER) bare.append(c);
  std::string out;
  bare.toUTF8String(out);
  return out;
}

void add_names(const char* code, Codes& codes) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale country("und", code);
  icu::Locale spoken(country);
  spoken.addLikelySubtags(status);
  icu::UnicodeString name;
  for (const char* language : languages)
    codes.emplace(folded(country.getDisplayCountry(icu::Locale(language), name)), code);
  // "St. Kitts & Nevis", written out.
  country.getDisplayCountry(icu::Locale("en"), name);
  codes.emplace(folded(name.findAndReplace("&", "and").findAndReplace("St.", "Saint")), code);
  if (U_SUCCESS(status)) codes.emplace(folded(country.getDisplayCountry(spoken, name)), code);
}

// By code, and by name for what is no code.
struct Countries {
  Codes by_code, by_name;

  Countries() {
    for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
      by_code.emplace(*code, *code);
      if (const std::string three = icu::Locale("und", *code).getISO3Country(); !three.empty())
        by_code.emplace(three, *code);
      add_names(*code, by_name);
    }
    for (const auto& [name, code] : also_called)
      by_name.insert_or_assign(folded(icu::UnicodeString::fromUTF8(name)), std::string(code));
  }
};

}  // namespace

std::optional<std::string> country_code(std::string_view typed) {
  static const Countries countries;
  const std::string line = tidy_line(typed);
  std::string upper = fold_text(line);  // with its signs: "N/A" is not Namibia
  std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  if (const auto code = countries.by_code.find(upper); code != countries.by_code.end()) return code->second;
  const std::string bare = folded(icu::UnicodeString::fromUTF8(line));
  const auto name = bare.empty() ? countries.by_name.end() : countries.by_name.find(bare);
  if (name == countries.by_name.end()) return std::nullopt;
  return name->second;
}

}  // namespace holdline::sync
