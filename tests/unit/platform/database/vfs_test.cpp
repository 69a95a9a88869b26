// What the database asks of the operating system, seen through a VFS that counts and fails.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>
#include <map>
#include <optional>

#include "platform/database/database.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

// The operating system's VFS under another name; its functions get the original, which they were made for.
class WatchedVfs {
 public:
  explicit WatchedVfs(bool shared_memory = true) : vfs_(*real()), shared_memory_(shared_memory) {
    vfs_.zName = "watched";
    vfs_.pNext = nullptr;
    vfs_.xOpen = &open;
    sqlite3_vfs_register(&vfs_, 0);
    active_ = this;
  }
  ~WatchedVfs() {
    sqlite3_vfs_unregister(&vfs_);
    active_ = nullptr;
  }
  WatchedVfs(const WatchedVfs&) = delete;
  WatchedVfs& operator=(const WatchedVfs&) = delete;

  int temporary_files = 0;
  int syncs = 0;
  bool fail_sync = false;
  std::optional<sqlite3_int64> bad_sector;  // what touches this byte of a database cannot be read

 private:
  static sqlite3_vfs* real() { return sqlite3_vfs_find(nullptr); }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    if (name == nullptr) ++active_->temporary_files;
    const int rc = real()->xOpen(real(), name, file, flags, out_flags);
    if (rc == SQLITE_OK) file->pMethods = active_->watched_methods(file->pMethods);
    return rc;
  }

  // The operating system has one table of functions for files that are locked and one for those that are not.
  const sqlite3_io_methods* watched_methods(const sqlite3_io_methods* original) {
    const auto [entry, added] = methods_.try_emplace(original, *original);
    if (added) {
      real_sync_ = original->xSync;
      entry->second.xSync = &sync;
      real_read_ = original->xRead;
      entry->second.xRead = &read;
      real_control_ = original->xFileControl;
      entry->second.xFileControl = &control;
      if (!shared_memory_) entry->second.iVersion = 1;
    }
    return &entry->second;
  }

  static int sync(sqlite3_file* file, int flags) {
    ++active_->syncs;
    return active_->fail_sync ? SQLITE_IOERR_FSYNC : active_->real_sync_(file, flags);
  }

  // What SQLite's own VFS makes of EIO.
  static int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
    const auto bad = active_->bad_sector;
    if (!bad || *bad < offset || *bad >= offset + count) return active_->real_read_(file, into, count, offset);
    active_->met_bad_sector_ = true;
    return SQLITE_IOERR_CORRUPTFS;
  }

  static int control(sqlite3_file* file, int what, void* answer) {
    if (what != SQLITE_FCNTL_LAST_ERRNO || !active_->met_bad_sector_) return active_->real_control_(file, what, answer);
    *static_cast<int*>(answer) = EIO;
    return SQLITE_OK;
  }

  static inline WatchedVfs* active_ = nullptr;  // SQLite hands a file's functions the file only
  sqlite3_vfs vfs_;
  bool shared_memory_;
  std::map<const sqlite3_io_methods*, sqlite3_io_methods> methods_;
  int (*real_sync_)(sqlite3_file*, int) = nullptr;
  int (*real_read_)(sqlite3_file*, void*, int, sqlite3_int64) = nullptr;
  int (*real_control_)(sqlite3_file*, int, void*) = nullptr;
  bool met_bad_sector_ = false;
};

DatabaseOptions watched() {
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  options.vfs_name = "watched";
  return options;
}

void set(DatabaseOptions& options, std::string_view name, std::string value) {
  for (auto& pragma : options.pragmas) {
    if (pragma.name == name) pragma.value = value;
  }
}

// Sorts and keeps more than the cache holds, which is written to temporary files when those are allowed.
Result<void> spill(Database& db) {
  return db.exec(
      "CREATE TABLE t(a TEXT);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
      " INSERT INTO t SELECT hex(randomblob(100)) FROM n;"
      "CREATE TEMP TABLE kept AS SELECT a FROM t ORDER BY a;"
      "CREATE INDEX t_a ON t(a)");
}

TEST(DatabaseVfs, SortsAndTemporaryTablesNeverLeaveMemory) {
  WatchedVfs vfs;
  Scratch scratch;
  DatabaseOptions options = watched();
  set(options, "cache_size", "-100");
  {
    auto db = Database::open(scratch / "a.db", key_of(1), options);
    ASSERT_TRUE(db) << db.error().message;
    const auto spilled = spill(*db);
    ASSERT_TRUE(spilled) << spilled.error().message;
  }
  EXPECT_EQ(vfs.temporary_files, 0);

  set(options, "temp_store", "FILE");
  auto db = Database::open(scratch / "b.db", key_of(1), options);
  ASSERT_TRUE(spill(*db));
  EXPECT_GT(vfs.temporary_files, 0) << "without the setting they would, so the check above can fail";
}

