#include "platform/database/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <climits>
#include <stdexcept>

#include "platform/database/error.hpp"
#include "platform/database/wal_check.hpp"

namespace holdline::platform {

void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Result<Statement> Database::prepare(std::string_view sql) {
  if (sql.size() > INT_MAX) throw std::logic_error("SQL text too long");
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                    &statement, nullptr);
  if (rc == SQLITE_OK) return Statement(statement, probe_.get());
  Error error = database_error(db_.get(), rc, "prepare a query");
  // The text is the program's own, so what SQLite says about it holds nobody's data.
  if (rc == SQLITE_ERROR) error.message.append(": ").append(sqlite3_errmsg(db_.get()));
  return tl::unexpected<Error>(std::move(error));
}

Result<void> Database::exec(const char* sql) {
  const int rc = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) return {};
  return tl::unexpected<Error>(database_error(db_.get(), rc, "use the database"));
}

Result<std::int64_t> Database::query_int(std::string_view sql) {
  HOLDLINE_ASSIGN(auto statement, prepare(sql));
  auto rows = statement.rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? rows.i64(0) : 0;
}

Result<std::string> Database::query_text(std::string_view sql) {
  HOLDLINE_ASSIGN(auto statement, prepare(sql));
  auto rows = statement.rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? std::string(rows.text(0)) : std::string();
}

Result<void> Database::quick_check() { return check("PRAGMA quick_check(1)"); }

Result<void> Database::full_check() {
  release_memory();
  return check("PRAGMA integrity_check(1)");
}

Result<void> Database::check(std::string_view pragma) {
  const auto answer = query_text(pragma);
  if (answer && *answer == "ok") return {};
  if (!answer && answer.error().code != "database-corrupt") return tl::unexpected<Error>(answer.error());
  return tl::unexpected<Error>(
      database_error(db_.get(), SQLITE_CORRUPT, std::string("check ") + sqlite3_db_filename(db_.get(), "main")));
}

sqlite3_file* Database::log_file() const {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  return log != nullptr && log->pMethods != nullptr ? log : nullptr;
}

Result<void> Database::check_wal() {
  sqlite3_file* const log = log_file();
  if (log == nullptr) return {};
  const auto failed = [this](int rc) { return tl::unexpected<Error>(database_error(db_.get(), rc, "check the log")); };
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  sqlite3_int64 size = 0, file_size = 0;
  if (const int rc = log->pMethods->xFileSize(log, &size); rc != SQLITE_OK) return failed(rc);
  if (const int rc = file->pMethods->xFileSize(file, &file_size); rc != SQLITE_OK) return failed(rc);
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> into) -> Result<void> {
    const int rc =
        log->pMethods->xRead(log, into.data(), static_cast<int>(into.size()), static_cast<sqlite3_int64>(offset));
    if (rc != SQLITE_OK) return failed(rc);
    return {};
  };
  HOLDLINE_ASSIGN(const bool damaged,
                  wal_is_damaged(static_cast<std::uint64_t>(size), static_cast<std::uint64_t>(file_size), read));
  if (!damaged) return {};
  return fail(ErrorKind::stop, "database-corrupt",
              "The write-ahead log is damaged, so the last commits may be missing. Nothing was changed; keep the file "
              "and its log, and restore a backup or ask for a repair.");
}

Result<void> Database::rewrite_wal() {
  sqlite3_file* const log = log_file();
  if (log == nullptr) return {};
  sqlite3_int64 size = 0;
  int rc = log->pMethods->xFileSize(log, &size);
  std::array<char, 65536> piece{};
  for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size;) {
    const auto n = static_cast<int>(std::min<sqlite3_int64>(size - at, piece.size()));
    rc = log->pMethods->xRead(log, piece.data(), n, at);
    if (rc == SQLITE_OK) rc = log->pMethods->xWrite(log, piece.data(), n, at);
    at += n;
  }
  if (rc == SQLITE_OK && size > 0) rc = log->pMethods->xSync(log, SQLITE_SYNC_FULL);
  if (rc == SQLITE_OK) return {};
  return tl::unexpected<Error>(database_error(db_.get(), rc, "write the log again"));
}

