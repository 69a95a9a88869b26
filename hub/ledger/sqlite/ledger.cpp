#include "hub/ledger/sqlite/ledger.hpp"

#include <string>

#include "hub/ledger/sqlite/directory.hpp"
#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/reader.hpp"
#include "hub/ledger/sqlite/schemas.hpp"
#include "hub/ledger/sqlite/writer.hpp"
#include "platform/database/first_run.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::hub {

using platform::Database;
using platform::DatabaseOptions;

// Order matters: readers and transactions point into what stands above them.
struct SqliteLedger::Impl {
  std::optional<sqlite::Schemas> schemas;
  platform::Mutex identity_mutex;  // the epoch may change while others ask
  LedgerIdentity identity HOLDLINE_GUARDED_BY(identity_mutex);
  platform::Mutex epoch_mutex;  // of those who change it: what the file says and what is told here change in one order
  std::unique_ptr<sqlite::Writer> writer;
  std::unique_ptr<sqlite::Directory> directory;
  std::unique_ptr<sqlite::ReadPool> readers;

  // Passes the answer of a write on, and remembers when the disk failed it.
  template <class T>
  Result<T> written(Result<T> answer) {
    if (!answer && answer.error().code == "io-error") writer->mark_outcome_unknown();
    return answer;
  }
};

namespace {

// Syncing the pages of one checkpoint holds up who pushes: 650 of them took 20 ms on a virtual disk, in one of ninety
// commits of a single entry.
constexpr int pages_of_upkeep = 250;
// A commit does it by itself: of a large group, or where nobody does the upkeep.
constexpr int pages_at_most = 4'000;

DatabaseOptions options_for(const SqliteLedgerOptions& options, std::int64_t cache_kib) {
  DatabaseOptions database;
  database.vfs_name = options.vfs_name;
  database.pragmas = platform::pragmas_for(platform::Durability::full, cache_kib);
  return database;
}

// Tables and settings in one transaction with the version, so that version 0 means empty and 1 means complete.
Result<void> fill(Database& db, const NewLedger& fresh, const sync::Schema& schema) {
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db));
  for (const platform::Migration& migration : sqlite::ledger_migrations()) {
    HOLDLINE_TRY(db.exec(migration.sql));
    HOLDLINE_TRY(db.exec(("PRAGMA user_version=" + std::to_string(migration.number)).c_str()));
  }
  HOLDLINE_TRY(sqlite::make_collection_tables(db, schema));
  sqlite::Statements statements(db);
  HOLDLINE_TRY(sqlite::write_meta(statements, "hub", fresh.hub.view()));
  HOLDLINE_TRY(sqlite::write_meta(statements, "epoch", fresh.epoch.view()));
  HOLDLINE_TRY(sqlite::insert_schema(statements, schema.version(), schema.text(), 0));
  HOLDLINE_TRY(sqlite::write_meta(statements, "dictionary", fresh.dictionary));
  HOLDLINE_TRY(sqlite::write_meta(statements, "feed-floor", "0"));
  return transaction.commit();
}

Result<void> prepare(Database& db) {
  // What the last run wrote may be in the kernel's memory only, marked as written after a failed sync. Until it was
  // written again, a failed start leaves log and file as they are.
  db.keep_log_on_close(true);
  HOLDLINE_TRY(db.quick_check());
  HOLDLINE_TRY(db.check_wal());
  HOLDLINE_TRY(db.rewrite_wal());
  HOLDLINE_TRY(db.checkpoint_truncate());
  db.keep_log_on_close(false);
  HOLDLINE_ASSIGN(const std::int64_t version, db.query_int("PRAGMA user_version"));
  if (version == 0) {
    return fail(ErrorKind::stop, "ledger-unfinished",
                "The ledger was never finished: its creation was interrupted. It holds nothing; set the hub up again.");
  }
  return platform::migrate(db, sqlite::ledger_migrations());
}

}  // namespace

