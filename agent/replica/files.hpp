// Names and settings of the replica's files, shared by its writer, its builder and its readers.
#pragma once

#include "agent/replica/replica.hpp"
#include "agent/replica/store.hpp"

namespace holdline::agent {

inline std::filesystem::path replica_path(const ReplicaOptions& options) { return options.directory / "replica.db"; }
inline std::filesystem::path next_path(const ReplicaOptions& options) { return options.directory / "replica-next.db"; }

// A cut touches few pages; readers need what a search touches.
inline constexpr std::int64_t writer_cache_kib = 16 * 1024;
inline constexpr std::int64_t reader_cache_kib = 64 * 1024;
// Sorting and sealing every page once needs the pages of the index that grows; larger showed nothing.
inline constexpr std::int64_t builder_cache_kib = 64 * 1024;

inline ReplicaStore::Options current_store(const ReplicaOptions& options) {
  return {replica_path(options), options, options.locking, platform::Durability::normal, writer_cache_kib};
}
inline ReplicaStore::Options next_store(const ReplicaOptions& options, platform::Durability durability) {
  return {next_path(options), options, platform::Locking::exclusive, durability, builder_cache_kib};
}

// What says that bytes of the file are not those that were written, as against a disk that is full or failing.
bool says_damaged(const Error& error);
// The disk cannot read what it holds there, for a moment or for good.
bool is_unreadable(const Error& error);
// What says that a file is no good, now or ever, as against a disk that is full or failing. "constraint" is among it:
// what is written breaks no rule of a sound file, but pages of different moments contradict each other. So is a place
// that cannot be read, for another file lies on other blocks.
bool is_about_the_file(const Error& error);

// The row that stands after a change: what is not told stays, a new row takes what is told.
Result<sync::Record> changed(const Shape& shape, const sync::Record* before, const sync::Change& change);

}  // namespace holdline::agent
