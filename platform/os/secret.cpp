#include "platform/os/secret.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace holdline::platform {

SecretKey::SecretKey(std::span<const std::uint8_t, size> bytes) { std::ranges::copy(bytes, bytes_.begin()); }

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), size); }

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) { sodium_memzero(other.bytes_.data(), size); }

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), size);
  }
  return *this;
}

bool SecretKey::operator==(const SecretKey& other) const {
  return sodium_memcmp(bytes_.data(), other.bytes_.data(), size) == 0;
}

// A short string keeps its bytes inside the object, so that moving it leaves a copy behind: copy, then wipe the source.
SecretBytes::SecretBytes(std::string&& bytes) : bytes_(bytes) { wipe(bytes); }

SecretBytes::~SecretBytes() { wipe(bytes_); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    wipe(other.bytes_);
  }
  return *this;
}

void wipe(std::string& bytes) {
  // A moved-from short string is empty but its characters are still in the object's own buffer.
  sodium_memzero(bytes.data(), bytes.capacity());
  bytes.clear();
}

}  // namespace holdline::platform
