// The replica: this workstation's encrypted copy of the ledger's records, at one cursor. Disposable: any doubt rebuilds
// it, and nothing a person typed lives only here. Rows are exactly the ledger's; what the person's own unsettled
// actions do to them is the overlay (overlay.hpp), and View (view.hpp) puts both together for the screen.
//
// One writer connection (this class, one thread); readers open their own (ReplicaReader). synchronous=NORMAL.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/database.hpp"
#include "sync/batch.hpp"
#include "sync/digest.hpp"
#include "sync/message.hpp"
#include "sync/schema.hpp"

namespace holdline::agent {

struct ReplicaOptions {
  std::string directory;  // holds replica.db, and replica-next.db while one is built beside
  platform::DatabaseOptions database;
};

struct ReplicaPosition {
  sync::Id epoch;  // nil: empty, never filled
  sync::Cursor cursor;
  std::uint32_t grants = 0;
  std::int64_t as_of_ms = 0;  // hub's wall time at the last cut applied, also an empty one
};

class Replica {
 public:
  // Opens replica.db, or makes an empty one when it is missing, unreadable, of another schema or of another layout: the
  // replica can always be fetched again. `rebuilt_because` says so when that happened to an existing file.
  static Result<std::unique_ptr<Replica>> open(const ReplicaOptions&, const platform::RawKey&, const sync::Schema&,
                                               std::string* rebuilt_because = nullptr);
  ~Replica();

  ReplicaPosition position() const;
  const sync::Schema& schema() const;

  // Applies a cut in one transaction: rows, search indexes, digests, cursor. `cut.from` must equal the cursor,
  // otherwise start_over "cut-gap" and nothing changes. Visible to readers when it returns.
  Result<void> apply(const sync::Cut& cut, std::int64_t hub_wall_ms);

  // Keys whose digest differs from the ledger's at the same cursor.
  std::vector<sync::DigestKey> differing(std::span<const sync::DigestRoot> ledger) const;
  sync::Leaves leaves(const sync::DigestKey&) const;
  // Makes the rows of one leaf equal to `rows` (whole records): missing ones added, others changed, surplus removed.
  Result<void> repair(const sync::DigestKey&, std::uint8_t leaf, std::span<const sync::Change> rows);
  // Recomputes all digests from the rows and compares them with the kept ones: finds stale pages that pass the cipher's
  // own check. `ask_person`/"replica-damaged" names what differs.
  Result<void> check_rows();
  const sync::DigestTable& digests() const;

  // A new replica built beside the current one, from snapshot chunks in any order, indexes last.
  class Builder;
  // Discards a half-built file of another manifest; chunks already stored in one of the same manifest are kept.
  Result<std::unique_ptr<Builder>> build(const sync::Manifest& manifest, std::uint32_t grants);
  // Puts the finished file in place of the current one (rename, fsync of the directory) and reopens. Readers must
  // reopen.
  Result<void> swap(std::unique_ptr<Builder> built);

 private:
  struct Impl;
  explicit Replica(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Replica::Builder {
 public:
  ~Builder();
  // Hashes of chunks already stored (a resumed build).
  std::vector<sync::Hash> stored() const;
  // One transaction per chunk; twice the same chunk is once.
  Result<void> add(const sync::ChunkInfo& info, std::span<const sync::Change> rows);
  // All chunks must be there. Builds the indexes, checks the digests against the manifest ("snapshot-differs",
  // start_over), fsyncs.
  Result<void> finish(std::int64_t hub_wall_ms);

 private:
  friend class Replica;
  struct Impl;
  explicit Builder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A row as it stands in the replica.
struct ReplicaRow {
  sync::Record record;
  sync::ChangeNumber cn = 0;
};

// Reads on a connection of its own; one thread. Every call is one read transaction and tells the cursor it saw.
class ReplicaReader {
 public:
  static Result<std::unique_ptr<ReplicaReader>> open(const ReplicaOptions&, const platform::RawKey&,
                                                     const sync::Schema&);
  ~ReplicaReader();

  struct Seen {
    std::vector<ReplicaRow> rows;
    sync::Cursor cursor;
  };
  Result<Seen> find(std::span<const sync::RecordKey> keys);
  // Live children of a record in one collection.
  Result<Seen> children(const sync::Collection& collection, const sync::Id& parent);
  // Live rows of a collection, newest id first, after `before` (nil: from the newest), at most `limit`.
  Result<Seen> list(const sync::Collection& collection, const sync::Id& before, std::size_t limit);
  // Candidate root records for a search: see search.hpp for what matches.
  Result<Seen> search(const struct SearchQuery& query, std::size_t limit);

 private:
  struct Impl;
  explicit ReplicaReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::agent
