// The versions of the schema in the ledger's file.
// Internal to hub/ledger/sqlite.
#pragma once

#include <memory>
#include <vector>

#include "hub/ledger/sqlite/tables.hpp"
#include "platform/os/mutex.hpp"
#include "sync/schema/versions.hpp"

namespace holdline::hub::sqlite {

// Those that are kept, shared by all connections. Thread-safe.
class Schemas {
 public:
  explicit Schemas(sync::SchemaVersions versions)
      : versions_(std::make_shared<const sync::SchemaVersions>(std::move(versions))) {}

  std::shared_ptr<const sync::SchemaVersions> all() const {
    const platform::MutexLock lock(mutex_);
    return versions_;
  }
  // What is present stays in memory, in this value and all later ones.
  const sync::Schema& present() const { return all()->present(); }
  void add(std::shared_ptr<const sync::Schema> schema) {
    const platform::MutexLock lock(mutex_);
    versions_ = std::make_shared<const sync::SchemaVersions>(versions_->with(std::move(schema)));
  }

  // Held while the file and this change together.
  platform::Mutex& changing() { return changing_; }

 private:
  mutable platform::Mutex mutex_;
  std::shared_ptr<const sync::SchemaVersions> versions_ HOLDLINE_GUARDED_BY(mutex_);
  platform::Mutex changing_;
};

// From a checked database. One that was written before versions were kept has its only one moved to them.
Result<sync::SchemaVersions> load_schemas(platform::Database& db);
Result<void> insert_schema(Statements& statements, std::uint32_t version, std::string_view text, std::int64_t now_ms);
// In the writer's transaction: tables of new collections, and the row itself.
Result<void> write_schema(platform::Database& db, Statements& statements, const sync::Schema& schema,
                          std::int64_t now_ms);
// The version that holds in this connection's snapshot.
Result<std::uint32_t> read_present(Statements& statements);
Result<std::vector<KeptSchema>> read_kept(Statements& statements);
Result<std::vector<sync::SchemaName>> read_awaited(Statements& statements);

// Which records have which values of unique fields (unique.cpp).
// Whether the table of them is of the fields that are unique in this schema.
Result<bool> has_unique(Statements& statements, const sync::Schema& schema);
// Makes it anew from the rows, for which it reads every row of the collections that have such fields. Inside a
// transaction.
Result<void> fill_unique(platform::Database& db, Statements& statements, const sync::Schema& schema);

}  // namespace holdline::hub::sqlite
