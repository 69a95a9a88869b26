// Ed25519 signatures (RFC 8032): a person's or device's proof that holds without a server.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "platform/os/entropy.hpp"
#include "platform/os/secret.hpp"

namespace holdline::platform {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

class SigningKey {
 public:
  static SigningKey generate(Entropy& entropy);
  explicit SigningKey(SecretKey seed);

  const PublicKey& public_key() const { return public_key_; }
  // The 32 bytes the whole key is made from: what is wrapped by a password.
  const SecretKey& seed() const { return seed_; }
  Signature sign(std::string_view message) const;

 private:
  SecretKey seed_;
  PublicKey public_key_;
};

// Lengths other than 32 and 64 bytes are false, not an error. Any thread.
bool verify(std::string_view public_key, std::string_view message, std::string_view signature);
bool verify(const PublicKey& public_key, std::string_view message, const Signature& signature);

}  // namespace holdline::platform
