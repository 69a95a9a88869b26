// A ledger on a disk that fails.
#include <gtest/gtest.h>

#include "hub/ledger/sqlite/ledger.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/unit/hub/ledger/world.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {
namespace {

class LedgerDisk : public ::testing::Test {
 protected:
  LedgerDisk() {
    options.file = "/ledger.db";
    options.vfs_name = disk.vfs_name();
    ledger = SqliteLedger::create(options, platform::key_of(1), {id_of(1), id_of(2), schema_text(), ""}).value();
  }
  std::string code_of_begin() { return code_of(ledger->begin()); }

  support::FaultDisk disk{"ledger-disk", 1};
  SqliteLedgerOptions options;
  std::unique_ptr<SqliteLedger> ledger;
};

// The connections share one log: what is written behind a hole in it would go with the power.
TEST_F(LedgerDisk, AFailedSyncOfAnyConnectionEndsItUntilItIsOpenedAgain) {
  Person person;
  person.id = id_of(7);
  person.name = "ann";
  disk.fail_sync(1);
  ASSERT_EQ(code_of(ledger->put_person(person)), "io-error");
  EXPECT_EQ(code_of_begin(), "ledger-needs-reopen");
  ledger.reset();
  ledger = SqliteLedger::open(options, platform::key_of(1)).value();
  EXPECT_EQ(code_of_begin(), "ok");
}

TEST_F(LedgerDisk, AFailedSyncOfCompactionEndsItToo) {
  commit(*ledger, {{customer(ledger->schema(), 1, "acme/leeds", "Ann")}});
  disk.fail_sync(1);
  ASSERT_EQ(code_of(ledger->compact_feed(1, 10)), "io-error");
  EXPECT_EQ(code_of_begin(), "ledger-needs-reopen");
}

}  // namespace
}  // namespace holdline::hub::testing
