#include "platform/database/database.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>

#include "platform/database/error.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

DatabaseOptions fresh() {
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  return options;
}

// A closed database with one table and one marked row.
std::filesystem::path make_database(const Scratch& scratch) {
  const auto path = scratch / "outbox.db";
  auto db = Database::open(path, key_of(1), fresh());
  if (!db) throw std::runtime_error(db.error().message);
  EXPECT_TRUE(
      db->exec("CREATE TABLE entry(number INTEGER PRIMARY KEY, body TEXT) STRICT;"
               "INSERT INTO entry VALUES (1, 'marker-7f3a')"));
  return path;
}

std::string code_of_open(const std::filesystem::path& path, const SecretKey& key, const DatabaseOptions& options = {}) {
  auto db = Database::open(path, key, options);
  return db ? "ok" : db.error().code;
}

TEST(Database, ReopensWithItsKeyAndKeepsWhatWasCommitted) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  ASSERT_TRUE(db) << db.error().message;
  EXPECT_EQ(db->query_int("SELECT count(*) FROM entry WHERE body = 'marker-7f3a'").value(), 1);
  EXPECT_TRUE(db->quick_check());
}

TEST(Database, WritesNoPlaintextNotEvenTheHeader) {
  Scratch scratch;
  auto db = Database::open(scratch / "outbox.db", key_of(1), fresh());
  ASSERT_TRUE(db->exec("CREATE TABLE entry(body TEXT); INSERT INTO entry VALUES ('marker-7f3a')"));
  const std::string log = contents(scratch / "outbox.db-wal");
  ASSERT_GT(log.size(), 4096u);
  ASSERT_TRUE(db->checkpoint_truncate());
  const std::string file = contents(scratch / "outbox.db");
  EXPECT_NE(file.substr(0, 15), "SQLite format 3");
  EXPECT_EQ(file.find("marker-7f3a"), std::string::npos);
  EXPECT_EQ(log.find("marker-7f3a"), std::string::npos);
}