TEST(DatabaseVfs, ACommitWhoseSyncFailedIsNotASuccess) {
  WatchedVfs vfs;
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), watched());
  ASSERT_TRUE(db->exec("CREATE TABLE t(a)"));
  auto transaction = Transaction::begin(*db);
  ASSERT_TRUE(db->exec("INSERT INTO t VALUES (1)"));
  vfs.fail_sync = true;
  const auto committed = transaction->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(code_of(committed), "io-error");
  EXPECT_EQ(committed.error().kind, ErrorKind::stop);
  EXPECT_FALSE(db->in_transaction());
  EXPECT_FALSE(db->checkpoint_truncate()) << "nothing may be acknowledged while the disk fails";
  vfs.fail_sync = false;
}

// SQLite itself calls it damage in the middle of a statement and an error of the disk elsewhere. A backup is not what
// helps against a bad sector, nor a repair.
TEST(DatabaseVfs, APageThatTheDiskCannotReadIsAlwaysCalledSo) {
  Scratch scratch;
  const auto path = scratch / "a.db";
  constexpr sqlite3_int64 page = 4096;
  DatabaseOptions options = watched();
  std::map<std::string, int> said;
  sqlite3_int64 pages = 1;
  for (sqlite3_int64 at = -1; at < pages; ++at) {
    WatchedVfs vfs;
    const auto use = [&]() -> Result<void> {
      HOLDLINE_ASSIGN(auto db, Database::open(path, key_of(1), options));
      if (at < 0)
        HOLDLINE_TRY(
            db.exec("CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                    "i < 20) INSERT INTO t SELECT randomblob(9000) FROM n"));
      HOLDLINE_TRY(db.exec("SELECT sum(length(hex(a))) FROM t"));
      return db.full_check();
    };
    if (at >= 0) vfs.bad_sector = at * page + 100;
    const auto used = use();
    if (at >= 0) ++said[code_of(used)];
    if (at >= 0 && used) ADD_FAILURE() << "page " << at << " was not read";
    options.mode = OpenMode::must_exist;
    pages = static_cast<sqlite3_int64>(std::filesystem::file_size(path)) / page;
  }
  EXPECT_GT(said["disk-unreadable"], 20);
  EXPECT_EQ(said.size(), 1u) << said.begin()->first;
}

TEST(DatabaseVfs, OnlyFullDurabilitySyncsEveryCommit) {
  WatchedVfs vfs;
  Scratch scratch;
  for (const auto& [durability, expected] : {std::pair{Durability::full, 10}, std::pair{Durability::normal, 0}}) {
    DatabaseOptions options = watched();
    options.pragmas = pragmas_for(durability);
    auto db = Database::open(scratch / ("db-" + std::to_string(expected)), key_of(1), options);
    ASSERT_TRUE(db->exec("CREATE TABLE t(a)"));
    const int before = vfs.syncs;
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(db->exec("INSERT INTO t VALUES (1)"));
    EXPECT_EQ(vfs.syncs - before, expected);
  }
}

TEST(DatabaseVfs, TellsAMissingFileOnAnyVfs) {
  WatchedVfs vfs;
  Scratch scratch;
  DatabaseOptions options = watched();
  options.mode = OpenMode::must_exist;
  EXPECT_EQ(code_of(Database::open(scratch / "a.db", key_of(1), options)), "database-missing");
}

TEST(DatabaseVfs, ExclusiveLockingNeedsNoSharedMemoryAlsoWhenReopening) {
  WatchedVfs vfs(false);
  Scratch scratch;
  DatabaseOptions options = watched();
  options.locking = Locking::exclusive;
  ASSERT_TRUE(Database::open(scratch / "a.db", key_of(1), options)->exec("CREATE TABLE t(a)"));
  options.mode = OpenMode::must_exist;
  {
    auto db = Database::open(scratch / "a.db", key_of(1), options);
    ASSERT_TRUE(db) << db.error().message;
    EXPECT_TRUE(db->exec("INSERT INTO t VALUES (1)"));
    EXPECT_TRUE(db->checkpoint_truncate());
    EXPECT_FALSE(std::filesystem::exists(scratch / "a.db-shm"));
  }
  options.locking = Locking::shared;
  EXPECT_FALSE(Database::open(scratch / "a.db", key_of(1), options)) << "shared locking needs shared memory";
}

}  // namespace
}  // namespace holdline::platform
