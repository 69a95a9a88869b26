// Reader connections and the snapshots taken on them.
// Internal to hub/ledger/sqlite.
#pragma once

#include <memory>
#include <vector>

#include "hub/ledger/sqlite/schemas.hpp"
#include "hub/ledger/sqlite/tables.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::hub::sqlite {

// One connection that only reads. Its statements and names are kept from one reader to the next.
struct ReadConnection {
  explicit ReadConnection(platform::Database database)
      : db(std::move(database)),
        statements(db),
        scopes(Names::of_scopes(statements)),
        parties(Names::of_parties(statements)) {}

  platform::Database db;
  Statements statements;
  Names scopes, parties;
};

// Connections that wait for their next reader. Thread-safe; must outlive its readers.
class ReadPool {
 public:
  ReadPool(std::filesystem::path file, platform::SecretKey key, platform::DatabaseOptions options, std::size_t keep)
      : file_(std::move(file)), key_(std::move(key)), options_(std::move(options)), keep_(keep) {}

  Result<std::unique_ptr<ReadConnection>> take();
  void give_back(std::unique_ptr<ReadConnection> connection);

 private:
  const std::filesystem::path file_;
  const platform::SecretKey key_;
  const platform::DatabaseOptions options_;
  const std::size_t keep_;
  platform::Mutex mutex_;
  std::vector<std::unique_ptr<ReadConnection>> idle_ HOLDLINE_GUARDED_BY(mutex_);
};

class Reader final : public LedgerReader {
 public:
  // Takes the snapshot now, not at the first question.
  static Result<std::unique_ptr<LedgerReader>> open(ReadPool& pool, Schemas& schemas);
  ~Reader() override;

  const sync::Schema& schema() const override { return *schema_; }
  Result<Cursor> head() override { return head_; }
  Result<sync::Cut> cut(const Cursor& from, std::span<const std::string> scopes, sync::VisibilitySet profile,
                        std::size_t records) override;
  Result<std::vector<sync::ActionResult>> results(const Id& device, std::uint64_t after, std::size_t limit) override;
  Result<std::uint64_t> result_head(const Id& device) override;
  Result<std::map<LaneKey, Progress>> progress(const Id& device, const Id& incarnation) override;
  Result<std::vector<std::optional<sync::Hash>>> hashes(const LaneKey&, std::uint64_t first,
                                                        std::size_t count) override;
  Result<std::map<sync::DigestKey, sync::Leaves>> digests(std::span<const std::string> scopes,
                                                          sync::VisibilitySet) override;
  Result<LeafRows> leaf(const sync::DigestKey&, std::uint8_t leaf, sync::VisibilitySet) override;
  Result<std::vector<ImportedRow>> all_imported(std::string_view source, const Id& after, std::size_t limit) override;
  Result<std::vector<ImportRun>> import_runs(std::size_t limit) override;
  Result<std::optional<ImportRun>> import_run(const Id& id) override;
  Result<std::optional<ImportRun>> last_import_of(const sync::Hash& hash, std::string_view source,
                                                  std::string_view scope) override;
  Result<std::optional<ImportRun>> newest_import_beside(const sync::Hash& hash, std::string_view source,
                                                        std::string_view scope) override;
  Result<std::vector<std::string>> scopes() override;
  Result<std::vector<VersionedRecord>> rows(sync::CollectionNo, std::span<const std::string> scopes, const Id& after,
                                            std::size_t limit) override;
  Result<std::int64_t> last_made(sync::CollectionNo) override;
  Result<std::vector<VersionedRecord>> rows_made(sync::CollectionNo, std::span<const std::string> scopes,
                                                 const Id& after, std::size_t limit, std::int64_t until) override;
  Result<std::optional<VersionedRecord>> row(const sync::RecordKey&) override;
  Result<std::vector<HeldAction>> held(HeldState state, std::size_t limit) override;
  Result<std::size_t> held_count(HeldState state) override;
  Result<std::map<Id, SentByDevice>> sent_by_device() override;
  Result<std::vector<PastChange>> history(const sync::RecordKey&, std::size_t limit) override;

 private:
  Reader(ReadPool& pool, std::unique_ptr<ReadConnection> connection)
      : pool_(pool), connection_(std::move(connection)) {}
  Result<void> find_schema(Schemas& schemas);

  Result<void> check_cursor(const Cursor& from);
  // The position that has this cn: the salt is that of the transaction that made it.
  Result<Cursor> cursor_at(ChangeNumber cn);
  Result<const sync::Collection*> collection(sync::CollectionNo no) const;
  Result<std::optional<AppliedAction>> applied_at(ChangeNumber cn);
  Result<std::optional<sync::Acceptance>> accepted_at(ChangeNumber last);
  Result<void> add_past(const sync::Collection& collection, const Id& id, std::size_t limit,
                        std::vector<PastChange>& into);
  Result<std::vector<std::int64_t>> numbers_of(std::span<const std::string> scopes);

  ReadPool& pool_;
  std::unique_ptr<ReadConnection> connection_;
  const sync::Schema* schema_ = nullptr;
  Cursor head_;
};

}  // namespace holdline::hub::sqlite
