// A ledger whose accounts change while records are being written. The change waits for the thread that writes records,
// and that thread asks for people: each way to change them must leave the way to ask open.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <semaphore>
#include <thread>

#include "hub/ledger/sqlite/ledger.hpp"
#include "tests/unit/hub/ledger/world.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {
namespace {

// The system's files; whoever waits for a lock says so first, and is woken when the lock is free.
struct WaitingFiles : sqlite3_vfs {
  WaitingFiles() : sqlite3_vfs(*sqlite3_vfs_find(nullptr)) {
    zName = "waiting-files";
    xSleep = [](sqlite3_vfs* vfs, int microseconds) {
      auto& files = *static_cast<WaitingFiles*>(vfs);
      files.waits.release();
      if (files.free.try_acquire_for(std::chrono::microseconds(microseconds))) files.free.release();
      return microseconds;
    };
    sqlite3_vfs_register(this, 0);
  }
  ~WaitingFiles() { sqlite3_vfs_unregister(this); }
  WaitingFiles(const WaitingFiles&) = delete;
  WaitingFiles& operator=(const WaitingFiles&) = delete;

  std::counting_semaphore<> waits{0}, free{0};
};

class LedgerWaits : public ::testing::Test {
 protected:
  // What became of `change`, which came while records were being written by somebody who then asked for a person.
  std::string code_while_writing(const std::function<std::string()>& change) {
    auto writing = ledger->begin();
    std::string code;
    {
      const std::jthread other([&] { code = change(); });
      files.waits.acquire();
      EXPECT_TRUE(ledger->person(id_of(7)));
      EXPECT_EQ(ledger->epoch(), id_of(2));
      writing->reset();
      files.free.release();
    }
    return code;
  }

  WaitingFiles files;
  platform::Scratch scratch;
  SqliteLedgerOptions options{scratch / "ledger.db", files.zName};
  std::unique_ptr<SqliteLedger> ledger =
      SqliteLedger::create(options, platform::key_of(1), {id_of(1), id_of(2), schema_text(), ""}).value();
};

TEST_F(LedgerWaits, TheEpochChangesWhileAGroupIsTaken) {
  EXPECT_EQ(code_while_writing([this] { return code_of(ledger->change_epoch(id_of(2), id_of(3))); }), "ok");
  EXPECT_EQ(ledger->epoch(), id_of(3));
}

TEST_F(LedgerWaits, AWorkstationEnrolsWhileAGroupIsTaken) {
  const sync::Hash code = sync::sha256("code");
  ASSERT_TRUE(ledger->add_code({code, "desk", {"acme/leeds"}, 0xff, 1000}));
  EXPECT_EQ(code_while_writing([&] { return code_of(ledger->enroll(code, Device{}, 1)); }), "ok");
}

TEST_F(LedgerWaits, APersonChangesWhileAGroupIsTaken) {
  Person ann;
  ann.id = id_of(7);
  ann.name = "ann";
  EXPECT_EQ(code_while_writing([&] { return code_of(ledger->put_person(ann)); }), "ok");
  EXPECT_TRUE(ledger->person(id_of(7)).value());
}

}  // namespace
}  // namespace holdline::hub::testing
