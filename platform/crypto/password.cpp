#include "platform/crypto/password.hpp"

#include <sodium.h>

#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace holdline::platform {
namespace {

constexpr std::uint8_t argon2id_secretbox = 1;
constexpr WrapCost cost_max{10, 256 * 1024};
constexpr WrapCost cost_min{1, 8};
constexpr std::size_t salt_bytes = crypto_pwhash_SALTBYTES;
constexpr std::size_t nonce_bytes = crypto_secretbox_NONCEBYTES;

const unsigned char* bytes_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* bytes_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

bool within_limits(WrapCost cost) {
  return cost.passes >= cost_min.passes && cost.passes <= cost_max.passes && cost.memory_kib >= cost_min.memory_kib &&
         cost.memory_kib <= cost_max.memory_kib;
}

Result<SecretKey> derive(std::string_view password, std::string_view salt, WrapCost cost) {
  std::array<std::uint8_t, SecretKey::size> bytes{};
  const int rc = crypto_pwhash(bytes.data(), bytes.size(), password.data(), password.size(), bytes_of(salt),
                               cost.passes, std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  SecretKey key(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  if (rc == 0) return key;
  return fail(ErrorKind::retry_later, "out-of-memory",
              "Checking a password needs " + std::to_string(cost.memory_kib / 1024) +
                  " MiB of memory, which this machine does not have free now. Try again.");
}

struct Wrap {
  WrapCost cost;
  std::string_view salt, nonce, box;
};

std::optional<Wrap> parse(std::string_view wrapped) {
  sync::ByteReader in(wrapped);
  if (in.u8() != argon2id_secretbox) return std::nullopt;
  const std::uint64_t passes = in.varint();
  const std::uint64_t memory_kib = in.varint();
  if (passes > cost_max.passes || memory_kib > cost_max.memory_kib) return std::nullopt;
  const WrapCost cost{static_cast<std::uint32_t>(passes), static_cast<std::uint32_t>(memory_kib)};
  const auto salt = in.raw(salt_bytes);
  const auto nonce = in.raw(nonce_bytes);
  const auto box = in.raw(in.remaining());
  if (!in.ok() || !within_limits(cost)) return std::nullopt;
  if (box.size() < crypto_secretbox_MACBYTES || box.size() > crypto_secretbox_MACBYTES + wrapped_secret_max) {
    return std::nullopt;
  }
  return Wrap{cost, salt, nonce, box};
}

std::string draw(Entropy& entropy, std::size_t count) {
  std::string bytes(count, '\0');
  entropy.fill({bytes_of(bytes), bytes.size()});
  return bytes;
}

}  // namespace

Result<sync::Bytes> wrap_secret(std::string_view password, std::string_view secret, Entropy& entropy, WrapCost cost) {
  if (secret.size() > wrapped_secret_max || !within_limits(cost)) throw std::logic_error("wrap outside its limits");
  const std::string salt = draw(entropy, salt_bytes);
  const std::string nonce = draw(entropy, nonce_bytes);
  HOLDLINE_ASSIGN(const SecretKey key, derive(password, salt, cost));
  std::string box(crypto_secretbox_MACBYTES + secret.size(), '\0');
  crypto_secretbox_easy(bytes_of(box), bytes_of(secret), secret.size(), bytes_of(nonce), key.bytes().data());
  sync::Bytes wrapped;
  sync::ByteWriter out(wrapped);
  out.u8(argon2id_secretbox);
  out.varint(cost.passes);
  out.varint(cost.memory_kib);
  out.raw(salt);
  out.raw(nonce);
  out.raw(box);
  return wrapped;
}

Result<SecretBytes> unwrap_secret(std::string_view password, std::string_view wrapped) {
  const auto wrap = parse(wrapped);
  if (!wrap) {
    return fail(ErrorKind::ask_person, "wrap-unreadable",
                "The stored sign-in data is damaged or was made by a newer version. Ask for a new password.");
  }
  HOLDLINE_ASSIGN(const SecretKey key, derive(password, wrap->salt, wrap->cost));
  std::string secret(wrap->box.size() - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(bytes_of(secret), bytes_of(wrap->box), wrap->box.size(), bytes_of(wrap->nonce),
                                 key.bytes().data()) != 0) {
    return fail(ErrorKind::ask_person, "wrong-password", "The password is not right. Type it again.");
  }
  return SecretBytes(std::move(secret));
}

}  // namespace holdline::platform
