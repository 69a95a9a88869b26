// Wrapping a secret by a password, so that it can be kept and copied where the password is not known.
//
// Format: algorithm (1 byte, 1 = Argon2id 1.3 + XSalsa20-Poly1305) | passes (varint) | memory in KiB (varint) |
// salt (16) | nonce (24) | box (16 + length of the secret). Argon2: RFC 9106; box: NaCl secretbox.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/os/entropy.hpp"
#include "platform/os/secret.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

// What one guess costs. The defaults take about 0.1 to 0.2 s on an office PC.
struct WrapCost {
  std::uint32_t passes = 3;              // 1 to 10
  std::uint32_t memory_kib = 64 * 1024;  // 8 to 262,144
};

inline constexpr std::size_t wrapped_secret_max = 64 * 1024;

// `secret` of at most wrapped_secret_max bytes. Error out-of-memory when the cost cannot be paid. Any thread.
Result<sync::Bytes> wrap_secret(std::string_view password, std::string_view secret, Entropy& entropy,
                                WrapCost cost = {});

// Errors: wrong-password (or altered bytes: the two cannot be told apart); wrap-unreadable for bytes that were never a
// wrap or demand more than the limits above, found before any memory is spent; out-of-memory. Any thread.
Result<SecretBytes> unwrap_secret(std::string_view password, std::string_view wrapped);

}  // namespace holdline::platform
