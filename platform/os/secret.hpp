// Secrets in memory: both types are wiped when they end or are moved from, cannot be printed, and are copied only
// where the code says so. Swap and core files are kept out by harden_process() (files.hpp) and the unit file.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace holdline::platform {

// 256 bits: a database key, a seed.
class SecretKey {
 public:
  static constexpr std::size_t size = 32;

  explicit SecretKey(std::span<const std::uint8_t, size> bytes);
  ~SecretKey();
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  SecretKey clone() const { return SecretKey(bytes()); }
  std::span<const std::uint8_t, size> bytes() const { return bytes_; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), size}; }
  // Constant time.
  bool operator==(const SecretKey& other) const;

 private:
  std::array<std::uint8_t, size> bytes_;
};

// A key that a database file is encrypted with directly, without derivation.
using RawKey = SecretKey;

// A secret of any length: an unwrapped private key, a password read from a file.
class SecretBytes {
 public:
  SecretBytes() = default;
  // Takes the bytes over and wipes the source.
  explicit SecretBytes(std::string&& bytes);
  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  std::string_view view() const { return bytes_; }

 private:
  std::string bytes_;
};

// Overwrites memory in a way the compiler may not remove.
void wipe(std::string& bytes);

}  // namespace holdline::platform
