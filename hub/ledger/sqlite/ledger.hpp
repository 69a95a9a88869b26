// The ledger on encrypted SQLite: one file, one process, checked when it is opened. The program holds the lock of its
// directory (platform DirectoryLock) while a SqliteLedger lives.
//
// Threads: begin() and its transaction belong to one thread at a time. Readers may be taken and used from any thread,
// each by one at a time. Everything else may be called from any thread. What changes something waits while a
// transaction is open, so a thread that holds one may only ask.
#pragma once

#include <filesystem>
#include <memory>

#include "hub/ledger/ledger.hpp"
#include "platform/database/database.hpp"

namespace holdline::hub {

struct SqliteLedgerOptions {
  std::filesystem::path file;
  std::string vfs_name;  // empty: the operating system's
  std::int64_t writer_cache_kib = 64 * 1024;
  std::int64_t reader_cache_kib = 16 * 1024;  // per pooled reader connection
  std::size_t idle_readers = 4;               // connections kept open for the next reader
};

// What a new ledger is made of. The ids are drawn by the caller.
struct NewLedger {
  Id hub;
  Id epoch;
  std::string schema_text;
  sync::Bytes dictionary;
};

class SqliteLedger final : public Ledger {
 public:
  // A file that exists is the error database-exists. When it returns, the empty ledger is durable.
  static Result<std::unique_ptr<SqliteLedger>> create(const SqliteLedgerOptions&, const platform::SecretKey&,
                                                      const NewLedger&);
  // A missing file is the error database-missing, never a first run. Checks the structure of the whole file and
  // empties the write-ahead log first; when either fails nothing may be acknowledged, and this fails.
  static Result<std::unique_ptr<SqliteLedger>> open(const SqliteLedgerOptions&, const platform::SecretKey&);
  ~SqliteLedger() override;

  LedgerIdentity identity() const override;
  Id epoch() const override;
  Result<Id> change_epoch(const Id& current, const Id& next) override;
  const sync::Schema& schema() const override;
  std::shared_ptr<const sync::SchemaVersions> schemas() const override;
  Result<std::vector<KeptSchema>> kept_schemas() override;
  Result<std::vector<sync::SchemaName>> awaited_schemas() override;
  Result<void> add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t now_ms) override;

  // After a commit whose outcome is unknown (io-error): stop "ledger-needs-reopen". A second transaction while one is
  // open is a bug and throws.
  Result<std::unique_ptr<LedgerTransaction>> begin() override;
  // Moves the write-ahead log into the file when it has grown: a few milliseconds' worth of pages.
  bool upkeep_due() const override;
  Result<void> upkeep() override;
  Result<std::unique_ptr<LedgerReader>> reader() override;
  Result<void> prove_writes(std::string_view mark) override;

  Result<void> add_code(const EnrollCode& code) override;
  Result<std::optional<EnrollCode>> code(const sync::Hash& hash) override;
  Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t now_ms) override;
  Result<bool> change_certificates(const Id& device, const DeviceCertificates& from,
                                   const DeviceCertificates& to) override;
  Result<void> add_device(const Device& device) override;
  Result<void> note_outbox_loss(const Id& device, std::int64_t lost_ms) override;
  Result<std::optional<Device>> device(const Id&) override;
  Result<std::vector<Device>> devices() override;
  Result<void> put_person(const Person& person) override;
  Result<std::vector<Person>> people(std::span<const std::string> scopes) override;
  Result<std::optional<Person>> person(const Id&) override;
  Result<std::optional<sync::ReferenceBlock>> reference_block(const Id& device, const Id& incarnation,
                                                              std::int64_t now_ms) override;
  Result<void> put_device(const Device& device) override;
  std::uint64_t directory_version() const override;
  News news(const Id& device, const std::vector<std::string>& scopes) const override;
  Result<std::vector<Person>> all_people() override;
  Result<void> add_claim(const PersonClaim& claim) override;
  Result<std::vector<PersonClaim>> claims() override;
  Result<void> drop_claims(const Id& person) override;
  Result<void> keep_device_reports(std::span<const DeviceReport> reports) override;
  Result<std::vector<DeviceReport>> device_reports() override;
  Result<void> add_scope(std::string_view scope) override;

  // Forgets changes at and below `cn` (at most the head): cursors below it must bootstrap afterwards. Removes at most
  // about `rows` feed rows per transaction, so that writers between two calls wait little; true when all is done. The
  // caller knows which cursors and snapshots are live. On the thread of begin(), outside a transaction.
  Result<bool> compact_feed(ChangeNumber cn, std::size_t rows);
  // Recomputes every digest from the rows and compares it with the kept one: stop "digest-mismatch" names what
  // differs. Reads the whole ledger through one snapshot.
  Result<void> check_digests();
  // Moves the write-ahead log into the file, for moments without work. database-busy while a reader holds a snapshot.
  Result<void> checkpoint();

 private:
  struct Impl;
  explicit SqliteLedger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::hub
