#include "platform/crypto/signing.hpp"

#include <sodium.h>

#include <utility>

namespace holdline::platform {
namespace {

using FullKey = std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>;

const unsigned char* message_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <std::size_t N>
std::string_view view(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

}  // namespace

SigningKey SigningKey::generate(Entropy& entropy) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  entropy.fill(bytes);
  SigningKey key{SecretKey(bytes)};
  sodium_memzero(bytes.data(), bytes.size());
  return key;
}

SigningKey::SigningKey(SecretKey seed) : seed_(std::move(seed)), public_key_{} {
  FullKey full;
  crypto_sign_seed_keypair(public_key_.data(), full.data(), seed_.bytes().data());
  sodium_memzero(full.data(), full.size());
}

Signature SigningKey::sign(std::string_view message) const {
  FullKey full;
  PublicKey unused;
  crypto_sign_seed_keypair(unused.data(), full.data(), seed_.bytes().data());
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, message_bytes(message), message.size(), full.data());
  sodium_memzero(full.data(), full.size());
  return signature;
}

bool verify(std::string_view public_key, std::string_view message, std::string_view signature) {
  if (public_key.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(message_bytes(signature), message_bytes(message), message.size(),
                                     message_bytes(public_key)) == 0;
}

bool verify(const PublicKey& public_key, std::string_view message, const Signature& signature) {
  return verify(view(public_key), message, view(signature));
}

}  // namespace holdline::platform
