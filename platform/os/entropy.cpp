#include "platform/os/entropy.hpp"

#include <sodium.h>

#include <array>
#include <bit>
#include <stdexcept>

namespace holdline::platform {

sync::Id Entropy::id() {
  sync::Id id;
  fill(id.bytes);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

std::uint64_t Entropy::u64() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

SystemEntropy::SystemEntropy() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
}

void SystemEntropy::fill(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

}  // namespace holdline::platform
