// Snapshots for bootstrap: everything a device may hold at one cn, in compressed chunks addressed by their hash, built
// once for all devices with the same scopes and profile and told to each of them as a manifest.
//
// Chunks are kept in memory, compressed, up to a cap: a million customers are about 100 MB, and a file of them would
// have to be encrypted, aged and cleaned up again. What was dropped is built anew at a later cn; a row has the same
// bytes as long as it does not change, so chunks of collections that stood still keep their hash, and a device that
// has them does not fetch them twice.
//
// Thread-safe. One snapshot is built at a time: who asks for the same one meanwhile waits and shares it.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/os/mutex.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/compress.hpp"

namespace holdline::hub {

struct SnapshotLimits {
  std::size_t cache_bytes = 512 * 1024 * 1024;  // of compressed chunks; the newest snapshot stays even when larger
  // At which a chunk is closed, whichever comes first: raw bytes, and rows, of which no batch may hold more.
  std::size_t chunk_bytes = sync::limits::chunk_bytes;
  std::size_t chunk_records = sync::limits::changes_per_batch;
  // A snapshot this many cns behind the head is built anew for the next joiner, who would otherwise fetch too much
  // twice.
  ChangeNumber too_old = 100'000;
};

class Snapshots {
 public:
  // The ledger must outlive this.
  explicit Snapshots(Ledger& ledger, SnapshotLimits limits = {}) : ledger_(ledger), limits_(limits) {}

  // Reads the whole of these scopes through one read snapshot unless a usable manifest is kept: same scopes and
  // profile, the feed still reaches back to it, not too old. Small urgent collections come first.
  Result<sync::Manifest> manifest(std::span<const std::string> scopes, sync::VisibilitySet profile);
  // The compressed bytes of a chunk of a snapshot with these scopes and profile, to be sent as they are; empty for a
  // part behind its end. Nothing when it is not (any longer) kept: the device asks for a manifest again.
  std::optional<sync::Bytes> chunk(const sync::Hash& hash, std::span<const std::string> scopes,
                                   sync::VisibilitySet profile, const sync::ChunkRequest& part = {}) const;
  // The lowest cn a kept manifest stands at. Compaction that stays below it lets devices that are still filling follow
  // the feed afterwards.
  std::optional<ChangeNumber> oldest() const;
  // What is kept at the moment: `cache_bytes` at most, or one snapshot.
  struct Kept {
    std::size_t snapshots = 0, bytes = 0;
  };
  Kept kept() const;

 private:
  struct Built {
    std::vector<std::string> scopes;  // ascending
    sync::VisibilitySet profile = 0;
    sync::Manifest manifest;
    std::map<sync::Hash, sync::Bytes> chunks;
    std::size_t bytes = 0;
  };

  std::optional<sync::Manifest> find(std::span<const std::string> scopes, sync::VisibilitySet profile) const;
  Result<bool> usable(LedgerReader& reader, const sync::Manifest& manifest);
  Result<Built> build(LedgerReader& reader, std::vector<std::string> scopes, sync::VisibilitySet profile)
      HOLDLINE_REQUIRES(building_);
  Result<void> add_collection(LedgerReader& reader, const sync::Collection& collection, Built& into)
      HOLDLINE_REQUIRES(building_);
  void add_chunk(const sync::Schema& schema, const sync::Collection& collection, std::span<const sync::Change> rows,
                 Built& into) HOLDLINE_REQUIRES(building_);
  void keep(Built built);

  Ledger& ledger_;
  const SnapshotLimits limits_;
  platform::Mutex building_;
  sync::Compressor compressor_ HOLDLINE_GUARDED_BY(building_);
  mutable platform::Mutex kept_mutex_;
  std::list<Built> kept_ HOLDLINE_GUARDED_BY(kept_mutex_);  // newest first
};

}  // namespace holdline::hub
