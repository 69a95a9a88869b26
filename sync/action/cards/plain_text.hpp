// A text as far as it matters to finding numbers in it: digits of every script as 0 to 9, what stands between groups of
// them, and nothing of what nobody sees. Pure.
// Internal to sync/action.
#pragma once

#include <string>
#include <string_view>

namespace holdline::sync::plain_text {

inline constexpr char soft = ' ';   // blank, dash: any grouping
inline constexpr char sign = '\1';  // one that is not of ASCII, or an x
// Signs and line ends: also part of dates, amounts and lists.
constexpr bool is_hard(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c != soft && !letter && !(c >= '0' && c <= '9') && static_cast<unsigned char>(c) < 0x80;
}

// One byte for each digit and separator, signs of ASCII as they are; so are letters and what is no UTF-8. A letter x
// between digits is a sign.
std::string digits_and_separators(std::string_view text);

}  // namespace holdline::sync::plain_text
