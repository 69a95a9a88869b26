// Telephone numbers as people write them, read by the numbering plans of libphonenumber. The only place that knows the
// library. Pure and thread-safe; the first call in a process takes some milliseconds. Numbers are never logged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::sync {

enum class PhoneReading : std::uint8_t {
  number,      // `e164` is a number
  internal,    // two to six digits: an extension of a switchboard nobody named, not to be dialled from outside
  no_area,     // could be one when its area code were known
  no_country,  // a national spelling, and nothing says of which country
  too_short,
  too_long,     // more digits than a number has: two numbers, or something else
  spreadsheet,  // "4.42079E+11": what a spreadsheet makes of a number that it took for an amount; the digits are lost
  not_a_number,
};

struct PhoneNumber {
  PhoneReading reading = PhoneReading::not_a_number;
  std::string e164;       // "+442079460018"; of `number` only
  std::string extension;  // digits, apart from the number; of `number` and `internal`
  // The numbering plan, as the library knew it when it was made, gives such numbers out. Younger ranges and numbers
  // kept free for films are not known to it: worth a word to whoever typed it, and no reason to refuse.
  bool in_use = false;
};

// Reads any usual spelling: national ones of `region`, with trunk digits in brackets, 00 or +, digits of other scripts,
// invisible characters, extensions ("ext. 5", "x5", "#5", and "-12" behind a number that is complete). A number that is
// none in `region` but one of another country with its country code in front counts as that. `region`: two letters of
// ISO 3166, or empty.
PhoneNumber read_phone(std::string_view typed, std::string_view region);

// What of a text is written as an extension, by no numbering plan: also of part of a number. "7946 0123 ext 12",
// "…#12", "…-12". Nothing when nothing is.
struct WrittenExtension {
  std::string number, extension;  // as typed, without what stands between them; digits
};
std::optional<WrittenExtension> split_extension(std::string_view typed);

// The number and all others that are the same telephone: where only one way to write it has a digit for mobiles, as in
// Argentina +54 9 11 2345 6789 and +54 11 2345 6789. `e164` first.
std::vector<std::string> same_phones(std::string_view e164);

// Whether one is the other with two neighbouring digits exchanged: how numbers are most often misheard or mistyped.
bool has_digits_exchanged(std::string_view one, std::string_view other);

// How people of `region` write the number: one of their own as they dial it ("020 7946 0018"), others with the country
// code ("+39 02 1234567"). Only for the eye. What is no number in E.164 comes back as it is.
std::string phone_for_people(std::string_view e164, std::string_view region);

// A number as systems take it that keep the country apart: "44" and "2079460018", with the zero that some countries'
// numbers begin with. Nothing for what is no number in E.164.
struct PhoneParts {
  std::string country_code, national;
};
std::optional<PhoneParts> phone_parts(std::string_view e164);

// "4.42079E+11": what a spreadsheet makes of digits that it took for an amount.
bool is_spreadsheet_amount(std::string_view text);

// Whether there is a numbering plan for the country.
bool is_phone_region(std::string_view region);

}  // namespace holdline::sync