TEST(Database, CreatesFilesOnlyTheOwnerCanRead) {
  Scratch scratch;
  const mode_t before = ::umask(0);
  auto db = Database::open(scratch / "outbox.db", key_of(1), fresh());
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->exec("CREATE TABLE t(a)"));
  ::umask(before);
  for (const char* name : {"outbox.db", "outbox.db-wal", "outbox.db-shm"}) {
    struct stat info {};
    ASSERT_EQ(::stat((scratch / name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST(Database, RefusesAnotherKeyAndLeavesTheFileAlone) {
  Scratch scratch;
  const auto path = make_database(scratch);
  const std::string before = contents(path);
  EXPECT_EQ(code_of_open(path, key_of(2)), "wrong-key");
  EXPECT_EQ(contents(path), before);
}

TEST(Database, NamesTheFileThatItCannotRead) {
  Scratch scratch;
  const auto path = make_database(scratch);
  const auto wrong_key = Database::open(path, key_of(2));
  std::string bytes = contents(path);
  bytes[4096 + 100] = static_cast<char>(bytes[4096 + 100] ^ 1);
  write_contents(path, bytes);
  auto db = Database::open(path, key_of(1));
  ASSERT_TRUE(db) << db.error().message;
  const auto damaged = db->quick_check();

  ASSERT_FALSE(wrong_key || damaged);
  EXPECT_NE(wrong_key.error().message.find(path.string()), std::string::npos) << wrong_key.error().message;
  EXPECT_NE(damaged.error().message.find(path.string()), std::string::npos) << damaged.error().message;
}

TEST(Database, TellsAMissingFileFromAFirstRun) {
  Scratch scratch;
  EXPECT_EQ(code_of_open(scratch / "outbox.db", key_of(1)), "database-missing");
  EXPECT_FALSE(std::filesystem::exists(scratch / "outbox.db"));
}

TEST(Database, TellsAnEmptyFileFromAFirstRun) {
  Scratch scratch;
  write_contents(scratch / "outbox.db", "");
  EXPECT_EQ(code_of_open(scratch / "outbox.db", key_of(1)), "database-missing");
  EXPECT_EQ(std::filesystem::file_size(scratch / "outbox.db"), 0u);
  EXPECT_EQ(code_of_open(scratch / "outbox.db", key_of(1), fresh()), "ok");
}

TEST(Database, NeverCreatesOverAFileOrOverALogLeftBehind) {
  Scratch scratch;
  const auto path = make_database(scratch);
  EXPECT_EQ(code_of_open(path, key_of(1), fresh()), "database-exists");
  std::filesystem::remove(path);
  write_contents(path.string() + "-wal", "the only copy of some commits");
  EXPECT_EQ(code_of_open(path, key_of(1), fresh()), "database-exists");
  EXPECT_TRUE(std::filesystem::exists(path.string() + "-wal"));
}

TEST(Database, NamesAPlainSqliteFile) {
  Scratch scratch;
  std::string page(4096, '\0');
  page.replace(0, 16, std::string("SQLite format 3\0", 16));
  write_contents(scratch / "outbox.db", page);
  EXPECT_EQ(code_of_open(scratch / "outbox.db", key_of(1)), "database-not-encrypted");
}

TEST(Database, ReportsAFileCutInsideItsFirstPageAsCorruptNotAsAWrongKey) {
  Scratch scratch;
  const auto path = make_database(scratch);
  std::filesystem::resize_file(path, 1000);
  EXPECT_EQ(code_of_open(path, key_of(1)), "database-corrupt");
}

TEST(Database, QuickCheckFindsAFileThatLostItsLastPage) {
  Scratch scratch;
  const auto path = make_database(scratch);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4096);
  auto db = Database::open(path, key_of(1));
  const auto checked = db ? db->quick_check() : fail(std::move(db));
  ASSERT_FALSE(checked);
  EXPECT_EQ(code_of(checked), "database-corrupt");
  EXPECT_EQ(checked.error().kind, ErrorKind::stop);
}

TEST(Database, QuickCheckFindsAFlippedBit) {
  Scratch scratch;
  const auto path = make_database(scratch);
  std::string bytes = contents(path);
  bytes[4096 + 100] = static_cast<char>(bytes[4096 + 100] ^ 1);
  write_contents(path, bytes);
  auto db = Database::open(path, key_of(1));
  ASSERT_TRUE(db) << db.error().message;
  EXPECT_EQ(code_of(db->quick_check()), "database-corrupt");
}

TEST(Database, RefusesASymbolicLinkAsTheFileButNotAsItsDirectory) {
  Scratch scratch;
  const auto path = make_database(scratch);
  std::filesystem::create_symlink(path, scratch / "link.db");
  EXPECT_EQ(code_of_open(scratch / "link.db", key_of(1)), "io-error");
  std::filesystem::create_directory_symlink(scratch.path(), scratch / "state");
  EXPECT_EQ(code_of_open(scratch / "state" / "outbox.db", key_of(1)), "ok");
}

TEST(Database, RunsWithTheSettingsThatKeepDataSafe) {
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), fresh());
  EXPECT_EQ(db->query_int("PRAGMA synchronous").value(), 2);
  EXPECT_EQ(db->query_int("PRAGMA temp_store").value(), 2);
  EXPECT_EQ(db->query_int("PRAGMA auto_vacuum").value(), 0);
  EXPECT_EQ(db->query_int("PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(db->query_int("PRAGMA trusted_schema").value(), 0);
  EXPECT_EQ(db->query_int("PRAGMA page_size").value(), 4096);
  EXPECT_FALSE(db->exec("CREATE TABLE t(a); PRAGMA writable_schema=ON; DELETE FROM sqlite_schema"));
}

TEST(Database, BuildsAFileBesideWithoutAJournalThatReopensDurably) {
  Scratch scratch;
  DatabaseOptions options = fresh();
  options.locking = Locking::exclusive;
  options.pragmas = pragmas_for(Durability::none, 256 * 1024);
  {
    auto db = Database::open(scratch / "next.db", key_of(1), options);
    ASSERT_TRUE(db) << db.error().message;
    ASSERT_TRUE(db->exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)"));
    EXPECT_FALSE(std::filesystem::exists(scratch / "next.db-wal"));
    EXPECT_EQ(db->query_int("PRAGMA synchronous").value(), 0);
  }
  auto db = Database::open(scratch / "next.db", key_of(1));
  ASSERT_TRUE(db) << db.error().message;
  EXPECT_EQ(db->query_int("SELECT count(*) FROM t").value(), 1);
}

TEST(Database, RewritingTheLogLeavesItsBytesAsTheyWere) {
  Scratch scratch;
  const auto path = make_database(scratch);
  DatabaseOptions alone;
  alone.locking = Locking::exclusive;
  auto db = Database::open(path, key_of(1), alone);
  ASSERT_TRUE(db->exec("INSERT INTO entry VALUES (2, hex(zeroblob(100000)))"));
  const std::string log = contents(path.string() + "-wal");
  ASSERT_GT(log.size(), 65536u);
  ASSERT_TRUE(db->rewrite_wal());
  EXPECT_EQ(contents(path.string() + "-wal"), log);
  EXPECT_TRUE(db->checkpoint_truncate());
  EXPECT_EQ(db->query_int("SELECT length(body) FROM entry WHERE number = 2").value(), 200000);
}

TEST(Database, ClosingCanLeaveTheLogAlone) {
  Scratch scratch;
  const auto path = make_database(scratch);
  {
    auto db = Database::open(path, key_of(1));
    ASSERT_TRUE(db->exec("INSERT INTO entry VALUES (2, 'x')"));
    db->keep_log_on_close(true);
  }
  EXPECT_GT(std::filesystem::file_size(path.string() + "-wal"), 0u);
  auto db = Database::open(path, key_of(1));
  EXPECT_EQ(db->query_int("SELECT count(*) FROM entry").value(), 2);
}

TEST(Database, CheckpointEmptiesTheLogAndReportsAReaderInTheWay) {
  Scratch scratch;
  const auto path = make_database(scratch);
  DatabaseOptions impatient;
  for (auto& pragma : impatient.pragmas) {
    if (pragma.name == "busy_timeout") pragma.value = "0";
  }
  auto writer = Database::open(path, key_of(1), impatient);
  auto reader = Database::open(path, key_of(1), impatient);
  ASSERT_TRUE(reader->exec("BEGIN; SELECT count(*) FROM entry"));
  ASSERT_TRUE(writer->exec("INSERT INTO entry VALUES (2, 'x')"));
  const auto blocked = writer->checkpoint_truncate();
  ASSERT_FALSE(blocked);
  EXPECT_EQ(code_of(blocked), "database-busy");
  ASSERT_TRUE(reader->exec("COMMIT"));
  EXPECT_TRUE(writer->checkpoint_truncate());
  EXPECT_EQ(std::filesystem::file_size(path.string() + "-wal"), 0u);
}

TEST(Database, FullDiskRefusesTheWriteAndKeepsTheFileGood) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  // A file size limit stands in for a full disk: the write fails in the same place, for every user and file system.
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{256 * 1024, old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto written = db->exec("INSERT INTO entry VALUES (2, hex(randomblob(1000000)))");
  ::setrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, before);
  ASSERT_FALSE(written);
  EXPECT_EQ(code_of(written), "disk-full");
  EXPECT_EQ(written.error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(db->exec("INSERT INTO entry VALUES (3, 'after')"));
  EXPECT_EQ(db->query_int("SELECT sum(number) FROM entry").value(), 4);
  EXPECT_TRUE(db->quick_check());
}

TEST(DatabaseError, NeverRepeatsValues) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  auto statement = db->prepare("SELECT json_extract(?, '$.a')");
  auto rows = statement->rows("{ Anna Schmidt");
  const auto failed = rows.next();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message.find("Schmidt"), std::string::npos) << failed.error().message;
  auto repeated = db->prepare("INSERT INTO entry VALUES (?, ?)")->run(1, "Anna Schmidt");
  ASSERT_FALSE(repeated);
  EXPECT_EQ(code_of(repeated), "constraint");
  EXPECT_NE(repeated.error().message.find("entry.number"), std::string::npos);
  EXPECT_EQ(repeated.error().message.find("Schmidt"), std::string::npos);
}

TEST(Statement, BindsEveryTypeAndReadsItBack) {
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), fresh());
  ASSERT_TRUE(db->exec("CREATE TABLE t(i, r, x, b, n, e, o)"));
  auto insert = db->prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)");
  const std::string bytes("\0\xff", 2);
  ASSERT_TRUE(insert->run(std::int64_t{-7}, 0.5, std::string("Zoë"), Blob{bytes}, nullptr, Blob{{}},
                          std::optional<std::int64_t>()));
  auto select = db->prepare("SELECT i, r, x, b, n, e, o, typeof(b), typeof(e), typeof(x) FROM t WHERE i = ?");
  auto rows = select->rows(-7);
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.i64(0), -7);
  EXPECT_EQ(rows.real(1), 0.5);
  EXPECT_EQ(rows.text(2), "Zoë");
  EXPECT_EQ(rows.blob(3), bytes);
  EXPECT_TRUE(rows.is_null(4));
  EXPECT_FALSE(rows.is_null(5));
  EXPECT_EQ(rows.blob(5), "");
  EXPECT_TRUE(rows.is_null(6));
  EXPECT_EQ(rows.text(7), "blob");
  EXPECT_EQ(rows.text(8), "blob");
  EXPECT_EQ(rows.text(9), "text");
  EXPECT_FALSE(rows.next().value());
  EXPECT_FALSE(rows.next().value()) << "the end stays the end";
}

