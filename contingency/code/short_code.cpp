#include "contingency/code/short_code.hpp"

#include <array>
#include <optional>

#include "contingency/code/alphabet.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/hash.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t secret_characters = code_characters - 1;
constexpr std::size_t key_bytes_least = 16;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::array<std::int64_t, 3> hours_tried{0, -1, 1};  // the likeliest first

sync::Bytes encoded(const CodeMeaning& meaning) {
  sync::Bytes bytes;
  sync::ByteWriter out(bytes);
  out.blob("holdline incident code 1");
  out.blob(meaning.site);
  out.blob(meaning.scope);
  out.svarint(meaning.hour);
  out.u8(meaning.serial);
  out.u8(meaning.drill ? 1 : 0);
  return bytes;
}

// The first 64 bits as a number, in base 23: 2^64 is no multiple of 23^9, and some codes are likelier by 2^-23 of that.
std::string secret_part(std::string_view key, const CodeMeaning& meaning) {
  const sync::Hash mac = sync::hmac_sha256(key, encoded(meaning));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | mac.bytes[i];
  std::string text;
  for (std::size_t i = 0; i < secret_characters; ++i, number /= code_alphabet.size())
    text += code_alphabet[static_cast<std::size_t>(number % code_alphabet.size())];
  return text;
}

// Takes as long whether the first or the last character differs.
bool equal_secrets(std::string_view a, std::string_view b) {
  unsigned different = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    different |= static_cast<unsigned>(a[i]) ^ static_cast<unsigned>(b[i]);
  return different == 0;
}

std::optional<CodeMeaning> meaning_of(std::string_view key, std::string_view site, std::span<const std::string> scopes,
                                      std::string_view secret, std::int64_t hour) {
  for (const std::int64_t beside : hours_tried)
    for (const std::string& scope : scopes)
      for (const bool drill : {false, true})
        for (std::uint8_t serial = 0; serial < code_serials; ++serial) {
          CodeMeaning meaning{std::string(site), scope, hour + beside, serial, drill};
          if (equal_secrets(secret_part(key, meaning), secret)) return meaning;
        }
  return std::nullopt;
}

}  // namespace

sync::Id CodeMeaning::incident() const { return sync::natural_id(0, sync::Id{}, encoded(*this)); }

std::string site_of_key(std::string_view key) {
  return sync::to_hex(sync::hmac_sha256(key, "holdline site of short codes").view().substr(0, 8));
}

std::int64_t hour_of(std::int64_t wall_ms) { return wall_ms / hour_ms; }

Result<std::string> make_code(std::string_view key, const CodeMeaning& meaning) {
  if (key.size() < key_bytes_least)
    return fail(ErrorKind::stop, "key-too-short", "The site has no key for codes. Fetch the plan from the hub again.");
  if (meaning.serial >= code_serials)
    return fail(ErrorKind::ask_person, "serial-exhausted",
                "Sixteen codes were made for this scope within an hour. Use one of them, or wait for the next hour.");
  std::string code = secret_part(key, meaning);
  code += check_character(code);
  return code;
}

std::string shown_code(std::string_view code) {
  const std::size_t half = code.size() / 2;
  return std::string(code.substr(0, half)) + "-" + std::string(code.substr(half));
}

Result<CodeMeaning> read_code(std::string_view key, std::string_view site, std::span<const std::string> scopes,
                              std::string_view typed, std::int64_t wall_ms) {
  if (key.size() < key_bytes_least)
    return fail(ErrorKind::stop, "key-too-short",
                "This workstation has no key for codes. A supervisor can declare at it instead.");
  if (typed.size() > 4 * code_characters)
    return fail(ErrorKind::ask_person, "code-malformed", "A code has ten characters.");
  if (const char stray = stray_character(typed); stray != 0)
    return fail(ErrorKind::ask_person, "code-malformed",
                static_cast<unsigned char>(stray) < 0x80 && stray > ' '
                    ? "'" + std::string(1, stray) + "' is in no code. Look again, or have it read out once more."
                    : "A code has capital letters and digits only.");
  const std::string text = *tidy_code(typed);
  if (text.size() != code_characters)
    return fail(ErrorKind::ask_person, "code-malformed",
                "A code has ten characters; this has " + std::to_string(text.size()) + ".");
  const std::string_view secret = std::string_view(text).substr(0, secret_characters);
  if (check_character(secret) != text.back())
    return fail(ErrorKind::ask_person, "code-mistyped", "A character is wrong or two changed places. Type it again.");
  if (auto meaning =
          meaning_of(key, site, scopes.first(std::min(scopes.size(), code_scopes)), secret, hour_of(wall_ms)))
    return *std::move(meaning);
  return fail(ErrorKind::ask_person, "code-unknown",
              "This code is not one of this site and of this hour. Ask the supervisor for a new one.");
}

}  // namespace holdline::contingency
