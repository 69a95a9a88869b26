// Postcodes by the rules of their countries (Universal Postal Union, addressing systems): whether one can be of a
// country at all, how its people write it, and when two are the same. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdline::sync {

enum class PostcodeReading : std::uint8_t {
  of_country,  // as one is written there, or can be with other spaces, hyphens, capitals or a country's letters before
               // it
  not_of_it,   // the country's have another form
  unknown,     // nothing is known of how that country writes them, or it has none
};

struct Postcode {
  PostcodeReading reading = PostcodeReading::unknown;
  std::string text;  // of_country: as people there write it, "SW1A 1AA"; else as it was typed
};

// `country`: a code of ISO 3166-1; empty or one without a known form: unknown.
Postcode read_postcode(std::string_view country, std::string_view typed);

// By which two postcodes of one country are compared: without what spelling makes of them. Of a country without a known
// form letters and digits only. Empty when there are none.
std::string postcode_key(std::string_view country, std::string_view postcode);

// "GB (United Kingdom), where one looks like SW1A 1AA"; empty when nothing is known.
std::string postcode_example(std::string_view country);

}  // namespace holdline::sync
