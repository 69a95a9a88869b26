// The creation of a ledger that is cut short anywhere is gone on with when it is repeated.
#include <gtest/gtest.h>

#include "hub/ledger/sqlite/ledger.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/unit/hub/ledger/world.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {
namespace {

using support::PowerLoss;

class LedgerFirstRun : public ::testing::TestWithParam<PowerLoss> {
 protected:
  LedgerFirstRun() { options.file = "/ledger.db", options.vfs_name = disk.vfs_name(); }

  // As a set-up does it, also when it is repeated.
  Result<void> set_up() {
    ledger.reset();
    auto made = SqliteLedger::create(options, platform::key_of(1), {id_of(1), id_of(2), schema_text(), ""});
    if (!made && made.error().code == "database-exists") made = SqliteLedger::open(options, platform::key_of(1));
    if (!made) return fail(std::move(made));
    ledger = *std::move(made);
    return {};
  }
  void lose_power() {
    disk.cut_power();
    ledger.reset();
    disk.restore_power(GetParam());
  }
  void expect_that_it_works() {
    const auto made = set_up();
    ASSERT_TRUE(made) << made.error().code << ": " << made.error().message;
    commit(*ledger, {{customer(ledger->schema(), 1, "acme/leeds", "Ann")}});
    ledger.reset();
    ledger = SqliteLedger::open(options, platform::key_of(1)).value();
    ASSERT_EQ(ledger->reader().value()->head().value().cn, 1u);
  }

  support::FaultDisk disk{"ledger-first-run", 1};
  const std::shared_ptr<const support::FaultDisk::Image> bare = disk.image();
  SqliteLedgerOptions options;
  std::unique_ptr<SqliteLedger> ledger;
};

TEST_P(LedgerFirstRun, ComesUpAfterThePowerWentAtAnyOfItsChanges) {
  std::uint64_t nth = 0;
  bool was_cut = true;
  while (was_cut) {
    disk.restore(*bare);
    nth += 1 + nth / 12;  // the first ones all, then a sample
    disk.cut_power_at(nth);
    static_cast<void>(set_up());
    was_cut = disk.power_is_off();
    lose_power();
    ASSERT_NO_FATAL_FAILURE(expect_that_it_works()) << "cut at change " << nth;
  }
  EXPECT_GT(nth, 10u);
}

TEST_P(LedgerFirstRun, ComesUpAfterTheDiskWasFull) {
  bool refused = true;
  for (std::uint64_t bytes = 0; refused; bytes += 4096 * (1 + bytes / 65'536)) {
    disk.restore(*bare);
    disk.set_capacity(bytes);
    refused = !set_up();
    lose_power();
    disk.set_capacity(std::nullopt);
    ASSERT_NO_FATAL_FAILURE(expect_that_it_works()) << "with room for " << bytes << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, LedgerFirstRun,
                         ::testing::Values(PowerLoss::none, PowerLoss::all_unsynced, PowerLoss::random_sectors,
                                           PowerLoss::random_pages));

}  // namespace
}  // namespace holdline::hub::testing