SqliteLedger::SqliteLedger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteLedger::~SqliteLedger() = default;

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::create(const SqliteLedgerOptions& options,
                                                           const platform::SecretKey& key, const NewLedger& fresh) {
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(fresh.schema_text));
  {
    HOLDLINE_ASSIGN(auto db,
                    platform::open_unfilled(options.file, key, options_for(options, options.writer_cache_kib)));
    HOLDLINE_TRY(fill(db, fresh, schema));
  }
  return open(options, key);
}

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::open(const SqliteLedgerOptions& options,
                                                         const platform::SecretKey& key) {
  HOLDLINE_ASSIGN(auto db, Database::open(options.file, key, options_for(options, options.writer_cache_kib)));
  HOLDLINE_TRY(prepare(db));
  auto impl = std::make_unique<Impl>();
  HOLDLINE_ASSIGN(auto versions, sqlite::load_schemas(db));
  impl->schemas.emplace(std::move(versions));
  {
    sqlite::Statements statements(db);
    HOLDLINE_ASSIGN(const std::string hub, sqlite::read_meta(statements, "hub"));
    HOLDLINE_ASSIGN(const std::string epoch, sqlite::read_meta(statements, "epoch"));
    const platform::MutexLock lock(impl->identity_mutex);
    HOLDLINE_ASSIGN(impl->identity.dictionary, sqlite::read_meta(statements, "dictionary"));
    HOLDLINE_ASSIGN(impl->identity.suppression_key, sqlite::read_meta(statements, "suppression-key"));
    HOLDLINE_ASSIGN(impl->identity.site_key, sqlite::read_meta(statements, "site-key"));
    impl->identity.hub = Id::from(hub);
    impl->identity.epoch = Id::from(epoch);
  }
  db.checkpoint_at(pages_at_most);
  HOLDLINE_ASSIGN(impl->writer, sqlite::Writer::make(std::move(db), *impl->schemas));
  const auto small = options_for(options, options.reader_cache_kib);
  auto reading = small;
  reading.pragmas.push_back({"query_only", "ON"});
  HOLDLINE_ASSIGN(auto asking, Database::open(options.file, key, reading));
  HOLDLINE_ASSIGN(auto changing, Database::open(options.file, key, small));
  impl->directory = std::make_unique<sqlite::Directory>(std::move(asking), std::move(changing));
  impl->readers = std::make_unique<sqlite::ReadPool>(options.file, key.clone(), reading, options.idle_readers);
  return std::unique_ptr<SqliteLedger>(new SqliteLedger(std::move(impl)));
}

LedgerIdentity SqliteLedger::identity() const {
  const platform::MutexLock lock(impl_->identity_mutex);
  return impl_->identity;
}

Id SqliteLedger::epoch() const {
  const platform::MutexLock lock(impl_->identity_mutex);
  return impl_->identity.epoch;
}

Result<Id> SqliteLedger::change_epoch(const Id& current, const Id& next) {
  const platform::MutexLock one_at_a_time(impl_->epoch_mutex);
  HOLDLINE_ASSIGN(const Id holds, impl_->written(impl_->directory->change_epoch(current, next)));
  const platform::MutexLock lock(
      impl_->identity_mutex);  // not before: the change may wait for the file, who asks does not
  impl_->identity.epoch = holds;
  return holds;
}

const sync::Schema& SqliteLedger::schema() const { return impl_->schemas->present(); }

std::shared_ptr<const sync::SchemaVersions> SqliteLedger::schemas() const { return impl_->schemas->all(); }

Result<std::vector<KeptSchema>> SqliteLedger::kept_schemas() {
  HOLDLINE_ASSIGN(auto connection, impl_->readers->take());
  HOLDLINE_ASSIGN(auto kept, sqlite::read_kept(connection->statements));
  impl_->readers->give_back(std::move(connection));
  return kept;
}

Result<std::vector<sync::SchemaName>> SqliteLedger::awaited_schemas() {
  HOLDLINE_ASSIGN(auto connection, impl_->readers->take());
  HOLDLINE_ASSIGN(auto awaited, sqlite::read_awaited(connection->statements));
  impl_->readers->give_back(std::move(connection));
  return awaited;
}

Result<void> SqliteLedger::add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t now_ms) {
  return impl_->written(impl_->writer->add_schema(std::move(schema), now_ms));
}

Result<std::unique_ptr<LedgerTransaction>> SqliteLedger::begin() { return impl_->writer->begin(); }

Result<std::unique_ptr<LedgerReader>> SqliteLedger::reader() {
  return sqlite::Reader::open(*impl_->readers, *impl_->schemas);
}

