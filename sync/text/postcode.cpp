#include "sync/text/postcode.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

// 9 is a digit, A a letter, * either, a small letter is that letter; what else stands there is written like that. Several ways are parted by '|', the
// usual one first. `before`: letters that belong to it. `told_by`: so many characters tell the place, 0: all of them.
struct CountryForm {
  std::string_view code, name, ways, example, before = {};
  std::size_t told_by = 0;
};

constexpr std::string_view british = "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA|AAA 9AA|"
                                     "bfpo 9|bfpo 99|bfpo 999|bfpo 9999";  // of the forces abroad
constexpr std::string_view four = "9999", five = "99999", six = "999999", parted_five = "999 99";

constexpr std::array forms{
    CountryForm{"AD", "Andorra", "999", "AD500", "AD"},
    CountryForm{"AF", "Afghanistan", four, "1001"},
    CountryForm{"AL", "Albania", four, "1001"},
    CountryForm{"AR", "Argentina", "9999|A9999AAA", "1425"},
    CountryForm{"AT", "Austria", four, "1010"},
    CountryForm{"AU", "Australia", four, "2000"},
    CountryForm{"AX", "Åland", five, "22100"},
    CountryForm{"AZ", "Azerbaijan", four, "AZ 1000", "AZ "},
    CountryForm{"BA", "Bosnia and Herzegovina", five, "71000"},
    CountryForm{"BD", "Bangladesh", four, "1340"},
    CountryForm{"BE", "Belgium", four, "1000"},
    CountryForm{"BG", "Bulgaria", four, "1000"},
    CountryForm{"BN", "Brunei", "AA9999", "BT2328"},
    CountryForm{"BR", "Brazil", "99999-999", "01310-100"},
    CountryForm{"BY", "Belarus", six, "220050"},
    CountryForm{"CA", "Canada", "A9A 9A9", "K1A 0B1"},
    CountryForm{"CH", "Switzerland", four, "8001"},
    CountryForm{"CN", "China", six, "100000"},
    CountryForm{"CY", "Cyprus", four, "1010"},
    CountryForm{"CZ", "Czechia", parted_five, "110 00"},
    CountryForm{"DE", "Germany", five, "10115"},
    CountryForm{"DK", "Denmark", four, "1050"},
    CountryForm{"DZ", "Algeria", five, "16000"},
    CountryForm{"EE", "Estonia", five, "10111"},
    CountryForm{"EG", "Egypt", "99999|9999999", "11511"},
    CountryForm{"ES", "Spain", five, "28001"},
    CountryForm{"FI", "Finland", five, "00100"},
    CountryForm{"FO", "Faroe Islands", "999", "100"},
    CountryForm{"FR", "France", five, "75001"},
    CountryForm{"GB", "United Kingdom", british, "SW1A 1AA"},
    CountryForm{"GE", "Georgia", four, "0100"},
    CountryForm{"GF", "French Guiana", five, "97300"},
    CountryForm{"GG", "Guernsey", british, "GY1 1AA"},
    CountryForm{"GI", "Gibraltar", "AA99 9AA", "GX11 1AA"},
    CountryForm{"GL", "Greenland", four, "3900"},
    CountryForm{"GP", "Guadeloupe", five, "97100"},
    CountryForm{"GR", "Greece", parted_five, "106 82"},
    CountryForm{"HR", "Croatia", five, "10000"},
    CountryForm{"HU", "Hungary", four, "1051"},
    CountryForm{"ID", "Indonesia", five, "10110"},
    CountryForm{"IE", "Ireland", "A9* ****", "D02 AF30"},
    CountryForm{"IL", "Israel", "9999999|99999", "9614303"},
    CountryForm{"IM", "Isle of Man", british, "IM1 1AA"},
    CountryForm{"IN", "India", six, "110001"},
    CountryForm{"IS", "Iceland", "999", "101"},
    CountryForm{"IT", "Italy", five, "00184"},
    CountryForm{"JE", "Jersey", british, "JE2 3AB"},
    CountryForm{"JP", "Japan", "999-9999", "100-0001"},
    CountryForm{"KE", "Kenya", five, "00100"},
    CountryForm{"KR", "South Korea", "99999|999-999", "03051"},
    CountryForm{"KW", "Kuwait", five, "13001"},
    CountryForm{"KZ", "Kazakhstan", "999999|A99A9A9", "010000"},
    CountryForm{"LI", "Liechtenstein", four, "9490"},
    CountryForm{"LK", "Sri Lanka", five, "00100"},
    CountryForm{"LT", "Lithuania", five, "LT-01100", "LT-"},
    CountryForm{"LU", "Luxembourg", four, "1009"},
    CountryForm{"LV", "Latvia", four, "LV-1010", "LV-"},
    CountryForm{"MA", "Morocco", five, "10000"},
    CountryForm{"MC", "Monaco", five, "98000"},
    CountryForm{"MD", "Moldova", four, "MD-2001", "MD-"},
    CountryForm{"ME", "Montenegro", five, "81000"},
    CountryForm{"MK", "North Macedonia", four, "1000"},
    CountryForm{"MQ", "Martinique", five, "97200"},
    CountryForm{"MT", "Malta", "AAA 9999|AAA 99", "VLT 1117"},
    CountryForm{"MX", "Mexico", five, "06000"},
    CountryForm{"MY", "Malaysia", five, "50000"},
    CountryForm{"NL", "Netherlands", "9999 AA", "1012 AB"},
    CountryForm{"NO", "Norway", four, "0150"},
    CountryForm{"NP", "Nepal", five, "44600"},
    CountryForm{"NZ", "New Zealand", four, "6011"},
    CountryForm{"PH", "Philippines", four, "1000"},
    CountryForm{"PK", "Pakistan", five, "44000"},
    CountryForm{"PL", "Poland", "99-999", "00-950"},
    CountryForm{"PR", "Puerto Rico", "99999|99999-9999", "00901", {}, 5},
    CountryForm{"PT", "Portugal", "9999-999|9999", "1100-148"},
    CountryForm{"RE", "Réunion", five, "97400"},
    CountryForm{"RO", "Romania", six, "010011"},
    CountryForm{"RS", "Serbia", "99999|999999", "11000"},
    CountryForm{"RU", "Russia", six, "101000"},
    CountryForm{"SA", "Saudi Arabia", "99999|99999-9999", "11564", {}, 5},
    CountryForm{"SE", "Sweden", parted_five, "111 22"},
    CountryForm{"SG", "Singapore", six, "018956"},
    CountryForm{"SI", "Slovenia", four, "1000"},
    CountryForm{"SK", "Slovakia", parted_five, "811 02"},
    CountryForm{"SM", "San Marino", five, "47890"},
    CountryForm{"TH", "Thailand", five, "10200"},
    CountryForm{"TN", "Tunisia", four, "1000"},
    CountryForm{"TR", "Türkiye", five, "06100"},
    CountryForm{"TW", "Taiwan", "99999|999|999999|999-99|999-999", "10058"},
    CountryForm{"UA", "Ukraine", five, "01001"},
    CountryForm{"US", "United States", "99999|99999-9999", "90210", {}, 5},
    CountryForm{"UY", "Uruguay", five, "11000"},
    CountryForm{"UZ", "Uzbekistan", six, "100000"},
    CountryForm{"VA", "Vatican City", five, "00120"},
    CountryForm{"VN", "Viet Nam", "99999|999999", "10000"},
    CountryForm{"ZA", "South Africa", four, "2001"},
};
static_assert(std::ranges::is_sorted(forms, {}, &CountryForm::code));

