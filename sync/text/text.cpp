#include "sync/text/text.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "sync/base/syntax.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t domain_characters = 253;

template <auto close>
struct Closed {
  template <class T>
  void operator()(T* open) const {
    close(open);
  }
};
using Breaks = std::unique_ptr<UBreakIterator, Closed<ubrk_close>>;
using Domains = std::unique_ptr<UIDNA, Closed<uidna_close>>;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void must(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status) + "; is libicu whole?");
}

std::u16string wide(std::string_view utf8) {
  std::u16string out(utf8.size(), u'\0');
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t size = 0;
  u_strFromUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, utf8.data(),
                static_cast<std::int32_t>(utf8.size()), &status);
  must(status);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string narrow_text(const std::u16string& text) {
  std::string out(text.size() * 3, '\0');
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t size = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, text.data(),
              static_cast<std::int32_t>(text.size()), &status);
  must(status);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string normalized(const UNormalizer2* form, std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const std::u16string from = wide(utf8);
  const auto length = static_cast<std::int32_t>(from.size());
  if (unorm2_quickCheck(form, from.data(), length, &status) == UNORM_YES) return std::string(utf8);
  const std::int32_t size = unorm2_normalize(form, from.data(), length, nullptr, 0, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) status = U_ZERO_ERROR;
  std::u16string to(static_cast<std::size_t>(size), u'\0');
  unorm2_normalize(form, from.data(), length, to.data(), size, &status);
  must(status);
  return narrow_text(to);
}

std::string composed(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFCInstance(&status);
  must(status);
  return normalized(form, utf8);
}

enum class Look { plain, blank, joiner, invisible };

Look look_of(UChar32 c) {
  if (u_isUWhiteSpace(c)) return Look::blank;
  if (c == 0x200c || c == 0x200d) return Look::joiner;
  // Selectors of emoji and of variants of a letter are part of the letter, yet not of a number.
  const bool selector = (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
  if (selector) return Look::joiner;
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ? Look::invisible : Look::plain;
}

// Calls `take(bytes, look)` for each character of well-formed UTF-8.
template <class F>
void for_characters(std::string_view utf8, F take) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t from = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    take(utf8.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from)), look_of(c));
  }
}

std::string_view trimmed_ascii(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view trimmed(std::string_view utf8) {
  std::size_t first = utf8.size(), end = 0, at = 0;
  for_characters(utf8, [&](std::string_view bytes, Look look) {
    if (look == Look::plain) {
      first = std::min(first, at);
      end = at + bytes.size();
    } else if (look == Look::joiner && end == at) {
      end = at + bytes.size();  // belongs to the letter before it
    }
    at += bytes.size();
  });
  return first < end ? utf8.substr(first, end - first) : std::string_view();
}

// As a domain is written by its people, or as DNS wants it; nothing when it cannot be one.
std::optional<std::string> domain_in(const UIDNA* domains, std::string_view domain, bool for_dns) {
  std::string out(4 * domain_characters, '\0');
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const auto convert = for_dns ? uidna_nameToASCII_UTF8 : uidna_nameToUnicodeUTF8;
  const std::int32_t size = convert(domains, domain.data(), static_cast<std::int32_t>(domain.size()), out.data(),
                                    static_cast<std::int32_t>(out.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> folded_domain(std::string_view domain) {
  std::string lower(domain);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  if (is_ascii(lower) && lower.find("xn--") == lower.npos) return lower;
  UErrorCode status = U_ZERO_ERROR;
  const Domains domains(uidna_openUTS46(
      UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
      &status));
  must(status);
  const auto dns = domain_in(domains.get(), domain, true);
  if (!dns || dns->size() > domain_characters) return std::nullopt;
  return domain_in(domains.get(), *dns, false);
}

// Line ends of other systems as ours.
std::string with_line_feeds(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

}  // namespace

std::string tidy_text(std::string_view typed) {
  if (!is_utf8(typed)) return std::string(typed);
  if (typed.find('\r') != typed.npos) return tidy_text(with_line_feeds(typed));
  if (is_ascii(typed)) return std::string(trimmed_ascii(typed));
  return composed(trimmed(typed));
}

std::string tidy_line(std::string_view typed) {
  if (!is_utf8(typed)) return std::string(typed);
  std::string out;
  bool blank = false;
  for_characters(is_ascii(typed) ? trimmed_ascii(typed) : trimmed(typed), [&](std::string_view bytes, Look look) {
    if (look == Look::invisible) return;
    if (look == Look::blank) return void(blank = true);
    if (blank) out += ' ';
    blank = false;
    out += bytes;
  });
  return is_ascii(out) ? out : composed(out);
}

std::string tidy_number(std::string_view typed) {
  const std::string line = tidy_line(typed);
  if (is_ascii(line) || !is_utf8(line)) return line;
  std::string out;
  for_characters(line, [&](std::string_view bytes, Look look) {
    if (look != Look::joiner) out += bytes;
  });
  return out;
}

std::string fold_text(std::string_view utf8) {
  if (!is_utf8(utf8)) return std::string(utf8);
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFKCCasefoldInstance(&status);
  must(status);
  return normalized(form, utf8);
}

std::string fold_key(std::string_view utf8) {
  const bool plain = std::ranges::all_of(utf8, [](char c) { return c > ' ' && c < 0x7f; });
  if (plain) {
    std::string lower(utf8);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
  }
  const std::string folded = fold_text(tidy_line(utf8));
  std::string out;
  if (!is_utf8(folded)) return folded;
  for_characters(folded, [&](std::string_view bytes, Look) {
    // Hyphens, dashes and the minus sign, which look the same in most of what people copy from.
    const bool dash = (bytes >= "\u2010" && bytes <= "\u2015") || bytes == "\u2212" || bytes == "\u2043";
    out += dash ? std::string_view("-") : bytes;
  });
  return out;
}

std::size_t count_characters(std::string_view utf8) {
  if (is_ascii(utf8) || !is_utf8(utf8)) return utf8.size();
  const std::u16string text = wide(utf8);
  UErrorCode status = U_ZERO_ERROR;
  const Breaks breaks(ubrk_open(UBRK_CHARACTER, "", text.data(), static_cast<std::int32_t>(text.size()), &status));
  must(status);
  std::size_t count = 0;
  while (ubrk_next(breaks.get()) != UBRK_DONE) ++count;
  return count;
}

std::optional<std::string> tidy_email(std::string_view typed) {
  const std::string line = tidy_line(typed);
  const std::size_t at = line.rfind('@');
  if (at == line.npos) return std::nullopt;
  auto domain = folded_domain(std::string_view(line).substr(at + 1));
  if (!domain) return std::nullopt;
  std::string address = line.substr(0, at + 1) + *domain;
  if (!is_email(address)) return std::nullopt;
  return address;
}

}  // namespace holdline::sync
