// Tells a write-ahead log that was damaged from one whose last commit was cut short by a power failure.
//
// SQLite reads its log up to the first frame whose checksum does not fit, and takes the rest for a commit that was
// never finished. A bit that turned over in the middle would so undo, in silence, commits that were acknowledged.
// Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
// Internal to platform/database.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "sync/base/result.hpp"

namespace holdline::platform {

// Fills `into` from this offset of the log.
using ReadWal = std::function<Result<void>(std::uint64_t offset, std::span<std::uint8_t> into)>;

// For a log that is synced at every commit (Durability::full). True when its header does not fit, or its first sector
// is gone or an earlier one before frames that were written after it; when a frame does not fit although a later commit
// was written after its own was synced; or when it differs from what was written by one bit. What looks like a power
// failure is not seen: damage of several bits to the very last commit, and one bit that the loss of the first words of
// a frame alone would explain too. Reads the whole log, one frame at a time. Both sizes are in bytes; that of the
// database's file shows which page numbers there can be. Errors are those of `read`.
Result<bool> wal_is_damaged(std::uint64_t size, std::uint64_t file_size, const ReadWal& read);

}  // namespace holdline::platform
