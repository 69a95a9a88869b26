// An encrypted SQLite file (SQLCipher). One connection is used by one thread; several connections to one file need
// one Database each. Nothing here starts threads or retries.
//
// Order of what makes a file safe to acknowledge from (also after any io-error, with a fresh Database):
// open, quick_check, check_wal, rewrite_wal, checkpoint_truncate; when one fails, do not write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/database/damage_probe.hpp"
#include "platform/database/statement.hpp"
#include "platform/os/secret.hpp"
#include "sync/base/result.hpp"

struct sqlite3;
struct sqlite3_file;

namespace holdline::platform {

enum class OpenMode {
  must_exist,  // a missing or empty file is the error database-missing, never a fresh start
  create_new,  // a file that holds anything, or a write-ahead log without its file, is the error database-exists
};

enum class Durability {
  full,    // WAL, synced at every commit: a commit that returned survives a power cut
  normal,  // WAL, synced at checkpoints: a power cut may undo the last commits, never tear one; for data fetched again
  none,  // no journal, no sync, exclusive: for a file built beside and published after it was synced; a crash voids it
};

enum class Locking {
  shared,     // several connections, also of other processes
  exclusive,  // this connection alone; needs no shared memory, so it also works on a VFS that has none
};

struct Pragma {
  std::string name;
  std::string value;
};

// The settings of a connection, in the order they must be given. `cache_kib`: pages kept decrypted; below what a search
// touches, every query decrypts again (8 times slower at 2 MiB than at 64 MiB).
std::vector<Pragma> pragmas_for(Durability durability, std::int64_t cache_kib = 16 * 1024);

struct DatabaseOptions {
  OpenMode mode = OpenMode::must_exist;
  Locking locking = Locking::shared;
  std::string vfs_name;  // a registered sqlite3_vfs; empty: the operating system's
  std::vector<Pragma> pragmas = pragmas_for(Durability::full);
  // Where the file or its disk cannot be written it is opened for reading, instead of the error read-only-disk: for
  // what must be readable then, too. Not with a VFS of its own. See Database::is_read_only().
  bool or_read = false;
};

class Database {
 public:
  // Opens with a raw key (no derivation: 0.1 ms, not 140) and proves that key and first page fit. A new file is made
  // with mode 0600. Errors: error.hpp, and "no-cipher" when the SQLite at hand cannot encrypt. The file is
  // not changed by a failed open with must_exist.
  static Result<Database> open(const std::filesystem::path& path, const SecretKey& key,
                               const DatabaseOptions& options = {});

  // Opened with `or_read` where nothing can be written: every write fails with read-only-disk. What is read is what was
  // there when it was opened, for nothing is locked: nobody else may write to the file.
  bool is_read_only() const { return read_only_; }

  // Prepares for many runs. The text is part of the program; values are always bound.
  Result<Statement> prepare(std::string_view sql);
  // Runs any number of statements without values and without looking at rows. For schema and rare commands.
  Result<void> exec(const char* sql);
  // The first column of the first row, 0 when there is none.
  Result<std::int64_t> query_int(std::string_view sql);

  // Structure and page authentication of the whole file; reads all of it. Not freshness: an older page passes.
  Result<void> quick_check();
  // Also that every index has exactly the rows of its table: a page that is older than its neighbours passes every
  // other check. Reads the whole file, from the disk. Error "database-corrupt".
  Result<void> full_check();
  // The log says all that was committed: error "database-corrupt" when a part of it was damaged after it was synced,
  // which SQLite would take for a commit that was never finished (wal_check.hpp). For Durability::full only.
  Result<void> check_wal();
  // Writes the log's own bytes again and syncs them. Before the first checkpoint after an error or a restart: a failed
  // sync leaves pages that read well but that no later sync writes, and a checkpoint made from them, cut short by a
  // power failure, would meet a log that lacks them. The connection must be the only one.
  Result<void> rewrite_wal();
  // Whether closing leaves log and main file as they are, instead of emptying the one into the other: for a file that
  // is not to be trusted.
  void keep_log_on_close(bool keep);
  // Success: every commit is in the main file and synced, and the log has length 0. A reader in the way is the error
  // database-busy.
  Result<void> checkpoint_truncate();
  // In place of wal_autocheckpoint, which counts for all connections alike and cannot be asked: a commit of this one
  // empties the log itself only when it has so many pages; before that it is left to checkpoint().
  void checkpoint_at(int pages);
  // Pages of the log after the last commit; 0: none since the last checkpoint(). With checkpoint_at() only.
  int log_pages() const { return log_ ? log_->pages : 0; }
  // Success: what readers let go of is in the main file and synced; the next commit begins the log anew when that is
  // all. Never waits.
  Result<void> checkpoint();

  // Rows changed by the last INSERT, UPDATE or DELETE.
  std::int64_t changes() const;
  std::int64_t last_insert_rowid() const;
  bool in_transaction() const;
  // Gives cached pages back; the next query reads them again.
  void release_memory();

 private:
  friend class Transaction;
  struct Log {
    int pages = 0, most = 0;
  };
  struct Close {
    void operator()(sqlite3* db) const;
  };
  struct Control {  // prepared once, because a transaction must cost no parsing
    Statement begin, commit, rollback;
  };

  explicit Database(sqlite3* db) : db_(db) {}
  static Result<Database> connect_to_read(const std::string& file);
  Result<void> unlock(const SecretKey& key);
  Result<void> prove_key(OpenMode mode);
  Error explain_unreadable(Error error) const;
  Result<void> apply(const std::vector<Pragma>& pragmas);
  Result<void> restrict_sql();
  Result<std::string> query_text(std::string_view sql);
  Result<void> check(std::string_view pragma);
  sqlite3_file* log_file() const;  // null: there is none

  std::unique_ptr<Log> log_;  // stays where it is: SQLite points to it
  std::unique_ptr<sqlite3, Close> db_;
  std::unique_ptr<DamageProbe> probe_;
  Control control_;
  bool read_only_ = false;
};

// BEGIN IMMEDIATE .. COMMIT. Without a commit that succeeded, the destructor rolls back. The Database must outlive it
// and stay where it is.
class Transaction {
 public:
  static Result<Transaction> begin(Database& db);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Success: durable as the connection's Durability says. After io-error nobody knows whether the commit is on the
  // disk: do not acknowledge, close, and open again as described at the top.
  Result<void> commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  void rollback();

  Database* db_;
};

struct Migration {
  std::int64_t number;  // 1, 2, 3 ... without holes
  const char* sql;
};

// Brings the file to the last migration, in one transaction; user_version is the number of the last one applied. A file
// with a higher number is left alone: error "database-newer".
Result<void> migrate(Database& db, std::span<const Migration> migrations);

}  // namespace holdline::platform