TEST(Statement, CanRunAgainAfterAnErrorAndAfterAnUnfinishedQuery) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  auto insert = db->prepare("INSERT INTO entry VALUES (?, ?)");
  EXPECT_FALSE(insert->run(1, "again"));
  EXPECT_TRUE(insert->run(2, "two"));
  auto select = db->prepare("SELECT number FROM entry ORDER BY number");
  { EXPECT_TRUE(select->rows().next().value()); }
  auto rows = select->rows();
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.i64(0), 1);
}

TEST(Statement, RefusesTheWrongNumberOfValues) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  auto insert = db->prepare("INSERT INTO entry VALUES (?, ?)");
  EXPECT_THROW(static_cast<void>(insert->run(5)), std::logic_error);
}

TEST(Transaction, RollsBackUnlessCommitted) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  {
    auto transaction = Transaction::begin(*db);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(db->exec("INSERT INTO entry VALUES (2, 'lost')"));
  }
  EXPECT_FALSE(db->in_transaction());
  auto transaction = Transaction::begin(*db);
  ASSERT_TRUE(db->exec("INSERT INTO entry VALUES (3, 'kept')"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(db->query_int("SELECT sum(number) FROM entry").value(), 4);
}

TEST(Transaction, SaysNothingWasSavedWhenAnErrorHadUndoneIt) {
  Scratch scratch;
  const auto path = make_database(scratch);
  auto db = Database::open(path, key_of(1));
  auto transaction = Transaction::begin(*db);
  ASSERT_FALSE(db->exec("INSERT OR ROLLBACK INTO entry VALUES (1, 'twice')"));
  EXPECT_FALSE(transaction->commit());
}

constexpr Migration first{1, "CREATE TABLE a(x)"};
constexpr Migration second{2, "CREATE TABLE b(x); INSERT INTO b VALUES (1)"};

TEST(Migrations, RunOnceEachAndInOrder) {
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), fresh());
  const std::array one{first};
  const std::array both{first, second};
  ASSERT_TRUE(migrate(*db, one));
  ASSERT_TRUE(migrate(*db, both));
  ASSERT_TRUE(migrate(*db, both));
  EXPECT_EQ(db->query_int("PRAGMA user_version").value(), 2);
  EXPECT_EQ(db->query_int("SELECT count(*) FROM b").value(), 1);
}

TEST(Migrations, LeaveTheFileAsItWasWhenOneFails) {
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), fresh());
  const std::array broken{first, Migration{2, "CREATE TABLE a(x)"}};
  EXPECT_FALSE(migrate(*db, broken));
  EXPECT_EQ(db->query_int("PRAGMA user_version").value(), 0);
  EXPECT_EQ(db->query_int("SELECT count(*) FROM sqlite_schema").value(), 0);
}

TEST(Migrations, RefuseAFileOfANewerProgram) {
  Scratch scratch;
  auto db = Database::open(scratch / "a.db", key_of(1), fresh());
  ASSERT_TRUE(db->exec("PRAGMA user_version=3"));
  const std::array both{first, second};
  const auto refused = migrate(*db, both);
  ASSERT_FALSE(refused);
  EXPECT_EQ(code_of(refused), "database-newer");
  EXPECT_NE(refused.error().message.find("format 3"), std::string::npos);
}

}  // namespace
}  // namespace holdline::platform
