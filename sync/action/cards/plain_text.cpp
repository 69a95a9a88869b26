#include "sync/action/cards/plain_text.hpp"

#include <cstdint>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace holdline::sync::plain_text {

namespace {

bool is_numeral(char c) { return c >= '0' && c <= '9'; }
bool is_gap(char c) { return c == soft || is_hard(c); }

// Full-width, mathematical, raised, circled: whatever has the value of one digit.
int digit_in(UChar32 c) {
  const int type = u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE);
  if (type != U_NT_DECIMAL && type != U_NT_DIGIT) return -1;
  const double value = u_getNumericValue(c);
  return value >= 0 && value <= 9 ? static_cast<int>(value) : -1;
}

void add_other(UChar32 c, std::string_view bytes, std::string& out) {
  if (const int digit = digit_in(c); digit >= 0) return out.push_back(static_cast<char>('0' + digit));
  const std::uint32_t category = U_MASK(u_charType(c));
  const bool unseen = (category & (U_GC_CF_MASK | U_GC_MN_MASK | U_GC_ME_MASK)) != 0 ||
                      u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
  if (unseen) return;
  constexpr UChar32 full_width_plus = 0xff0b;
  if (c == full_width_plus) return out.push_back('+');
  if ((category & (U_GC_ZS_MASK | U_GC_PD_MASK)) != 0) return out.push_back(soft);
  if ((category & (U_GC_P_MASK | U_GC_S_MASK | U_GC_Z_MASK | U_GC_CC_MASK)) != 0) return out.push_back(sign);
  out += bytes;
}

// "4111x1111", "4111 x 1111"
void part_by_x(std::string& text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != 'x' && text[i] != 'X') continue;
    const char before = text[i - 1], after = text[i + 1];
    const bool between = (is_numeral(before) || is_gap(before)) && (is_numeral(after) || is_gap(after));
    if (between) text[i] = sign;
  }
}

}  // namespace

std::string digits_and_separators(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    if (bytes[at] < 0x80) {
      const char c = text[static_cast<std::size_t>(at++)];
      out.push_back(c == '\t' || c == '-' ? soft : c);
      continue;
    }
    const std::int32_t from = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    const auto character = text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from));
    if (c < 0)
      out += character;
    else
      add_other(c, character, out);
  }
  part_by_x(out);
  return out;
}

}  // namespace holdline::sync::plain_text