const CountryForm* form_of_country(std::string_view country) {
  const auto at = std::ranges::lower_bound(forms, country, {}, &CountryForm::code);
  return at == forms.end() || at->code != country ? nullptr : &*at;
}

bool is_numeral(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Capital letters and digits of it, however wide they are written; nothing when there is anything else in it than what
// parts them.
std::optional<std::string> compact(std::string_view typed) {
  std::string text;
  for (char c : fold_text(tidy_line(typed))) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (is_numeral(c) || is_capital(c))
      text += c;
    else if (std::string_view(" -.").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  return text;
}

// What `letters` look like by one way of writing; nothing when they do not fit.
std::optional<std::string> written(std::string_view way, std::string_view letters) {
  std::string text;
  std::size_t at = 0;
  for (const char c : way) {
    const bool itself = c >= 'a' && c <= 'z';
    const bool place = c == '9' || c == 'A' || c == '*' || itself;
    if (place && at == letters.size()) return std::nullopt;
    if ((c == '9' && !is_numeral(letters[at])) || (c == 'A' && !is_capital(letters[at]))) return std::nullopt;
    if (itself && letters[at] != c - 'a' + 'A') return std::nullopt;
    text += place ? letters[at++] : c;
  }
  return at == letters.size() ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> written_any(std::string_view ways, std::string_view letters) {
  while (!ways.empty()) {
    const std::string_view way = ways.substr(0, ways.find('|'));
    if (auto text = written(way, letters)) return text;
    ways.remove_prefix(std::min(ways.size(), way.size() + 1));
  }
  return std::nullopt;
}

// "D-10115", "CH 8001", "LV-1010": letters of a country before what begins with a digit.
std::string_view without_country(const CountryForm& form, std::string_view letters) {
  constexpr std::size_t longest = 3;
  const auto first = std::ranges::find_if(letters, is_numeral);
  const auto before = static_cast<std::size_t>(first - letters.begin());
  const bool stands_for_it = before != 0 && before <= longest && is_numeral(form.ways.front());
  return stands_for_it ? letters.substr(before) : letters;
}

}  // namespace

Postcode read_postcode(std::string_view country, std::string_view typed) {
  const CountryForm* form = form_of_country(country);
  if (!form) return {PostcodeReading::unknown, std::string(typed)};
  if (const auto letters = compact(typed)) {
    auto text = written_any(form->ways, *letters);
    if (!text) text = written_any(form->ways, without_country(*form, *letters));
    if (text) return {PostcodeReading::of_country, std::string(form->before) + *text};
  }
  return {PostcodeReading::not_of_it, std::string(typed)};
}

std::string postcode_key(std::string_view country, std::string_view postcode) {
  const Postcode read = read_postcode(country, postcode);
  const CountryForm* form = read.reading == PostcodeReading::of_country ? form_of_country(country) : nullptr;
  std::string key = compact(read.text).value_or(fold_text(tidy_line(postcode)));
  if (form && form->told_by != 0) key.resize(std::min(key.size(), form->told_by));
  return key;
}

std::string postcode_example(std::string_view country) {
  const CountryForm* form = form_of_country(country);
  if (!form) return {};
  return std::string(form->code)
      .append(" (")
      .append(form->name)
      .append("), where one looks like ")
      .append(form->example);
}

}  // namespace holdline::sync
