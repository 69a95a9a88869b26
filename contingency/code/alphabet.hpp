// Characters that survive handwriting, bad eyes and a telephone line: 23 of them, none of the pairs 0 O, 1 I L, 2 Z, 5
// S, 6 G, 8 B, U V; and a check character over them. 23 is prime, so that the check character notices every single
// wrong character and every two that changed places. Pure and thread-safe.
//
// References to callers have thirteen characters (sync/reference): a stranger hears those, so letters that rhyme are
// left out too. A code is read by one supervisor to another in the words of the spelling alphabet, where nothing
// rhymes, and with more characters it is short enough to be read out once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdline::contingency {

inline constexpr std::string_view code_alphabet = "34679ACDEFHJKMNPQRTVWXY";

// The check character of up to 22 characters of the alphabet.
char check_character(std::string_view text);

// What was typed or heard, as characters of the alphabet: upper case, without blanks and dashes. Nothing when another
// character stands in it.
std::optional<std::string> tidy_code(std::string_view typed);
// The first character of it that is in no code; 0: none.
char stray_character(std::string_view typed);

// To be read out: "Kilo Seven Mike". Of the spelling alphabet of the ITU.
std::string spelled(std::string_view text);

}  // namespace holdline::contingency
