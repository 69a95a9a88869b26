// Damaged logs and interrupted ones, made from a real one.
#include "platform/database/wal_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "platform/database/database.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

constexpr std::size_t header = 32, frame = 24 + 4096;
// The frame whose page and size end a sector: header + 41 * frame + 8 is a multiple of 512.
constexpr std::size_t split_behind_8 = 41;

// `file_size`: of the database; a few pages, where the log says the rest.
bool damaged(const std::string& log, std::uint64_t file_size = 10 * 4096) {
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> into) -> Result<void> {
    std::copy_n(log.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  };
  return wal_is_damaged(log.size(), file_size, read).value();
}

// The log of commits of one or two pages each; `earlier` generations of it were moved to the file before.
std::string log_of_commits(int commits, bool earlier = false) {
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
  EXPECT_TRUE(db.check_wal());
  return contents(scratch / "a.db-wal");
}

std::string log_of_five_commits(bool earlier = false) { return log_of_commits(5, earlier); }

TEST(WalCheck, AWholeLogIsNot) {
  const std::string log = log_of_five_commits();
  ASSERT_GE(log.size(), header + 5 * frame);
  EXPECT_FALSE(damaged(log));
  EXPECT_FALSE(damaged(""));
  EXPECT_FALSE(damaged(log.substr(0, header)));
  EXPECT_FALSE(damaged(log_of_five_commits(true))) << "with frames of an earlier generation behind its end";
}

TEST(WalCheck, EverySingleBitIsNoticed) {
  std::string log = log_of_commits(45);
  const std::size_t frames = (log.size() - header) / frame;
  ASSERT_GT(frames, split_behind_8 + 4);
  std::mt19937_64 random(1);
  for (int i = 0; i < 4'000; ++i) {
    // Every bit of the log's header and of one frame's that lies in two sectors, and some of the others and of the
    // pages.
    const std::size_t any = random() % frames;
    const std::size_t place = i < 256 ? 0 : header + (i < 448 ? split_behind_8 : any) * frame;
    const auto bit =
        i < 448 ? static_cast<std::size_t>(i < 256 ? i : i - 256) : random() % (8 * (i % 2 == 0 ? 24 : frame));
    char& byte = log[place + bit / 8];
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    ASSERT_TRUE(damaged(log)) << "bit " << bit << " from " << place;
    byte = static_cast<char>(byte ^ 1 << bit % 8);
  }
}

TEST(WalCheck, APieceThatIsGoneIsNoticedWhenACommitFollowsIt) {
  const std::string whole = log_of_five_commits();
  const std::size_t frames = (whole.size() - header) / frame;
  for (std::size_t at = 0; at + 3 < frames; ++at) {
    std::string log = whole;
    log.replace(header + at * frame + 600, 512, 512, '\0');
    EXPECT_TRUE(damaged(log)) << "frame " << at;
  }
}

// A log before and after its last commit, which is written over the frames of an earlier generation.
struct LastCommit {
  std::string earlier, before, after;
  std::uint64_t file_size;
};
LastCommit last_commit_of(int earlier_commits) {
  Scratch scratch;
  DatabaseOptions options;
  options.mode = OpenMode::create_new;
  options.locking = Locking::exclusive;
  auto db = Database::open(scratch / "a.db", key_of(1), options).value();
  EXPECT_TRUE(db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)"));
  // Every frame is a commit.
  for (int i = 0; i < 90; ++i) EXPECT_TRUE(db.exec("UPDATE t SET a = a + 1"));
  const std::string earlier = contents(scratch / "a.db-wal");
  EXPECT_TRUE(db.exec("PRAGMA wal_checkpoint(RESTART)"));
  for (int i = 0; i < earlier_commits; ++i) EXPECT_TRUE(db.exec("INSERT INTO t VALUES (randomblob(2000))"));
  LastCommit log{earlier, contents(scratch / "a.db-wal"), {}, contents(scratch / "a.db").size()};
  EXPECT_TRUE(db.exec("INSERT INTO t VALUES (randomblob(200000))"));
  log.after = contents(scratch / "a.db-wal");
  return log;
}

TEST(WalCheck, ALostBeginningIsNoticed) {
  const std::string whole = log_of_five_commits();
  for (const std::size_t lost : {header, std::size_t{512}, std::size_t{4096}}) {
    std::string log = whole;
    log.replace(0, lost, lost, '\0');
    EXPECT_TRUE(damaged(log)) << lost << " bytes of zeros";
  }
  EXPECT_FALSE(damaged(std::string(whole.size(), '\0'))) << "made longer and never written";
}

