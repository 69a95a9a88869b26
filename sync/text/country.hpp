// Countries as people name them. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdline::sync {

// The code of ISO 3166-1 ("GB") of a country written as its code of two or three letters in any case and width, by its
// name in English or in a language spoken there, or by another name in use ("UK", "England", "Holland"); for names
// marks, signs and spaces do not matter. Nothing when there is no such country.
std::optional<std::string> country_code(std::string_view typed);

}  // namespace holdline::sync
