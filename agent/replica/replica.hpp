// The replica: this workstation's encrypted copy of the ledger's records, at one cursor. Disposable: any doubt rebuilds
// it, and nothing a person typed lives only here. Rows are exactly the ledger's; what the person's own unsettled
// actions do to them is the overlay (overlay.hpp), and View (view.hpp) puts both together for the screen.
//
// One writer connection (this class, one thread); readers open their own (ReplicaReader). synchronous=NORMAL: a power
// cut may undo the last cuts, never tear one, and they are pulled again. Schemas handed in must outlive what is opened
// with them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/replica/layout.hpp"
#include "platform/database/database.hpp"
#include "platform/os/files.hpp"
#include "sync/action/digest.hpp"
#include "sync/schema/schema.hpp"
#include "sync/wire/batch.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

struct ReplicaOptions {
  std::filesystem::path directory;  // holds replica.db, and replica-next.db while one is built beside
  std::string vfs_name;             // a registered sqlite3_vfs; empty: the operating system's
  // Exclusive: no reader can open the file, and the disk needs no shared memory (a simulated one has none).
  platform::Locking locking = platform::Locking::shared;
  // What is done to whole files beside SQLite; with a vfs of its own a simulated disk brings its own.
  std::function<Result<void>(const std::filesystem::path&)> remove = platform::remove_file;
  std::function<Result<void>(const std::filesystem::path& from, const std::filesystem::path& to)> publish =
      platform::publish_file;
  // Other versions of the schema, for what was written under them; nothing: it is not known. Without it none is.
  std::function<std::optional<sync::Schema>(const sync::Hash&)> schema_of = {};
};

struct ReplicaPosition {
  sync::Id epoch;  // nil: empty, never filled
  sync::Cursor cursor;
  std::uint32_t grants = 0;
  std::int64_t as_of_ms = 0;  // hub's wall time at the last cut applied, also an empty one
};

class Replica {
 public:
  // Opens replica.db, or makes an empty one when it is missing, unreadable, or of a layout or schema that is not known:
  // the replica can always be fetched again. One of another schema that is known is taken over. `rebuilt_because` says
  // so when that happened to an existing file. A disk that is full, or fails in another way than that it cannot read
  // (twice), is an error, and the file stays. On a disk that cannot be written it can be read, and takes nothing:
  // "read-only-disk".
  static Result<std::unique_ptr<Replica>> open(const ReplicaOptions&, const platform::SecretKey&, const sync::Schema&,
                                               std::string* rebuilt_because = nullptr);
  ~Replica();

  ReplicaPosition position() const;
  const sync::Schema& schema() const;

  // Takes another version of the schema for what is here, at the same place of the feed: fields that it has too keep
  // their values. In place when only something is added (Layout::extends), which takes milliseconds; else row by row
  // into a file that then takes the place of this one. Readers change after it (file_number() says whether it is
  // another file). On an error nothing has changed. What cannot be read begins empty.
  Result<void> change_schema(const sync::Schema& schema);

  // Applies a cut in one transaction: rows, search indexes, digests, cursor. `cut.from` must equal the cursor,
  // otherwise start_over "cut-gap"; a replica that was never filled takes no cut. A field outside a change's mask stays
  // as it is. On any error nothing changes; "disk-unreadable" gives nothing up by itself. Visible to readers when it
  // returns; durable at the next checkpoint.
  Result<void> apply(const sync::Cut& cut, std::int64_t hub_wall_ms);

  // Keys whose digest differs from the ledger's at the same cursor. A key the ledger does not tell has no rows there;
  // an empty list tells nothing.
  std::vector<sync::DigestKey> differing(std::span<const sync::DigestRoot> ledger) const;
  sync::Leaves leaves(const sync::DigestKey&) const;
  // Makes the rows of one leaf equal to `rows` (whole records): missing ones added, others changed, surplus removed.
  Result<void> repair(const sync::DigestKey&, std::uint8_t leaf, std::span<const sync::Change> rows);
  // Reads the whole file, compares indexes with tables, and the digests recomputed from the rows with the kept ones:
  // finds stale pages that pass the cipher's own check. `ask_person`/"replica-damaged" names what differs.
  Result<void> check_rows();
  const sync::DigestTable& digests() const;
  // Its bytes are not those that were written, as a write, a check or a reader found: to be fetched again as a whole.
  // It can still be read as far as it goes until swap() puts another in its place. Forgotten at the next start, which
  // notices again.
  void mark_corrupt();
  bool is_corrupt() const;
  // Names the file it stands on, for its readers: another one after every swap() that let go of the file before, and
  // after the apply() that found that a file opened for reading can be written again.
  std::uint64_t file_number() const;
  // Gives cached pages back, when nothing was pulled for a while. The next cut reads what it needs again.
  void release_cache();

