// Which country's numbering plan a telephone number is of. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace holdline::sync {

// Two letters of ISO 3166; empty when the number (E.164) is of none, or not known.
std::string country_of_number(std::string_view e164);

}  // namespace holdline::sync