void Database::keep_log_on_close(bool keep) {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Result<void> Database::checkpoint_truncate() {
  int left = 0;
  const int rc = sqlite3_wal_checkpoint_v2(db_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, &left, nullptr);
  if (rc != SQLITE_OK) return tl::unexpected<Error>(database_error(db_.get(), rc, "empty the write-ahead log"));
  // SQLite finds no log when it cannot read the file, and keeps the reason to itself.
  if (left < 0) HOLDLINE_TRY(exec("SELECT count(*) FROM sqlite_schema"));
  sqlite3_int64 size = 0;
  if (sqlite3_file* const log = log_file(); log != nullptr) {
    const int size_rc = log->pMethods->xFileSize(log, &size);
    if (size_rc != SQLITE_OK) return tl::unexpected<Error>(database_error(db_.get(), size_rc, "measure the log"));
  }
  if (left == 0 && size == 0) return {};
  return fail(
      ErrorKind::stop, "io-error",
      "The write-ahead log was not emptied, so commits may be missing from the main file. Restart the service.");
}

void Database::checkpoint_at(int pages) {
  if (!log_) log_ = std::make_unique<Log>();
  log_->most = pages;
  const auto committed = [](void* log, sqlite3* db, const char* name, int now) {
    auto& told = *static_cast<Log*>(log);
    told.pages = now;
    // As wal_autocheckpoint: what fails here is tried again.
    if (now >= told.most) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_.get(), committed, log_.get());
}

Result<void> Database::checkpoint() {
  const int rc = sqlite3_wal_checkpoint_v2(db_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (log_) log_->pages = 0;
  if (rc == SQLITE_OK || rc == SQLITE_BUSY) return {};
  return tl::unexpected<Error>(database_error(db_.get(), rc, "move the write-ahead log into the main file"));
}

std::int64_t Database::changes() const { return sqlite3_changes64(db_.get()); }

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(db_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

void Database::release_memory() { sqlite3_db_release_memory(db_.get()); }

Result<Transaction> Transaction::begin(Database& db) {
  HOLDLINE_TRY(db.control_.begin.run());
  return Transaction(db);
}

Transaction::~Transaction() { rollback(); }

Result<void> Transaction::commit() {
  if (db_ == nullptr) throw std::logic_error("transaction committed twice");
  // Some errors end the transaction by themselves. COMMIT outside one would be an error of its own, hiding the first.
  if (!db_->in_transaction()) {
    db_ = nullptr;
    return fail(ErrorKind::stop, "database-error",
                "The transaction was undone by an earlier error; nothing was saved.");
  }
  auto result = db_->control_.commit.run();
  if (!result) rollback();
  db_ = nullptr;
  return result;
}

void Transaction::rollback() {
  if (db_ == nullptr || !db_->in_transaction()) return;
  // It fails only when the connection is unusable, and then the file still has no trace of the transaction.
  static_cast<void>(db_->control_.rollback.run());
}

Result<void> migrate(Database& db, std::span<const Migration> migrations) {
  const auto known = static_cast<std::int64_t>(migrations.size());
  for (std::int64_t i = 0; i < known; ++i) {
    if (migrations[static_cast<std::size_t>(i)].number != i + 1)
      throw std::logic_error("migrations are not 1, 2, 3 ...");
  }
  HOLDLINE_ASSIGN(const std::int64_t current, db.query_int("PRAGMA user_version"));
  if (current == known) return {};
  if (current > known || current < 0) {
    return fail(ErrorKind::stop, "database-newer",
                "The database was written by a newer version of this program (format " + std::to_string(current) +
                    "; this one knows up to " + std::to_string(known) +
                    "). Install that version again. The file was not changed.");
  }
  HOLDLINE_ASSIGN(auto transaction, Transaction::begin(db));
  for (const auto& migration : migrations.subspan(static_cast<std::size_t>(current))) {
    HOLDLINE_TRY(db.exec(migration.sql));
  }
  HOLDLINE_TRY(db.exec(("PRAGMA user_version=" + std::to_string(known)).c_str()));
  return transaction.commit();
}

}  // namespace holdline::platform