Result<void> SqliteLedger::prove_writes(std::string_view mark) {
  HOLDLINE_TRY(impl_->written(impl_->writer->put_mark(mark)));
  HOLDLINE_ASSIGN(auto connection, impl_->readers->take());
  HOLDLINE_ASSIGN(const std::string there, sqlite::read_meta(connection->statements, sqlite::write_mark));
  impl_->readers->give_back(std::move(connection));
  if (there == mark) return {};
  return fail(ErrorKind::stop, "write-not-read-back",
              "The ledger does not have what was just written to it. Have the disk checked, and start the hub again.");
}

Result<void> SqliteLedger::add_code(const EnrollCode& code) { return impl_->written(impl_->directory->add_code(code)); }

Result<std::optional<EnrollCode>> SqliteLedger::code(const sync::Hash& hash) { return impl_->directory->code(hash); }
Result<Device> SqliteLedger::enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms) {
  return impl_->written(impl_->directory->enroll(code, device, now_ms));
}
Result<bool> SqliteLedger::change_certificates(const Id& device, const DeviceCertificates& from,
                                               const DeviceCertificates& to) {
  return impl_->written(impl_->directory->change_certificates(device, from, to));
}
Result<void> SqliteLedger::add_device(const Device& device) {
  return impl_->written(impl_->directory->add_device(device));
}
Result<void> SqliteLedger::note_outbox_loss(const Id& device, std::int64_t lost_ms) {
  return impl_->written(impl_->directory->note_outbox_loss(device, lost_ms));
}

Result<std::optional<Device>> SqliteLedger::device(const Id& id) { return impl_->directory->device(id); }

Result<std::vector<Device>> SqliteLedger::devices() { return impl_->directory->devices(); }

Result<void> SqliteLedger::put_person(const Person& person) {
  return impl_->written(impl_->directory->put_person(person));
}

Result<std::vector<Person>> SqliteLedger::people(std::span<const std::string> scopes) {
  return impl_->directory->people(scopes);
}

Result<std::optional<Person>> SqliteLedger::person(const Id& id) { return impl_->directory->person(id); }

Result<std::optional<sync::ReferenceBlock>> SqliteLedger::reference_block(const Id& device, const Id& incarnation,
                                                                          std::int64_t now_ms) {
  return impl_->written(impl_->directory->reference_block(device, incarnation, now_ms));
}

Result<void> SqliteLedger::put_device(const Device& device) {
  return impl_->written(impl_->directory->put_device(device));
}

std::uint64_t SqliteLedger::directory_version() const { return impl_->directory->version(); }

News SqliteLedger::news(const Id& device, const std::vector<std::string>& scopes) const {
  return impl_->writer->news().of(device, scopes);
}

Result<std::vector<Person>> SqliteLedger::all_people() { return impl_->directory->people(std::nullopt); }

Result<void> SqliteLedger::add_claim(const PersonClaim& claim) {
  return impl_->written(impl_->directory->add_claim(claim));
}

Result<std::vector<PersonClaim>> SqliteLedger::claims() { return impl_->directory->claims(); }

Result<void> SqliteLedger::add_scope(std::string_view scope) {
  return impl_->written(impl_->directory->add_scope(scope));
}

Result<void> SqliteLedger::drop_claims(const Id& person) {
  return impl_->written(impl_->directory->drop_claims(person));
}

Result<void> SqliteLedger::keep_device_reports(std::span<const DeviceReport> reports) {
  return impl_->written(impl_->directory->keep_reports(reports));
}

Result<std::vector<DeviceReport>> SqliteLedger::device_reports() { return impl_->directory->reports(); }

Result<bool> SqliteLedger::compact_feed(ChangeNumber cn, std::size_t rows) {
  return impl_->written(impl_->writer->compact_feed(cn, rows));
}

Result<void> SqliteLedger::check_digests() {
  HOLDLINE_ASSIGN(auto connection, impl_->readers->take());
  HOLDLINE_TRY(
      sqlite::check_digests(connection->db, connection->statements, connection->scopes, impl_->schemas->present()));
  impl_->readers->give_back(std::move(connection));
  return {};
}

bool SqliteLedger::upkeep_due() const { return impl_->writer->database().log_pages() >= pages_of_upkeep; }

Result<void> SqliteLedger::upkeep() { return impl_->written(impl_->writer->database().checkpoint()); }

Result<void> SqliteLedger::checkpoint() { return impl_->written(impl_->writer->database().checkpoint_truncate()); }

}  // namespace holdline::hub