  // A new replica built beside the current one, from snapshot chunks in any order, indexes last.
  class Builder;
  // Discards a half-built file of another manifest; chunks already stored in one of the same manifest are kept.
  // The Builder is used on this thread and may outlive the Replica.
  Result<std::unique_ptr<Builder>> build(const sync::Manifest& manifest);
  // Puts the finished file in place of the current one (rename, fsync of the directory) and reopens. Open readers go on
  // reading the old file, whole and unchanged, until they reopen. Error "database-busy" (retry_later): a reader was in
  // the middle of a query; nothing changed, and build() with the same manifest finds the finished file again. After any
  // error file_number() says whether something did change: then it stands on one of the two files, and readers reopen
  // as after a success. Throws when neither can be opened: the disk is gone, and so is the daemon.
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
  // What has come of a chunk that is not stored. Kept and resumed like whole chunks.
  std::string_view begun(const sync::Hash& chunk) const;
  // The next part of it, but not the last: whole it is added. "snapshot-differs" (start_over) for one that the manifest
  // does not name, and when that would be all of it or more.
  Result<void> keep_part(const sync::ChunkInfo& info, std::string_view part);
  // Put together, the parts were not the chunk: it is begun anew.
  Result<void> forget_parts(const sync::Hash& chunk);
  // One transaction per chunk; twice the same chunk is once. A chunk that the manifest does not name, or with another
  // number of records, is "snapshot-differs" (start_over).
  Result<void> add(const sync::ChunkInfo& info, std::span<const sync::Change> rows);
  // All chunks must be there ("snapshot-incomplete", start_over). Builds the indexes, recomputes the digests from the
  // rows and checks them against the manifest ("snapshot-differs", start_over: the half-built file is useless and
  // goes), fsyncs. A crash meanwhile voids the file; a crash between chunks costs at most the last of them.
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
  static Result<std::unique_ptr<ReplicaReader>> open(const ReplicaOptions&, const platform::SecretKey&,
                                                     const sync::Schema&);
  ~ReplicaReader();

  struct Seen {
    std::vector<ReplicaRow> rows;
    sync::Cursor cursor;
    std::int64_t as_of_ms = 0;
  };
  // Those that exist, in the order asked for.
  Result<Seen> find(std::span<const sync::RecordKey> keys);
  // Children of a record in one collection, oldest in the replica first.
  Result<Seen> children(const sync::Collection& collection, const sync::Id& parent);
  // Whether a record was deleted, since this workstation had it, that had this value of a unique field.
  Result<bool> knows_deleted(const sync::Collection& collection, const std::string& scope, const std::string& value);
  // Rows of a collection, from the highest place down to below `before` (none: from the top), at most `limit`.
  Result<Seen> list(const sync::Collection& collection, const std::optional<ListPlace>& before, std::size_t limit);

  // Rows of a collection that are about a root record (Shape::about_fields), from the highest place down, at most
  // `limit`.
  Result<Seen> about(const sync::Collection& collection, const sync::Id& root, std::size_t limit);

  struct Candidate {
    ReplicaRow matched;              // the record that was found: a root, or a child such as a phone
    std::optional<ReplicaRow> root;  // what it hangs on, when that is in the replica
  };
  struct Candidates {
    std::vector<Candidate> rows;
    sync::Cursor cursor;
    std::int64_t as_of_ms = 0;
  };
  // What matches a query (see search.hpp), one candidate per root: references first, then phones, then names, each in
  // the order of the schema's collections; `only` keeps one root collection. At most `limit`; unranked, because a
  // common beginning has thousands. A word of one letter beside longer ones is looked up like any other.
  Result<Candidates> search(const SearchQuery& query, std::size_t limit, std::optional<sync::CollectionNo> only = {});
  // Those of near_words(typed) that some name here has, at most `limit`.
  Result<std::vector<std::string>> known_near(std::string_view typed, std::size_t limit);

  const Layout& layout() const;
  const NameNormalizer& normalizer() const;
  // A query met bytes that are not those that were written; until reopen().
  bool met_damage() const;
  // Since it was asked last, a query failed because the disk cannot read what it needs.
  bool could_not_read();
  // After Replica::change_schema().
  Result<void> change_schema(const sync::Schema& schema);
  // After Replica::swap(): lets go of the old file and opens the new one. When that fails, every call tries it again
  // first, and fails likewise: the old file is never read any more.
  Result<void> reopen();
  // Gives cached pages back, when nobody searched for a while.
  void release_cache();

 private:
  struct Impl;
  explicit ReplicaReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::agent
