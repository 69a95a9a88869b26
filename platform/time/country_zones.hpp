// The time zones of a country, as the machine's package tzdata lists them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdline::platform {

// Of a country of ISO 3166, in the order of their names; none when it is not known. Reads a file; thread-safe.
std::vector<std::string> zones_of_country(std::string_view country);

}  // namespace holdline::platform
