// The syntax of single values: what a text, phone number, address or scope looks like. Pure; safe on any bytes.
#pragma once

#include <string_view>

namespace holdline::sync {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
bool is_utf8(std::string_view bytes);
// Holds a control character (C0, DEL, C1) other than line feed and tab. The bytes must be UTF-8.
bool has_control_character(std::string_view utf8);
// E.164 with its plus sign: 7 to 15 digits, the first not 0.
bool is_e164(std::string_view text);
// A valid email address of the HTML standard (what browsers accept in a form), at most 254 bytes, its domain in any
// script. It refuses the quoted local parts and comments of RFC 5322, which nobody has.
bool is_email(std::string_view text);
// "tenant", "tenant/site", … up to four parts of a-z, 0-9, '.', '_' and '-'; at most 128 bytes.
bool is_scope(std::string_view text);
// The part of a scope before its first slash.
std::string_view tenant_of(std::string_view scope);

}  // namespace holdline::sync
