#include "hub/ledger/sqlite/ledger.hpp"

#include <sys/stat.h>

#include <array>
#include <thread>

#include "hub/ledger/sqlite/directory.hpp"
#include "platform/database/database.hpp"
#include "tests/unit/hub/ledger/contract.hpp"
#include "tests/unit/hub/ledger/cuts.hpp"
#include "tests/unit/hub/ledger/histories.hpp"
#include "tests/unit/hub/ledger/parties.hpp"
#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LedgerContract, SqliteStore);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LedgerCuts, SqliteStore);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LedgerParties, SqliteStore);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LedgerHistories, SqliteStore);

Record ann(const sync::Schema& schema) { return customer(schema, 1, "acme/leeds", "marker-7f3a"); }

TEST(SqliteLedger, TellsAMissingFileFromAFirstRun) {
  platform::Scratch scratch;
  const SqliteLedgerOptions options{scratch / "ledger.db", {}};
  EXPECT_EQ(code_of(SqliteLedger::open(options, platform::key_of(1))), "database-missing");
  EXPECT_FALSE(std::filesystem::exists(options.file));
}

TEST(SqliteLedger, IsNeverCreatedOverAnotherOne) {
  SqliteStore store;
  store.close();
  const NewLedger fresh{id_of(3), id_of(4), schema_text(), ""};
  EXPECT_EQ(code_of(SqliteLedger::create(store.options(), platform::key_of(1), fresh)), "database-exists");
  store.reopen();
  EXPECT_EQ(store.ledger().identity().hub, id_of(1));
}

TEST(SqliteLedger, ACreationThatWasInterruptedIsNamedAndCanBeRepeated) {
  platform::Scratch scratch;
  const SqliteLedgerOptions options{scratch / "ledger.db", {}};
  {
    platform::DatabaseOptions fresh;
    fresh.mode = platform::OpenMode::create_new;
    ASSERT_TRUE(platform::Database::open(options.file, platform::key_of(1), fresh));
  }
  EXPECT_EQ(code_of(SqliteLedger::open(options, platform::key_of(1))), "ledger-unfinished");
  const NewLedger fresh{id_of(3), id_of(4), schema_text(), ""};
  EXPECT_EQ(code_of(SqliteLedger::create(options, platform::key_of(1), fresh)), "ok");
}

TEST(SqliteLedger, KeepsItsFilesPrivateAndEncrypted) {
  SqliteStore store;
  commit(store.ledger(), {{ann(store.ledger().schema())}});
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = store.file().string() + suffix;
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
    EXPECT_EQ(platform::contents(file).find("marker-7f3a"), std::string::npos) << file;
  }
}

TEST(SqliteLedger, FindsARowThatIsNotWhatWasWritten) {
  SqliteStore store;
  commit(store.ledger(), {{ann(store.ledger().schema())}});
  EXPECT_EQ(code_of(store.ledger().check_digests()), "ok");
  {
    auto db = platform::Database::open(store.file(), platform::key_of(1)).value();
    auto change = db.prepare("UPDATE c_customer SET body = ?").value();
    const auto other = sync::encode_body(*store.ledger().schema().collection(customer_no),
                                         customer(store.ledger().schema(), 1, "acme/leeds", "stale"));
    ASSERT_TRUE(change.run(platform::Blob{other}));
  }
  EXPECT_EQ(code_of(store.ledger().check_digests()), "digest-mismatch");
}

TEST(SqliteLedger, ForgetsOldChangesPieceByPieceAndSaysSoToOldCursors) {
  SqliteStore store;
  const auto& schema = store.ledger().schema();
  std::vector<Cursor> cursors{{}};
  for (std::uint64_t n = 1; n <= 20; ++n) {
    cursors.push_back(commit(store.ledger(), {{customer(schema, n, n % 2 == 0 ? "acme/leeds" : "acme/york", "x")}}));
  }
  int calls = 1;
  while (!store.ledger().compact_feed(12, 5).value()) ++calls;
  EXPECT_EQ(calls, 3);
  store.reopen();
  const std::vector<std::string> scopes{"acme/leeds", "acme/york"};
  const auto reader = store.ledger().reader().value();
  EXPECT_EQ(code_of(reader->cut(cursors[0], scopes, nurse, 100)), "log-too-short");
  EXPECT_EQ(code_of(reader->cut(cursors[11], scopes, nurse, 100)), "log-too-short");
  EXPECT_EQ(reader->cut(cursors[12], scopes, nurse, 100).value().changes.size(), 8u);
  EXPECT_EQ(reader->head().value(), cursors[20]);
  EXPECT_EQ(reader->rows(customer_no, scopes, Id{}, 100).value().size(), 20u);
}

