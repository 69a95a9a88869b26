// Power cuts at every change the disk sees while a cut is applied, and while a snapshot is loaded.

#include <gtest/gtest.h>

#include "tests/unit/agent/replica/disk.hpp"

namespace holdline::agent {
namespace {

using support::FaultDisk;
using support::PowerLoss;

class ReplicaPowerTest : public ::testing::TestWithParam<PowerLoss> {
 protected:
  static std::vector<sync::Record> old_records() {
    std::vector<sync::Record> records;
    for (std::uint32_t i = 1; i <= 60; ++i) records.push_back(customer_of(i, "Anna", "Old" + std::to_string(i)));
    return records;
  }
  static std::vector<sync::Record> new_records() {
    std::vector<sync::Record> records;
    for (std::uint32_t i = 1; i <= 60; ++i) records.push_back(customer_of(i, "Anna", "New" + std::to_string(i)));
    return records;
  }
  static sync::Cut cut() {
    std::vector<sync::Change> changes;
    for (const sync::Record& record : new_records()) changes.push_back(told(11, record));
    return cut_of(10, 11, changes);
  }
  static void bootstrap(Replica& replica) {
    const Snapshot snapshot(10, old_records(), 20);
    auto builder = must(replica.build(snapshot.manifest));
    for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
      must(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
    must(builder->finish(1));
    must(replica.swap(std::move(builder)));
  }
};

TEST_P(ReplicaPowerTest, ShowsTheOldCutOrTheNewOneNeverHalfOfOne) {
  FaultDisk disk("replica-apply", 1);
  const auto options = options_on(disk);
  const auto key = platform::key_of(7);
  bootstrap(*must(Replica::open(options, key, test_schema())));
  const auto image = disk.image();
  std::size_t old_cuts = 0, new_cuts = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    disk.restore(*image);
    {
      auto replica = must(Replica::open(options, key, test_schema()));
      disk.cut_power_at(nth);
      static_cast<void>(replica->apply(cut(), 2));
    }
    const bool was_cut = disk.power_is_off();
    if (!was_cut) disk.cut_power();
    disk.restore_power(GetParam());

    std::string rebuilt_because;
    const auto replica = must(Replica::open(options, key, test_schema(), &rebuilt_because));
    ASSERT_EQ(rebuilt_because, "") << "at change " << nth;
    ASSERT_TRUE(replica->check_rows()) << "at change " << nth;
    const auto cursor = replica->position().cursor.cn;
    ASSERT_TRUE(cursor == 10 || cursor == 11) << cursor;
    ASSERT_EQ(replica->digests(), digests_of(cursor == 10 ? old_records() : new_records())) << "at change " << nth;
    ++(cursor == 10 ? old_cuts : new_cuts);
    if (cursor == 10) {
      ASSERT_TRUE(replica->apply(cut(), 2)) << "at change " << nth;
    }
    if (!was_cut) break;
  }
  EXPECT_GT(old_cuts, 0u);
  // With a log that is synced at checkpoints only, a commit that was not synced may be undone as a whole.
  EXPECT_GT(old_cuts + new_cuts, 10u);
}

TEST_P(ReplicaPowerTest, IsMadeAfterItsCreationWasCutShortAnywhere) {
  FaultDisk disk("replica-create", 3);
  const auto options = options_on(disk);
  const auto key = platform::key_of(7);
  const auto bare = disk.image();
  bool was_cut = true;
  for (std::uint64_t nth = 1; was_cut; nth += 1 + nth / 12) {  // the first ones all, then a sample
    disk.restore(*bare);
    disk.cut_power_at(nth);
    static_cast<void>(Replica::open(options, key, test_schema()));
    was_cut = disk.power_is_off();
    disk.cut_power();
    disk.restore_power(GetParam());
    const auto replica = Replica::open(options, key, test_schema());
    ASSERT_TRUE(replica) << "at change " << nth << ": " << replica.error().message;
    ASSERT_TRUE((*replica)->check_rows()) << "at change " << nth;
  }
}

TEST_P(ReplicaPowerTest, GoesOnWithABootstrapOrStartsItAfresh) {
  const Snapshot snapshot(20, new_records(), 20);
  FaultDisk disk("replica-build", 2);
  const auto options = options_on(disk);
  const auto key = platform::key_of(7);
  bootstrap(*must(Replica::open(options, key, test_schema())));
  const auto image = disk.image();
  const auto load = [&](Replica& replica) -> Result<void> {
    HOLDLINE_ASSIGN(auto builder, replica.build(snapshot.manifest));
    for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
      HOLDLINE_TRY(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
    HOLDLINE_TRY(builder->finish(3));
    return replica.swap(std::move(builder));
  };
  // The build changes the disk a few hundred times; every seventh place is enough to meet each of its phases.
  for (std::uint64_t nth = 1;; nth += 7) {
    disk.restore(*image);
    try {
      auto replica = must(Replica::open(options, key, test_schema()));
      disk.cut_power_at(nth);
      static_cast<void>(load(*replica));
    } catch (const std::runtime_error&) {
      // Without power the swap cannot open anything any more: the daemon ends, as it does here.
    }
    const bool was_cut = disk.power_is_off();
    if (!was_cut) disk.cut_power();
    disk.restore_power(GetParam());

    const auto replica = must(Replica::open(options, key, test_schema()));
    ASSERT_TRUE(replica->check_rows()) << "at change " << nth;
    const auto cursor = replica->position().cursor.cn;
    ASSERT_TRUE(cursor == 10 || cursor == 20) << cursor;
    ASSERT_TRUE(load(*replica)) << "at change " << nth;
    ASSERT_EQ(replica->digests(), digests_of(new_records())) << "at change " << nth;
    ASSERT_TRUE(replica->check_rows()) << "at change " << nth;
    if (!was_cut) break;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, ReplicaPowerTest,
                         ::testing::Values(PowerLoss::none, PowerLoss::all_unsynced, PowerLoss::random_sectors));

}  // namespace
}  // namespace holdline::agent
