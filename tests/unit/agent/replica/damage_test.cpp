// A replica whose file is not what was written: noticed by whoever meets it, then given up as a whole.
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/agent/replica/disk.hpp"

namespace holdline::agent {
namespace {

std::vector<sync::Record> customers() {
  std::vector<sync::Record> records;
  for (std::uint32_t n = 1; n <= 400; ++n) records.push_back(customer_of(n, "Anna", "Schmidt"));
  return records;
}

Result<void> bootstrap(Replica& replica) {
  const Snapshot snapshot(10, customers());
  HOLDLINE_ASSIGN(auto builder, replica.build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    HOLDLINE_TRY(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
  HOLDLINE_TRY(builder->finish(1));
  return replica.swap(std::move(builder));
}

TEST(ReplicaDamage, ACutThatMeetsItGivesTheReplicaUp) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, customers()));
  station.start();
  rot(station.options.directory / "replica.db");
  const auto applied = station.replica->apply(cut_of(10, 11, {told(11, customer_of(200, "Ada", "Lovelace"))}), 1);
  ASSERT_FALSE(applied);
  EXPECT_TRUE(station.replica->is_corrupt());
}

// Each page in turn is the one that a write never reached.
TEST(ReplicaDamage, ACutThatMeetsPagesOfDifferentMomentsIsTakenOrGivesTheReplicaUp) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, customers()));
  station.replica.reset();
  const auto file = station.options.directory / "replica.db";
  const std::string before = platform::contents(file);
  station.start();
  std::vector<sync::Change> arrivals;
  for (std::uint32_t n = 401; n <= 440; ++n) arrivals.push_back(told(11, customer_of(n, "Ada", "Lovelace")));
  must(station.replica->apply(cut_of(10, 11, arrivals), 1));
  station.replica.reset();
  const std::string after = platform::contents(file);
  std::map<std::string, std::size_t> met;
  constexpr std::size_t page = 4096;
  for (std::size_t at = 0; at < before.size(); at += page) {
    if (before.compare(at, page, after, at, page) == 0) continue;
    std::string mixed = after;
    mixed.replace(at, page, before, at, page);
    platform::write_contents(file, mixed);
    station.start();
    const auto from = station.replica->position().cursor.cn;
    std::vector<sync::Change> next;
    for (std::uint32_t n = 401; n <= 480; ++n) next.push_back(told(from + 1, customer_of(n, "Eva", "Lovelace")));
    const auto applied = station.replica->apply(cut_of(from, from + 1, next), 1);
    if (!applied) ++met[applied.error().code];
    EXPECT_TRUE(applied || station.replica->is_corrupt()) << applied.error().code;
    station.replica.reset();
  }
  EXPECT_GT(met["constraint"], 0u);
}

TEST(ReplicaDamage, AReaderThatMeetsItSaysSoUntilItReadsAnotherFile) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, customers()));
  const auto reader = station.reader();
  const sync::RecordKey key = key_in("customer", 200);
  rot(station.options.directory / "replica.db");
  EXPECT_FALSE(reader->find({&key, 1}));
  EXPECT_TRUE(reader->met_damage());
  station.start();
  station.bootstrap(Snapshot(12, customers()));
  must(reader->reopen());
  EXPECT_FALSE(reader->met_damage());
  EXPECT_EQ(must(reader->find({&key, 1})).rows.size(), 1u);
}

TEST(ReplicaDamage, AnotherOneInItsPlaceIsTrustedAgain) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, customers()));
  station.replica->mark_corrupt();
  station.bootstrap(Snapshot(11, customers()));
  EXPECT_FALSE(station.replica->is_corrupt());
}

TEST(ReplicaDamage, ASwapThatFailedDoesNotMakeTheOldFileTrustedAgain) {
  ReplicaStation station;
  bool fails = true;
  station.options.publish = [&fails](const std::filesystem::path& from,
                                     const std::filesystem::path& to) -> Result<void> {
    if (fails) return fail(ErrorKind::stop, "io-error", "The disk reported an error.");
    return platform::publish_file(from, to);
  };
  station.start();
  station.replica->mark_corrupt();
  EXPECT_THROW(station.bootstrap(Snapshot(11, customers())), std::runtime_error);
  EXPECT_TRUE(station.replica->is_corrupt());
  fails = false;
  station.bootstrap(Snapshot(11, customers()));
  EXPECT_FALSE(station.replica->is_corrupt());
}

TEST(ReplicaDamage, AReaderThatCouldNotOpenTheNewFileTriesAgainAndNeverReadsTheOldOne) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, customers()));
  const auto reader = station.reader();
  const sync::RecordKey key = key_in("customer", 200);
  const auto file = station.options.directory / "replica.db", aside = station.options.directory / "aside.db";
  std::filesystem::rename(file, aside);
  EXPECT_FALSE(reader->reopen());
  EXPECT_FALSE(reader->find({&key, 1}));
  reader->release_cache();
  std::filesystem::rename(aside, file);
  EXPECT_EQ(must(reader->find({&key, 1})).rows.size(), 1u);
}

// SQLite finds no log beside a file that it cannot read: the empty file could be neither emptied nor replaced for ever.
TEST(ReplicaDamage, AnEmptyReplicaWhoseFileWasNeverWrittenIsReplaced) {
  support::FaultDisk disk("never-written", 1);
  disk.lose_write("/replica/replica.db", 1);
  const auto replica = must(Replica::open(options_on(disk), platform::key_of(7), test_schema()));
  ASSERT_EQ(disk.counts().lost_writes, 1u);
  const auto done = bootstrap(*replica);
  EXPECT_TRUE(done) << done.error().message;
}

// A cut that failed and a place that had moved on nevertheless would leave out what the cut said.
TEST(ReplicaDamage, ADiskThatCannotReadLeavesThePlaceBeforeTheCut) {
  support::FaultDisk disk("cannot-read", 1);
  const auto options = options_on(disk);
  const auto key = platform::key_of(7);
  must(bootstrap(*must(Replica::open(options, key, test_schema()))));
  const auto image = disk.image();
  std::size_t given_up = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    disk.restore(*image);
    const auto replica = must(Replica::open(options, key, test_schema()));
    disk.fail_read(nth, true);
    const auto applied = replica->apply(cut_of(10, 11, {told(11, customer_of(200, "Ada", "Lovelace"))}), 1);
    disk.clear_faults();
    if (applied) break;
    ASSERT_EQ(replica->position().cursor.cn, 10u) << "at read " << nth;
    given_up += replica->is_corrupt() ? 1 : 0;
  }
  EXPECT_GT(given_up, 0u);
}

}  // namespace
}  // namespace holdline::agent