TEST(SqliteLedger, AStartThatFailsLeavesFileAndLogAsTheyAre) {
  SqliteStore store;
  commit(store.ledger(), {{ann(store.ledger().schema())}});
  // What a crash leaves: the log with the last commits beside the file, here with a page that cannot be read.
  platform::Scratch crashed;
  const SqliteLedgerOptions options{crashed / "ledger.db", {}};
  const std::filesystem::path log = options.file.string() + "-wal";
  std::filesystem::copy_file(store.file().string() + "-wal", log);
  std::string bytes = platform::contents(store.file());
  bytes.at(bytes.size() - 100) ^= 1;
  platform::write_contents(options.file, bytes);
  const std::string log_before = platform::contents(log);
  ASSERT_GT(log_before.size(), 0u);

  EXPECT_EQ(code_of(SqliteLedger::open(options, platform::key_of(1))), "database-corrupt");

  EXPECT_TRUE(platform::contents(log) == log_before);
  EXPECT_TRUE(platform::contents(options.file) == bytes);
}

TEST(SqliteLedger, MovesItsLogIntoTheFile) {
  SqliteStore store;
  commit(store.ledger(), {{ann(store.ledger().schema())}});
  ASSERT_GT(std::filesystem::file_size(store.file().string() + "-wal"), 0u);
  ASSERT_TRUE(store.ledger().checkpoint());
  EXPECT_EQ(std::filesystem::file_size(store.file().string() + "-wal"), 0u);
}

TEST(SqliteLedger, SaysWhenItsLogHasGrownAndBeginsItAnew) {
  SqliteStore store;
  const auto size = [&] { return std::filesystem::file_size(store.file().string() + "-wal"); };
  const auto commit_one = [&](std::uint64_t n) {
    commit(store.ledger(), {{customer(store.ledger().schema(), n, "acme/leeds", std::string(3'000, 'x'))}});
  };
  std::uint64_t n = 1;
  for (; !store.ledger().upkeep_due() && n < 1'000; ++n) commit_one(n);
  EXPECT_GT(n, 10u) << "not after each commit";
  const auto grown = size();
  EXPECT_LT(grown, 2'000'000u);
  ASSERT_TRUE(store.ledger().upkeep());
  EXPECT_FALSE(store.ledger().upkeep_due());
  for (std::uint64_t more = 0; more < 5; ++more) commit_one(n + more);
  EXPECT_EQ(size(), grown) << "written over from its beginning";
  EXPECT_FALSE(store.ledger().upkeep_due());
}

// Directory guards itself by a mutex; this is about the statement, which must hold between connections.
TEST(SqliteLedger, ACodeIsUsedOnceAlsoBetweenTwoConnections) {
  SqliteStore store;
  store.close();
  const auto connect = [&] { return platform::Database::open(store.file(), platform::key_of(1)).value(); };
  sqlite::Directory one(connect(), connect()), two(connect(), connect());
  for (int round = 0; round < 20; ++round) {
    const auto hash = sync::sha256(std::to_string(round));
    ASSERT_TRUE(one.add_code({hash, "desk", {"acme/leeds"}, desk, 1000}));
    std::array<std::string, 2> codes;
    const auto use = [&](sqlite::Directory& directory, std::size_t i) {
      Device device;
      device.id = id_of(static_cast<std::uint64_t>(round) * 2 + i);
      codes[i] = code_of(directory.enroll(hash, device, 1));
    };
    { std::jthread first(use, std::ref(one), 0), second(use, std::ref(two), 1); }
    std::sort(codes.begin(), codes.end());
    EXPECT_EQ(codes, (std::array<std::string, 2>{"code-used", "ok"}));
  }
}

}  // namespace
}  // namespace holdline::hub::testing
