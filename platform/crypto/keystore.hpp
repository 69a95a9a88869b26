// Where the keys of the databases live.
#pragma once

#include <string_view>

#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"
#include "platform/os/secret.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

// Names are 1 to 64 of a-z, 0-9, '-' and '.', not beginning with '.'; anything else is a bug.
class Keystore {
 public:
  virtual ~Keystore() = default;
  // Error key-missing when there is none: the data under it cannot be read, and a new key would not help.
  virtual Result<SecretKey> load(std::string_view name) = 0;
  // A new random key. Success: kept durably, before anything is encrypted with it. Never replaces: error key-exists.
  virtual Result<SecretKey> create(std::string_view name) = 0;
  virtual Result<bool> exists(std::string_view name) = 0;
  // Success: gone from this store; what it encrypted is unreadable from now on. A missing key is success.
  virtual Result<void> destroy(std::string_view name) = 0;
};

// Keys as files of 32 bytes, mode 0600, in a directory of mode 0700; anything looser is refused. This does NOT protect
// a stolen disk: the keys lie on it beside the data. It protects against other accounts of the machine and backups
// that leave the directory out. destroy() overwrites the file, which flash memory and copy-on-write file systems may
// survive.
class FileKeystore final : public Keystore {
 public:
  // Makes the directory when it is missing. `entropy` must outlive the keystore.
  static Result<FileKeystore> open(const Path& directory, Entropy& entropy);

  Result<SecretKey> load(std::string_view name) override;
  Result<SecretKey> create(std::string_view name) override;
  Result<bool> exists(std::string_view name) override;
  Result<void> destroy(std::string_view name) override;

 private:
  FileKeystore(Path directory, Entropy& entropy) : directory_(std::move(directory)), entropy_(&entropy) {}
  Path file_of(std::string_view name) const;

  Path directory_;
  Entropy* entropy_;
};

}  // namespace holdline::platform
