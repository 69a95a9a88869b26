// Damaged logs and interrupted ones, made from a real one.
#include "platform/log_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "platform/database.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

constexpr std::size_t header = 32, frame = 24 + 4096;

bool damaged(const std::string& log) {
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> into) -> Result<void> {
    std::copy_n(log.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  };
  return log_is_damaged(log.size(), read).value();
}

// The log of commits of one or two pages each; `earlier` generations of it were moved to the file before.
// `last_bytes`: of a row in one more commit.
std::string log_of_commits(int commits, bool earlier = false, int last_bytes = 0) {
  Scratch scratch;
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  options.locking = Locking::exclusive;
  auto db = Database::open(scratch / "a.db", key_of(1), options).value();
  EXPECT_TRUE(db.exec("CREATE TABLE t(a)"));
  EXPECT_TRUE(db.checkpoint_truncate());
  if (earlier) {
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(db.exec("INSERT INTO t VALUES (randomblob(2000))"));
    EXPECT_TRUE(db.exec("PRAGMA wal_checkpoint(RESTART)"));
  }
  for (int i = 0; i < commits; ++i) EXPECT_TRUE(db.exec("INSERT INTO t VALUES (randomblob(2000))"));
  if (last_bytes > 0) {
    const std::string insert = "INSERT INTO t VALUES (randomblob(" + std::to_string(last_bytes) + "))";
    EXPECT_TRUE(db.exec(insert.c_str()));
  }
  EXPECT_TRUE(db.check_log());
  return contents(scratch / "a.db-wal");
}

std::string log_of_five_commits(bool earlier = false) { return log_of_commits(5, earlier); }

TEST(LogCheck, AWholeLogIsNot) {
  const std::string log = log_of_five_commits();
  ASSERT_GE(log.size(), header + 5 * frame);
  EXPECT_FALSE(damaged(log));
  EXPECT_FALSE(damaged(""));
  EXPECT_FALSE(damaged(log.substr(0, header)));
  EXPECT_FALSE(damaged(log_of_five_commits(true))) << "with frames of an earlier generation behind its end";
}

TEST(LogCheck, EverySingleBitIsNoticed) {
  std::string log = log_of_five_commits();
  std::mt19937_64 random(1);
  for (int i = 0; i < 3'000; ++i) {
    // Every bit of the headers, and some of the pages.
    const std::size_t place = i < 256 ? 0 : header + random() % (log.size() / frame) * frame;
    const std::size_t bit = i < 256 ? static_cast<std::size_t>(i) : random() % (8 * (i % 2 == 0 ? 24 : frame));
    char& byte = log[place + bit / 8];
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    ASSERT_TRUE(damaged(log)) << "bit " << bit << " from " << place;
    byte = static_cast<char>(byte ^ 1 << bit % 8);
  }
}

TEST(LogCheck, APieceThatIsGoneIsNoticedWhenACommitFollowsIt) {
  const std::string whole = log_of_five_commits();
  const std::size_t frames = (whole.size() - header) / frame;
  for (std::size_t at = 0; at + 3 < frames; ++at) {
    std::string log = whole;
    log.replace(header + at * frame + 600, 512, 512, '\0');
    EXPECT_TRUE(damaged(log)) << "frame " << at;
  }
}

TEST(LogCheck, ACommitCutShortByAPowerFailureIsNotDamage) {
  const std::string whole = log_of_five_commits();
  std::mt19937_64 random(2);
  for (int i = 0; i < 500; ++i) {
    std::string log = whole;
    const std::size_t last = header + ((whole.size() - header) / frame - 1) * frame;
    for (std::size_t at = last; at < log.size(); at += 512)
      if (random() % 3 == 0) log.replace(at, std::min<std::size_t>(512, log.size() - at), 512, '\0');
    log.resize(whole.size());
    if (log == whole) continue;
    ASSERT_FALSE(damaged(log)) << "run " << i;
  }
  EXPECT_FALSE(damaged(whole.substr(0, whole.size() - 1'000)));
}

// The frame whose first eight bytes end a sector: 41 * 4120 + 32 + 8 is a multiple of 512.
TEST(LogCheck, TheStartOfAFrameLostWithItsSectorIsNotDamage) {
  constexpr std::size_t split = header + 41 * frame;
  const std::string whole = log_of_commits(45).substr(0, split + frame);
  ASSERT_FALSE(damaged(whole));
  for (int bit = 0; bit < 8; ++bit) {
    std::string log = whole;
    log[split + 3] = static_cast<char>(log[split + 3] ^ 1 << bit);  // a page number of the generation before
    if (log[split + 3] == 0) continue;
    EXPECT_FALSE(damaged(log)) << "page " << int{whole[split + 3]} << ", bit " << bit;
    // Nothing but a flipped bit changes so little where no sector ends.
    log = whole;
    log[split - frame + 3] = static_cast<char>(log[split - frame + 3] ^ 1 << bit);
    EXPECT_TRUE(damaged(log)) << "bit " << bit << " of the frame before";
    log = whole;
    log[split + 1'000] = static_cast<char>(log[split + 1'000] ^ 1 << bit);
    EXPECT_TRUE(damaged(log)) << "bit " << bit << " of the page";
  }
}

// Frames 41 and 62 have a sector's end behind their first eight and sixteen bytes.
TEST(LogCheck, TheSizeOfAnEarlierGenerationIsNoCommit) {
  const std::string whole = log_of_commits(5, false, 300'000);
  const std::size_t last = (whole.size() - header) / frame - 1;
  ASSERT_GT(last, 64u);
  for (const auto& [at, bytes] : {std::pair<std::size_t, std::size_t>{41, 8}, {62, 16}}) {
    std::string log = whole;
    log.replace(header + (at - 1) * frame + 600, 512, 512, '\0');                  // lost with the power
    log[header + at * frame + 7] = 9;                                              // a commit of nine pages once
    if (bytes == 16) log.replace(header + at * frame + 8, 8, "\1\2\3\4\5\6\7\b");  // and its salt
    EXPECT_FALSE(damaged(log)) << "frame " << at;
  }
}

TEST(LogCheck, TheDatabaseTellsItBeforeAnythingIsWritten) {
  Scratch scratch;
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  std::string log;
  {
    auto db = Database::open(scratch / "a.db", key_of(1), options).value();
    ASSERT_TRUE(db.exec("CREATE TABLE t(a)"));
    ASSERT_TRUE(db.checkpoint_truncate());
    ASSERT_TRUE(db.exec("INSERT INTO t VALUES (1)"));
    ASSERT_TRUE(db.exec("INSERT INTO t VALUES (2)"));
    db.keep_log_on_close(true);
    log = contents(scratch / "a.db-wal");
  }
  log[header + 100] = static_cast<char>(log[header + 100] ^ 1);
  write_contents(scratch / "a.db-wal", log);
  options.mode = OpenMode::must_exist;
  auto db = Database::open(scratch / "a.db", key_of(1), options).value();
  EXPECT_EQ(db.query_int("SELECT count(*) FROM t").value(), 0) << "SQLite itself passes over it in silence";
  EXPECT_EQ(code_of(db.check_log()), "database-corrupt");
  EXPECT_TRUE(contents(scratch / "a.db-wal") == log);
}

}  // namespace
}  // namespace holdline::platform
