// SHA-256, the one hash of the project.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace holdline::sync {

struct Hash {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Hash&) const = default;

  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // Exactly 32 bytes, or all zero when the length is wrong (callers check lengths before).
  static Hash from(std::string_view raw);
};

// SHA-256 of the concatenation of the parts. Thread-safe.
Hash sha256(std::initializer_list<std::string_view> parts);
inline Hash sha256(std::string_view bytes) { return sha256({bytes}); }
// HMAC (RFC 2104) with SHA-256. Thread-safe.
Hash hmac_sha256(std::string_view key, std::string_view bytes);

std::string to_hex(std::string_view bytes);
// False when `hex` is not an even number of hex digits; `out` is then unspecified.
bool from_hex(std::string_view hex, std::string& out);

}  // namespace holdline::sync
