#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "sync/base/syntax.hpp"

namespace holdline::cli {
namespace {

using Range = std::pair<char32_t, char32_t>;

// Takes one character off the front. Bytes that are not UTF-8 come back one by one, with `valid` false.
struct Character {
  char32_t point = 0;
  std::string_view bytes;
  bool valid = false;
};

Character take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  Character result;
  result.valid = length <= text.size() && sync::is_utf8(text.substr(0, length));
  if (!result.valid) length = 1;
  result.bytes = text.substr(0, length);
  text.remove_prefix(length);
  result.point = length == 1 ? lead : lead & (0x7fu >> length);
  for (const char c : result.bytes.substr(1)) result.point = result.point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return result;
}

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(ranges, [point](const Range& r) { return r.first <= point && point <= r.second; });
}

// C0, DEL, C1, and what reorders or hides text (Unicode TR36 §2.5): marks and overrides of direction, separators of
// lines, the tag characters.
bool must_be_escaped(char32_t point) {
  constexpr std::array<Range, 10> unsafe = {{{0x00, 0x1f},
                                             {0x7f, 0x9f},
                                             {0x61c, 0x61c},
                                             {0x200b, 0x200b},
                                             {0x200e, 0x200f},
                                             {0x2028, 0x202e},
                                             {0x2060, 0x206f},
                                             {0xfeff, 0xfeff},
                                             {0xfff9, 0xfffb},
                                             {0xe0000, 0xe007f}}};
  return in(unsafe, point);
}

std::string escaped(const Character& character) {
  if (character.valid && character.point == '\n') return "\\n";
  if (character.valid && character.point == '\r') return "\\r";
  if (character.valid && character.point == '\t') return "\\t";
  std::array<char, 16> text{};
  const auto value = static_cast<unsigned>(character.point);
  const bool byte = !character.valid || value < 0x80;
  std::snprintf(text.data(), text.size(), byte ? "\\x%02x" : value > 0xffff ? "\\U%08x" : "\\u%04x", value);
  return text.data();
}

std::size_t width_of(char32_t point) {
  constexpr std::array<Range, 6> combining = {
      {{0x300, 0x36f}, {0x591, 0x5bd}, {0x64b, 0x65f}, {0x200c, 0x200d}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}}};
  constexpr std::array<Range, 9> wide = {{{0x1100, 0x115f},
                                          {0x2e80, 0xa4cf},
                                          {0xa960, 0xa97c},
                                          {0xac00, 0xd7a3},
                                          {0xf900, 0xfaff},
                                          {0xfe30, 0xfe6f},
                                          {0xff00, 0xff60},
                                          {0x1f300, 0x1faff},
                                          {0x20000, 0x3fffd}}};
  if (in(combining, point)) return 0;
  return in(wide, point) ? 2 : 1;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character character = take_character(text);
    if (!character.valid || must_be_escaped(character.point))
      result += escaped(character);
    else
      result += character.bytes;
  }
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += width_of(take_character(text).point);
  return width;
}

std::string shorten(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::string result;
  std::size_t width = 1;  // the ellipsis
  while (!text.empty()) {
    const Character character = take_character(text);
    width += width_of(character.point);
    if (width > columns) break;
    result += character.bytes;
  }
  return result + "…";
}

std::string length_of(std::int64_t ms) {
  struct Unit {
    std::int64_t seconds;
    std::string_view one, many;
  };
  constexpr std::array<Unit, 4> units = {
      {{86'400, "day", "days"}, {3'600, "h", "h"}, {60, "min", "min"}, {1, "s", "s"}}};
  const std::int64_t seconds = ms / 1000;
  const auto fits = std::ranges::find_if(units, [seconds](const Unit& u) { return seconds >= u.seconds; });
  const Unit& unit = fits == units.end() ? units.back() : *fits;
  return count_of(static_cast<std::uint64_t>(seconds / unit.seconds), unit.one, unit.many);
}

std::string relative_time(std::int64_t then_ms, std::int64_t now_ms) {
  constexpr std::int64_t just_now_ms = 5'000;
  const bool past = then_ms <= now_ms;
  const std::int64_t between_ms = past ? now_ms - then_ms : then_ms - now_ms;
  if (between_ms < just_now_ms) return "just now";
  return past ? length_of(between_ms) + " ago" : "in " + length_of(between_ms);
}

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count).append(" ").append(count == 1 ? one : many);
}

}  // namespace holdline::cli
