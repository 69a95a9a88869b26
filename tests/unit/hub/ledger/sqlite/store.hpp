// A SQLite ledger in a directory of its own, for tests.
#pragma once

#include "hub/ledger/sqlite/ledger.hpp"
#include "tests/unit/hub/ledger/world.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {

class SqliteStore {
 public:
  explicit SqliteStore(const std::string& schema = schema_text()) {
    NewLedger fresh{id_of(1), id_of(2), schema, "dictionary"};
    take(SqliteLedger::create(options(), platform::key_of(1), fresh));
  }

  SqliteLedger& ledger() { return *ledger_; }
  void close() { ledger_.reset(); }
  void reopen() {
    close();
    take(SqliteLedger::open(options(), platform::key_of(1)));
  }
  void copy_aside() {
    close();
    std::filesystem::copy_file(file(), scratch_ / "copy.db");
    reopen();
  }
  void put_back() {
    close();
    std::filesystem::remove(file().string() + "-wal");
    std::filesystem::remove(file().string() + "-shm");
    std::filesystem::copy_file(scratch_ / "copy.db", file(), std::filesystem::copy_options::overwrite_existing);
    reopen();
  }
  std::filesystem::path file() const { return scratch_ / "ledger.db"; }
  SqliteLedgerOptions options() const { return {file(), {}}; }

 private:
  void take(Result<std::unique_ptr<SqliteLedger>> made) {
    if (!made) throw std::runtime_error(made.error().code + ": " + made.error().message);
    ledger_ = *std::move(made);
  }

  platform::Scratch scratch_;
  std::unique_ptr<SqliteLedger> ledger_;
};

}  // namespace holdline::hub::testing