TEST(WalCheck, ABeginningOfAnEarlierGenerationIsNoticed) {
  const LastCommit whole = last_commit_of(5);
  ASSERT_FALSE(damaged(whole.before));
  for (const std::size_t stale : {std::size_t{512}, std::size_t{4096}}) {
    std::string log = whole.before;
    log.replace(0, stale, whole.earlier, 0, stale);
    EXPECT_TRUE(damaged(log)) << stale << " bytes";
  }
}

// An emptied log begins with a salt that has nothing to do with the one before, and its emptying is not synced before
// its header is.
TEST(WalCheck, AHeaderThatLostItsPowerBeforeItsSyncIsNotDamage) {
  const std::string one = log_of_five_commits(), other = log_of_five_commits();
  for (const auto& [header_of, rest_of] : {std::pair(one, other), std::pair(other, one)}) {
    const std::string log = header_of.substr(0, header) + rest_of.substr(header);
    EXPECT_FALSE(damaged(log));
    EXPECT_FALSE(damaged(log.substr(0, header + 2 * frame)));
  }
}

TEST(WalCheck, ACommitCutShortByAPowerFailureIsNotDamage) {
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

TEST(WalCheck, TheStartOfAFrameLostWithItsSectorIsNotDamage) {
  constexpr std::size_t split = header + split_behind_8 * frame;
  const std::string whole = log_of_commits(45).substr(0, split + frame);
  ASSERT_FALSE(damaged(whole));
  for (int bit = 0; bit < 8; ++bit) {
    std::string log = whole;
    log[split + 3] = static_cast<char>(log[split + 3] ^ 1 << bit);  // a page number of the generation before
    if (log[split + 3] == 0) continue;
    EXPECT_FALSE(damaged(log)) << "page " << int{whole[split + 3]} << ", bit " << bit;
    // Nothing but a flipped bit changes so little where no sector ends.
    log = whole;
    log[split + 1'000] = static_cast<char>(log[split + 1'000] ^ 1 << bit);
    EXPECT_TRUE(damaged(log)) << "bit " << bit << " of the page";
  }
}

// SQLite writes the header of a frame and its page one after the other; of each a disk may leave out any sector.
std::vector<std::pair<std::size_t, std::size_t>> pieces_of(const LastCommit& log) {
  std::vector<std::pair<std::size_t, std::size_t>> pieces;
  for (std::size_t at = header, end = at; at < log.before.size(); at = end) {
    const std::size_t in_frame = (at - header) % frame;
    end = std::min({(at / 512 + 1) * 512, at - in_frame + (in_frame < 24 ? 24 : frame), log.before.size()});
    if (log.before.compare(at, end - at, log.after, at, end - at) != 0) pieces.emplace_back(at, end - at);
  }
  return pieces;
}

TEST(WalCheck, NoPiecesThatAPowerFailureTakesFromTheLastCommitAreDamage) {
  for (const int earlier_commits : {0, 5}) {
    const LastCommit log = last_commit_of(earlier_commits);
    const auto pieces = pieces_of(log);
    const auto lose = [&](std::string& torn, std::size_t at, std::size_t size) {
      torn.replace(at, size, log.before, at, size);
    };
    std::size_t splits = 0;
    for (const auto& [at, size] : pieces) {
      std::string torn = log.after;
      lose(torn, at, size);
      ASSERT_FALSE(damaged(torn, log.file_size)) << "without the " << size << " bytes at " << at;
      if ((at - header) % frame != 0 || size >= 24) continue;
      // What else is lost decides where the log is read up to.
      ++splits;
      for (const auto& [also_at, also_size] : pieces) {
        std::string more = torn;
        lose(more, also_at, also_size);
        ASSERT_FALSE(damaged(more, log.file_size)) << "without the bytes at " << at << " and at " << also_at;
      }
    }
    EXPECT_GE(splits, 1u);
  }
}

TEST(WalCheck, TheDatabaseTellsItBeforeAnythingIsWritten) {
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
  EXPECT_EQ(code_of(db.check_wal()), "database-corrupt");
  EXPECT_TRUE(contents(scratch / "a.db-wal") == log);
}

}  // namespace
}  // namespace holdline::platform
