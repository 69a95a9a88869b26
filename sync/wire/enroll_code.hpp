// What an administrator gives a new workstation: where the hub is, whom to believe, and a secret that works once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::sync {

struct EnrollmentCode {
  std::string hub;      // "https://hub.example:7443", at most 200 bytes
  Hash ca_fingerprint;  // of the hub's certificate authority: the first contact trusts nothing else
  std::array<std::uint8_t, 16> secret{};

  // The hub keeps only this.
  Hash secret_hash() const;
  // "hl1-" and hexadecimal digits; the last 8 are a checksum, so that a mistyped code is not taken for a used one.
  std::string text() const;
  // ask_person "malformed-code".
  static Result<EnrollmentCode> parse(std::string_view text);
};

}  // namespace holdline::sync
