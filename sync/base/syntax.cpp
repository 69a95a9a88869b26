#include "sync/base/syntax.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace holdline::sync {

namespace {

constexpr std::size_t email_bytes = 254;  // RFC 5321 §4.5.3.1.3, without the angle brackets
constexpr std::size_t scope_bytes = 128;
constexpr std::size_t scope_parts = 4;
constexpr std::size_t domain_label_bytes = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alphanumeric(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }

// Hands every part of a text to `check`; false when one fails or there are more than `most`.
template <class Check>
bool every_part(std::string_view text, char separator, std::size_t most, Check check) {
  for (std::size_t parts = 1;; ++parts) {
    const std::size_t end = text.find(separator);
    if (parts > most || !check(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

// Letters of other scripts as well: which of them DNS takes is looked at when an address is typed.
bool is_domain_letter(char c) { return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

bool is_domain_label(std::string_view label) {
  return !label.empty() && label.size() <= domain_label_bytes && is_domain_letter(label.front()) &&
         is_domain_letter(label.back()) &&
         std::ranges::all_of(label, [](char c) { return is_domain_letter(c) || c == '-'; });
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i++]);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const std::size_t following = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (bytes.size() - i < following) return false;
    std::uint32_t point = lead & (0x3fu >> following);
    for (std::size_t k = 0; k < following; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i++]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    const bool overlong = (following == 2 && point < 0x800) || (following == 3 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (overlong || surrogate || point > 0x10ffff) return false;
  }
  return true;
}

bool has_control_character(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) return true;
    // U+0080 to U+009F is C2 80 to C2 9F.
    if (c == 0xc2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0) return true;
  }
  return false;
}

bool is_e164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.size() > email_bytes) return false;
  constexpr std::string_view also = ".!#$%&'*+/=?^_`{|}~-";
  const auto local = text.substr(0, at);
  return std::ranges::all_of(local, [&](char c) { return is_alphanumeric(c) || also.find(c) != also.npos; }) &&
         every_part(text.substr(at + 1), '.', email_bytes, is_domain_label);
}

bool is_scope(std::string_view text) {
  return text.size() <= scope_bytes && every_part(text, '/', scope_parts, [](std::string_view part) {
           return !part.empty() && std::ranges::all_of(part, [](char c) {
             return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
           });
         });
}

std::string_view tenant_of(std::string_view scope) { return scope.substr(0, scope.find('/')); }

}  // namespace holdline::sync
