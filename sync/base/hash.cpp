#include "sync/base/hash.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace holdline::sync {

Hash Hash::from(std::string_view raw) {
  Hash h;
  if (raw.size() == h.bytes.size()) std::memcpy(h.bytes.data(), raw.data(), raw.size());
  return h;
}

namespace {

// Fetching the algorithm and allocating a context cost more than hashing a short row, so both are kept per thread.
struct Sha256Context {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

}  // namespace

Hash sha256(std::initializer_list<std::string_view> parts) {
  thread_local Sha256Context kept;
  Hash out;
  unsigned length = 0;
  bool ok = EVP_DigestInit_ex2(kept.context.get(), kept.algorithm.get(), nullptr) == 1;
  for (const auto part : parts) ok = ok && EVP_DigestUpdate(kept.context.get(), part.data(), part.size()) == 1;
  ok = ok && EVP_DigestFinal_ex(kept.context.get(), out.bytes.data(), &length) == 1;
  if (!ok) throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  return out;
}

Hash hmac_sha256(std::string_view key, std::string_view bytes) {
  Hash out;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, bytes.size(), out.bytes.data(), nullptr) ==
      nullptr)
    throw std::runtime_error("HMAC is not available in this OpenSSL");
  return out;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    out.push_back(digits[c >> 4]);
    out.push_back(digits[c & 15]);
  }
  return out;
}

bool from_hex(std::string_view hex, std::string& out) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (hex.size() % 2 != 0) return false;
  out.clear();
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

}  // namespace holdline::sync
