// Text for a terminal, times and lengths of time in words among it: what came from data can neither move the cursor nor
// pretend to be the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdline::cli {

// Control characters, direction overrides and broken UTF-8 become visible escapes: "\n", "\x1b", "\u202e".
std::string escape(std::string_view text);

// Columns a terminal uses for escaped text: combining marks take none, East Asian and emoji take two.
std::size_t display_width(std::string_view text);

// At most `columns` wide, with an ellipsis where something was cut off.
std::string shorten(std::string_view text, std::size_t columns);

// "59 s", "12 min", "3 h", "2 days": in the largest unit, cut off. From zero milliseconds on.
std::string length_of(std::int64_t ms);

// "just now", "12 min ago", "3 h ago", "in 2 days" from Unix milliseconds.
std::string relative_time(std::int64_t then_ms, std::int64_t now_ms);

// "1 row", "2 rows".
std::string count_of(std::uint64_t count, std::string_view one, std::string_view many);

}  // namespace holdline::cli
