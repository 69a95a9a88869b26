// What people have begun to type and not saved yet, so that it comes back after their browser or the computer crashed:
// one text for each person, written over each time, encrypted like everything else here. A draft is not called saved: a
// file that cannot be read is begun anew, and a power cut may take the last seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/crypto/keystore.hpp"
#include "platform/database/database.hpp"
#include "platform/os/files.hpp"
#include "sync/base/id.hpp"

namespace holdline::agent {

// One thread at a time.
class Drafts {
 public:
  static constexpr std::size_t most_bytes = 128 * 1024;  // of one person's text

  // Opens drafts.db in `directory`, or makes it. Errors are those of the disk.
  static Result<Drafts> open(const platform::Path& directory, platform::Keystore& keystore);

  struct Kept {
    std::int64_t version = 0;  // 0: nothing was ever kept
    std::string text;
  };
  Result<Kept> of(const sync::Id& person);
  // In place of the version that was read; answers the new one. ask_person "too-large"; "changed-meanwhile" when
  // another one is there, kept by another page of the same person: read it first.
  Result<std::int64_t> keep(const sync::Id& person, std::string_view text, std::int64_t instead_of);

 private:
  Drafts(platform::Database database, platform::Statement find, platform::Statement put)
      : database_(std::move(database)), find_(std::move(find)), put_(std::move(put)) {}

  platform::Database database_;
  platform::Statement find_, put_;
};

}  // namespace holdline::agent
