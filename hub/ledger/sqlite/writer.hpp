// The one connection that writes records, results and progress, and its transactions.
// Internal to hub/ledger/sqlite.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "hub/ledger/sqlite/digests.hpp"
#include "hub/ledger/sqlite/schemas.hpp"
#include "hub/ledger/sqlite/tables.hpp"

namespace holdline::hub::sqlite {

// The name of the mark by which the ledger shows that it takes writes.
inline constexpr std::string_view write_mark = "write-mark";

// One thread; stays where it is (statements point into it).
class Writer {
 public:
  // Takes over an open, checked database whose tables are there, and reads the digests into memory.
  static Result<std::unique_ptr<Writer>> make(platform::Database db, Schemas& schemas);

  // See SqliteLedger::begin.
  Result<std::unique_ptr<LedgerTransaction>> begin();
  // See SqliteLedger::add_schema.
  Result<void> add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t now_ms);
  Result<bool> compact_feed(ChangeNumber cn, std::size_t rows);
  // The first half of SqliteLedger::prove_writes.
  Result<void> put_mark(std::string_view mark);
  platform::Database& database() { return db_; }
  const FeedNews& news() const { return news_; }
  // A write of any connection failed on the disk: the log that all of them share may have a hole, and what is written
  // behind it would be lost with the power. Any thread.
  void mark_outcome_unknown() { outcome_unknown_ = true; }

 private:
  friend class WriteTransaction;
  Writer(platform::Database db, Schemas& schemas)
      : db_(std::move(db)),
        statements_(db_),
        scopes_(Names::of_scopes(statements_)),
        parties_(Names::of_parties(statements_)),
        sources_(Names::of_sources(statements_)),
        schemas_(schemas),
        schema_(&schemas.present()) {}

  platform::Database db_;
  Statements statements_;
  Names scopes_, parties_, sources_;
  Schemas& schemas_;
  const sync::Schema* schema_;  // the present one
  Digests digests_;
  FeedNews news_;
  Cursor head_;
  bool open_ = false;                          // a transaction is under way
  std::atomic<bool> outcome_unknown_ = false;  // a write failed in a way that leaves open what is on the disk
};

class WriteTransaction final : public LedgerTransaction {
 public:
  explicit WriteTransaction(Writer& writer, platform::Transaction transaction);
  ~WriteTransaction() override;

  Cursor head() override { return writer_.head_; }
  Result<std::map<LaneKey, Progress>> progress(std::span<const LaneKey> keys) override;
  Result<std::map<Id, std::uint64_t>> result_heads(std::span<const Id> devices) override;
  Result<std::vector<KeptResult>> results(const LaneKey& lane, std::uint64_t first, std::uint64_t last) override;
  Result<std::map<sync::RecordKey, VersionedRecord>> records(std::span<const sync::RecordKey> keys) override;
  Result<std::vector<sync::Record>> children(const sync::RecordKey& parent) override;
  Result<std::map<UniqueValue, std::vector<Id>>> bearers(std::span<const UniqueValue> values, std::size_t limit,
                                                         Bearing bearing) override;
  Result<std::vector<HeldAction>> held(const Id& device, const Id& incarnation) override;
  Result<std::vector<AppliedReissue>> applied_reissues(const Id& device,
                                                       std::span<const sync::Hash> originals) override;
  Result<std::map<std::uint32_t, SignIn>> sign_ins(const Id& device, const Id& incarnation) override;
  Result<std::uint64_t> next_reference() override;
  Result<std::map<Id, sync::Bytes>> imported(std::string_view source, std::span<const Id> roots) override;
  Result<void> commit(const ChangeSet& changes) override;

 private:
  Result<void> write(const ChangeSet& changes);
  Result<void> write_rows(std::span<const RecordWrite> writes);
  Result<void> write_row(const sync::Collection& collection, const RecordWrite& write, std::string_view body);
  Result<void> write_unique(const sync::Collection& collection, const RecordWrite& write);
  // Of one field of a record; `gone`: among those of deleted records.
  struct UniqueChange {
    sync::CollectionNo collection = 0;
    std::uint16_t field = 0;
    Id id;
    bool gone = false;
    std::string was_scope = {}, now_scope = {};
    std::optional<std::string> was = {}, now = {};
  };
  Result<void> change_unique(const UniqueChange& change);
  Result<void> write_feed(const RecordWrite& write, std::size_t index, std::string_view body);
  Result<void> write_progress(const ChangeSet& changes);
  Result<void> write_results(std::span<const KeptResult> results);
  Result<void> write_held(const ChangeSet& changes);
  Result<void> write_applied_reissues(const ChangeSet& changes);
  Result<void> write_sign_ins(const ChangeSet& changes);
  Result<void> write_past(const sync::Collection& collection, const RecordWrite& write);
  Result<void> write_applied(std::span<const AppliedAction> applied);
  Result<void> write_imported(std::span<const ImportedRow> rows);
  Result<void> write_run(const ImportRun& run);
  Result<void> write_accepted(ChangeNumber last, const sync::Acceptance& acceptance);
  Result<void> write_head(const ChangeSet& changes);
  Result<void> write_awaited(std::span<const sync::SchemaName> schemas);

  std::map<sync::CollectionNo, platform::Statement*> puts_;  // of rows
  // Which values nobody has, or had, as far as this transaction asked; and whether anybody deleted had any.
  std::unordered_set<std::string> unborne_;
  std::optional<bool> any_gone_;
  Writer& writer_;
  std::optional<platform::Transaction> transaction_;
  std::optional<std::uint64_t> next_reference_;  // once one was taken
};

}  // namespace holdline::hub::sqlite
