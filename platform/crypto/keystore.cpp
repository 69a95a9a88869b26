#include "platform/crypto/keystore.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace holdline::platform {

Result<FileKeystore> FileKeystore::open(const Path& directory, Entropy& entropy) {
  HOLDLINE_TRY(make_private_directory(directory));
  return FileKeystore(directory, entropy);
}

Path FileKeystore::file_of(std::string_view name) const {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  if (name.empty() || name.size() > 64 || name.front() == '.' || !std::ranges::all_of(name, allowed)) {
    throw std::logic_error("not a key name");
  }
  return directory_ / (std::string(name) + ".key");
}

Result<SecretKey> FileKeystore::load(std::string_view name) {
  const Path path = file_of(name);
  HOLDLINE_ASSIGN(const bool found, exists(name));
  if (!found) {
    return fail(ErrorKind::stop, "key-missing",
                "The key " + path.string() +
                    " is missing. What it encrypted cannot be read without it: restore the key from its backup.");
  }
  HOLDLINE_TRY(check_private_file(path));
  HOLDLINE_ASSIGN(std::string read, read_file(path, 4096));
  const SecretBytes bytes(std::move(read));
  if (bytes.view().size() != SecretKey::size) {
    return fail(ErrorKind::stop, "key-damaged",
                "The key " + path.string() + " does not have its 32 bytes. Restore it from its backup.");
  }
  return SecretKey(std::span<const std::uint8_t, SecretKey::size>(
      reinterpret_cast<const std::uint8_t*>(bytes.view().data()), SecretKey::size));
}

Result<SecretKey> FileKeystore::create(std::string_view name) {
  const Path path = file_of(name);
  HOLDLINE_ASSIGN(const bool there, exists(name));
  if (there) {
    return fail(ErrorKind::stop, "key-exists",
                "A new key was to be made, but " + path.string() +
                    " exists already. It was left alone, because data may depend on it.");
  }
  std::array<std::uint8_t, SecretKey::size> bytes{};
  entropy_->fill(bytes);
  SecretKey key(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  // Beside its place first: a part of a key, left by a crash, could be neither used nor told from a damaged one. Only
  // the process that holds the lock of the directory gets here.
  HOLDLINE_TRY(replace_file(path, key.view()));
  return key;
}

Result<bool> FileKeystore::exists(std::string_view name) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(file_of(name), error);
  if (status.type() != std::filesystem::file_type::none) return std::filesystem::exists(status);
  return fail(ErrorKind::stop, "io-error", "Could not look for a key: " + error.message() + ".");
}

Result<void> FileKeystore::destroy(std::string_view name) {
  const Path path = file_of(name);
  const Fd fd(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) {
    // On a disk that overwrites in place this ends the key; removing the name alone would leave its block behind.
    constexpr std::array<char, SecretKey::size> zeros{};
    if (::pwrite(fd.get(), zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size())) ::fsync(fd.get());
  }
  return remove_file(path);
}

}  // namespace holdline::platform
