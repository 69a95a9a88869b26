// A replica on a disk that cannot read a part of it, for a moment or for good.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/agent/replica/disk.hpp"

namespace holdline::agent {
namespace {

constexpr const char *file_name = "/replica/replica.db", *next_name = "/replica/replica-next.db";
constexpr std::uint64_t page = 4096;

class ReplicaUnreadable : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t n = 1; n <= 400; ++n) customers.push_back(customer_of(n, "Anna", "Schmidt"));
    bootstrap(*open(), Snapshot(10, customers));
  }
  std::unique_ptr<Replica> open() { return must(Replica::open(options, key, test_schema(), &rebuilt_because)); }
  std::uint64_t pages() const { return disk.read(file_name).size() / page; }
  void lose(const char* path) { disk.fail_reads_of(path, 0, disk.read(path).size()); }

  support::FaultDisk disk{"unreadable", 1};
  ReplicaOptions options = options_on(disk);
  platform::SecretKey key = platform::key_of(7);
  std::vector<sync::Record> customers;
  std::string rebuilt_because;
};

TEST_F(ReplicaUnreadable, AStartThatNeedsAPlaceThatCannotBeReadMakesAnotherFile) {
  const auto image = disk.image();
  std::size_t rebuilt = 0;
  for (std::uint64_t at = 0; at < pages(); ++at) {
    disk.restore(*image);
    disk.fail_reads_of(file_name, at * page, page);
    rebuilt_because.clear();
    const auto replica = open();
    EXPECT_EQ(replica->position().epoch.is_nil(), !rebuilt_because.empty()) << "page " << at;
    if (rebuilt_because.empty()) continue;
    if (rebuilt++ != 0) continue;
    bootstrap(*replica, Snapshot(11, customers));
    EXPECT_EQ(replica->position().cursor.cn, 11u);
  }
  EXPECT_GT(rebuilt, 1u);
  EXPECT_LT(rebuilt, pages());
}

TEST_F(ReplicaUnreadable, ADiskThatCannotReadForAMomentAtTheStartCostsNothing) {
  for (std::uint64_t nth = 1;; ++nth) {
    const auto failed = disk.counts().failed_reads;
    disk.fail_read(nth);
    const auto replica = open();
    disk.clear_faults();
    EXPECT_EQ(rebuilt_because, "") << "at read " << nth;
    ASSERT_EQ(replica->position().cursor.cn, 10u);
    if (disk.counts().failed_reads == failed) break;
    ASSERT_LT(nth, 1'000u);
  }
}

// The changes in its log are nowhere else: once it is gone, the file beside it is of no moment that ever was.
TEST_F(ReplicaUnreadable, AFileWhoseLogCannotBeReadIsReplacedAndGoesBeforeIt) {
  std::vector<std::string> removed;
  options.remove = [this, &removed, remove = options.remove](const std::filesystem::path& path) -> Result<void> {
    if (path.string().starts_with(file_name) && disk.read(path.string()) != "") removed.push_back(path.filename());
    return remove(path);
  };
  const auto replica = open();
  must(replica->apply(cut_of(10, 11, {told(11, customer_of(1, "Ada", "Lovelace"))}), 1));
  lose("/replica/replica.db-wal");
  bootstrap(*replica, Snapshot(12, customers));
  EXPECT_EQ(replica->position().cursor.cn, 12u);
  ASSERT_FALSE(removed.empty());
  EXPECT_EQ(removed.front(), "replica.db");
}

TEST_F(ReplicaUnreadable, ACheckSaysThatItIsDamaged) {
  const auto replica = open();
  lose(file_name);
  EXPECT_EQ(code_of(replica->check_rows()), "replica-damaged");
}

TEST_F(ReplicaUnreadable, AReaderThatMeetsItSaysSoOnce) {
  options.locking = platform::Locking::shared;
  const auto replica = open();
  const auto reader = must(ReplicaReader::open(options, key, test_schema()));
  lose(file_name);
  const auto wanted = key_in("customer", 200);
  EXPECT_EQ(code_of(reader->find({&wanted, 1})), "disk-unreadable");
  EXPECT_TRUE(reader->could_not_read());
  EXPECT_FALSE(reader->could_not_read());
  EXPECT_FALSE(reader->met_damage());
  disk.clear_faults();
  EXPECT_EQ(must(reader->find({&wanted, 1})).rows.size(), 1u);
}

TEST_F(ReplicaUnreadable, AHalfBuiltFileIsBegunAnew) {
  const Snapshot next(20, customers, 100);
  must(must(open()->build(next.manifest))->add(next.manifest.chunks[0], next.chunks[0]));
  const auto image = disk.image();
  std::size_t failed = 0;
  for (std::uint64_t at = 1; at < disk.read(next_name).size() / page; ++at) {
    disk.restore(*image);
    const auto replica = open();
    disk.fail_reads_of(next_name, at * page, page);
    auto builder = must(replica->build(next.manifest));
    Result<void> added;
    for (std::size_t i = 1; i < next.chunks.size() && added; ++i)
      added = builder->add(next.manifest.chunks[i], next.chunks[i]);
    if (added) continue;
    ++failed;
    EXPECT_EQ(code_of(added), "disk-unreadable");
    builder.reset();
    EXPECT_NO_THROW(bootstrap(*replica, next)) << "page " << at;
  }
  EXPECT_GT(failed, 0u);
}

}  // namespace
}  // namespace holdline::agent
