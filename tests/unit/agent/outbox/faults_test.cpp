// What the outbox keeps when power, disk or file fail it.
#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {
namespace {

using support::PowerLoss;

// Each with other numbers of changes until the fault. The crash laboratory plays the same for as long as one likes.
constexpr int runs = 150;

// Saves entries until the power goes at a random moment; how many acknowledged ones the next start does not find.
class PowerCuts {
 public:
  PowerCuts(const char* synchronous, PowerLoss loss) : loss_(loss) {
    pc_.set_pragma("synchronous", synchronous);
    pc_.set_pragma("wal_autocheckpoint", "15");  // so that the power also goes during checkpoints
    EXPECT_TRUE(pc_.create());
    pc_.outbox.reset();
    fresh_ = pc_.disk.image();
  }

  int lost_in_run(int run) {
    pc_.disk.restore(*fresh_);
    std::mt19937_64 random(static_cast<std::uint64_t>(run));
    pc_.disk.cut_power_at(1 + random() % 220);
    int acknowledged = 0;
    if (pc_.open())
      while (acknowledged < 50 && pc_.append(entry(acknowledged))) ++acknowledged;
    total_acknowledged_ += acknowledged;
    pc_.lose_power(loss_);
    const auto opened = pc_.open();
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return acknowledged;
    EXPECT_EQ(pc_.outbox->status().health, OutboxHealth::writable) << pc_.outbox->status().advice;
    EXPECT_TRUE(pc_.chain_holds(2));
    int lost = 0;
    for (int i = 0; i < acknowledged; ++i) lost += pc_.save(entry(i)).repeated ? 0 : 1;
    return lost;
  }
  int total_acknowledged() const { return total_acknowledged_; }

 private:
  Draft entry(int i) const { return pc_.entry("key-" + std::to_string(i), std::string(40 + 13 * (i % 20), 'x')); }

  PowerLoss loss_;
  OutboxStation pc_;
  std::shared_ptr<const support::FaultDisk::Image> fresh_;
  int total_acknowledged_ = 0;
};

TEST(OutboxPowerCut, NothingAcknowledgedIsLostWhateverTheDiskKept) {
  for (const PowerLoss loss : {PowerLoss::all_unsynced, PowerLoss::random_sectors}) {
    PowerCuts cuts("FULL", loss);
    for (int run = 0; run < runs; ++run) ASSERT_EQ(cuts.lost_in_run(run), 0) << "run " << run;
    EXPECT_GT(cuts.total_acknowledged(), runs * 5);
  }
}

TEST(OutboxPowerCut, TheSameTestSeesTheLossOfAWeakerSetting) {
  PowerCuts cuts("NORMAL", PowerLoss::all_unsynced);
  int lost = 0;
  for (int run = 0; run < 50; ++run) lost += cuts.lost_in_run(run);
  EXPECT_GT(lost, 0);
}

TEST(OutboxSyncError, NothingIsAcknowledgedBetweenAFailedSyncAndRecoveryAndNothingIsLostAfterIt) {
  OutboxStation pc;
  pc.set_pragma("wal_autocheckpoint", "15");
  ASSERT_TRUE(pc.create());
  pc.outbox.reset();
  const auto fresh = pc.disk.image();
  int failures = 0;
  for (int run = 0; run < runs; ++run) {
    std::mt19937_64 random(static_cast<std::uint64_t>(run));
    pc.disk.restore(*fresh);
    ASSERT_TRUE(pc.open());
    pc.disk.fail_sync(1 + random() % 40);
    std::vector<std::string> acknowledged;
    for (int i = 0; i < 40; ++i) {
      const Draft draft = pc.entry("key-" + std::to_string(i));
      auto saved = pc.append(draft);
      if (!saved) {
        ++failures;
        ASSERT_EQ(pc.outbox->status().health, OutboxHealth::read_only);
        ASSERT_FALSE(pc.append(pc.entry("another")));
        ASSERT_TRUE(pc.outbox->recover());
        saved = pc.append(draft);
      }
      ASSERT_TRUE(saved) << saved.error().message;
      acknowledged.push_back(draft.idempotency_key);
    }
    pc.disk.clear_faults();
    pc.lose_power(run % 2 == 0 ? PowerLoss::all_unsynced : PowerLoss::random_sectors);
    ASSERT_TRUE(pc.open()) << "run " << run;
    ASSERT_EQ(pc.outbox->status().health, OutboxHealth::writable) << "run " << run;
    for (const std::string& key : acknowledged) ASSERT_TRUE(pc.save(pc.entry(key)).repeated) << "run " << run;
    ASSERT_TRUE(pc.chain_holds(2));
  }
  EXPECT_GT(failures, runs / 3) << "the fault must happen";
}

TEST(OutboxSyncError, RestartAfterAFailedSyncLosesNothingEither) {
  OutboxStation pc;
  ASSERT_TRUE(pc.create());
  pc.outbox.reset();
  const auto fresh = pc.disk.image();
  for (int run = 0; run < runs / 4; ++run) {
    std::mt19937_64 random(static_cast<std::uint64_t>(run));
    pc.disk.restore(*fresh);
    ASSERT_TRUE(pc.open());
    pc.disk.fail_sync(1 + random() % 20);
    int acknowledged = 0;
    while (acknowledged < 60 && pc.append(pc.entry("key-" + std::to_string(acknowledged)))) ++acknowledged;
    pc.lose_power(PowerLoss::none);
    ASSERT_TRUE(pc.open());
    const Saved after = pc.save(pc.entry("after-the-restart"));
    pc.lose_power(PowerLoss::all_unsynced);
    ASSERT_TRUE(pc.open());
    for (int i = 0; i < acknowledged; ++i) ASSERT_TRUE(pc.save(pc.entry("key-" + std::to_string(i))).repeated);
    ASSERT_EQ(pc.save(pc.entry("after-the-restart")).ref, after.ref);
  }
}

// A sync fails, the service recovers or restarts, and the power goes during that, before anything new was saved.
void lose_power_while_healing(bool restarts) {
  OutboxStation pc;
  pc.set_pragma("wal_autocheckpoint", "15");
  ASSERT_TRUE(pc.create());
  pc.outbox.reset();
  const auto fresh = pc.disk.image();
  for (int run = 0; run < runs; ++run) {
    std::mt19937_64 random(static_cast<std::uint64_t>(run));
    pc.disk.restore(*fresh);
    ASSERT_TRUE(pc.open());
    pc.disk.fail_sync(1 + random() % 40);
    int acknowledged = 0;
    while (acknowledged < 60 && pc.append(pc.entry("key-" + std::to_string(acknowledged)))) ++acknowledged;
    if (restarts) {
      pc.lose_power(PowerLoss::none);
      pc.disk.cut_power_at(1 + random() % 30);
      static_cast<void>(pc.open());
    } else {
      pc.disk.cut_power_at(1 + random() % 30);
      static_cast<void>(pc.outbox->recover());
    }
    pc.lose_power(run % 2 == 0 ? PowerLoss::all_unsynced : PowerLoss::random_sectors);
    const auto opened = pc.open();
    ASSERT_TRUE(opened) << "run " << run << ": " << opened.error().message;
    ASSERT_EQ(pc.outbox->status().health, OutboxHealth::writable) << "run " << run << pc.outbox->status().advice;
    for (int i = 0; i < acknowledged; ++i)
      ASSERT_TRUE(pc.save(pc.entry("key-" + std::to_string(i))).repeated) << "run " << run;
  }
}

TEST(OutboxSyncError, PowerCutDuringRecoveryLosesNothing) { lose_power_while_healing(false); }

TEST(OutboxSyncError, PowerCutDuringTheRestartAfterItLosesNothing) { lose_power_while_healing(true); }

TEST(OutboxSyncError, DiskThatNeverSyncsLeavesItReadOnlyAndPendingEntriesCanBeExported) {
  OutboxStation pc;
  ASSERT_TRUE(pc.create());
  pc.save(pc.entry("a", "wants the invoice"));
  pc.disk.fail_sync(1, true);
  EXPECT_FALSE(pc.append(pc.entry("b")));
  const auto recovered = pc.outbox->recover();
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().kind, ErrorKind::stop);
  EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only);
  EXPECT_FALSE(pc.outbox->status().advice.empty());
  EXPECT_FALSE(pc.append(pc.entry("c")));
  const auto json = pc.exported();
  EXPECT_EQ(json.at(0)["ops"][0]["changes"]["note"], "wants the invoice");
  pc.disk.clear_faults();
  ASSERT_TRUE(pc.outbox->recover());
  EXPECT_TRUE(pc.append(pc.entry("c")));
}

TEST(OutboxSyncError, OpensReadOnlyWhenTheCheckpointFails) {
  OutboxStation pc;
  ASSERT_TRUE(pc.create());
  pc.save(pc.entry("a"));
  pc.lose_power(PowerLoss::none);
  pc.disk.fail_sync(1, true);
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only);
  EXPECT_FALSE(pc.append(pc.entry("a"))) << "not even what may not be durable is confirmed";
  pc.disk.clear_faults();
  ASSERT_TRUE(pc.outbox->recover());
  EXPECT_TRUE(pc.save(pc.entry("a")).repeated);
}

class OutboxFileTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(pc.create());
    for (int i = 0; i < 40; ++i) pc.save(pc.entry("key-" + std::to_string(i), std::string(400, 'x')));
    pc.outbox.reset();
  }
  std::string code_of_open() {
    const auto opened = pc.open();
    return opened ? "ok" : opened.error().code;
  }
  OutboxStation pc;
};

TEST_F(OutboxFileTest, MissingFileIsNeverAFirstRun) {
  pc.disk.write(pc.options.path, std::nullopt);
  const auto opened = pc.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "database-missing");
  EXPECT_EQ(opened.error().kind, ErrorKind::stop);
  EXPECT_NE(opened.error().message.find("set up before"), std::string::npos);
  EXPECT_EQ(pc.disk.read(pc.options.path), "");

  ASSERT_TRUE(
      pc.take(Outbox::start(platform::OpenMode::must_exist, pc.options, pc.secret, pc.device, pc.clock, pc.entropy)));
  EXPECT_EQ(pc.outbox->status().code, "outbox-missing");
  EXPECT_NE(pc.outbox->status().advice.find("put it back"), std::string::npos) << pc.outbox->status().advice;
  EXPECT_FALSE(pc.append(pc.entry("new")));
  EXPECT_EQ(pc.disk.read(pc.options.path), "");
}

TEST_F(OutboxFileTest, EmptyFileIsNeverAFirstRun) {
  pc.disk.write(pc.options.path, "");
  EXPECT_EQ(code_of_open(), "database-missing");
}

TEST_F(OutboxFileTest, FileCutOffIsReadOnlyOrAnErrorNeverAnEmptyStart) {
  const std::string whole = pc.disk.read(pc.options.path);
  for (std::size_t size = 1; size < whole.size(); size += 1'365) {
    pc.disk.write(pc.options.path, whole.substr(0, size));
    if (code_of_open() != "ok") continue;
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only) << size;
    EXPECT_FALSE(pc.outbox->status().advice.empty());
    EXPECT_FALSE(pc.append(pc.entry("new")));
    pc.outbox.reset();
  }
}

TEST_F(OutboxFileTest, CreatingOverAnExistingOutboxFails) { EXPECT_EQ(pc.create().error().code, "database-exists"); }

TEST_F(OutboxFileTest, BrokenChainIsNamedAndWhatIsReadableCanBeExported) {
  {
    platform::DatabaseOptions options = pc.options.database;
    options.locking = platform::Locking::exclusive;
    auto db = platform::Database::open(pc.options.path, pc.secret, options);
    ASSERT_TRUE(db) << db.error().message;
    ASSERT_TRUE(db->exec("UPDATE action SET salt = x'0000000000000000' WHERE number = 17"));
  }
  ASSERT_TRUE(pc.open());
  const OutboxStatus status = pc.outbox->status();
  EXPECT_EQ(status.health, OutboxHealth::read_only);
  EXPECT_NE(status.advice.find("lane 2, number 17"), std::string::npos) << status.advice;
  EXPECT_EQ(pc.exported().size(), 40u);
}

TEST_F(OutboxFileTest, WhatStandsBehindADamagedPageIsExportedAsWell) {
  const auto whole = pc.disk.image();
  const std::size_t pages = pc.disk.read(pc.options.path).size() / 4096;
  std::size_t in_the_middle = 0;
  for (std::size_t page = 1; page < pages; ++page) {
    pc.outbox.reset();
    pc.disk.restore(*whole);
    ASSERT_TRUE(pc.disk.flip_bit(pc.options.path, (page * 4096 + 2000) * 8));
    if (!pc.open()) continue;
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only);
    const auto exported = pc.exported();
    if (exported.size() != 40) continue;  // the page holds the table together, or its end
    const auto lost = std::ranges::count_if(exported, [](const auto& action) { return action.contains("unreadable"); });
    if (lost > 0 && lost < 12) ++in_the_middle;
  }
  EXPECT_GE(in_the_middle, 3u);
}

// SQLite takes what follows a damaged part of its log for a commit that was never finished.
TEST_F(OutboxFileTest, ABitTurnedOverInTheLogIsToldAndNothingIsWrittenOverIt) {
  pc.set_pragma("wal_autocheckpoint", "8");
  ASSERT_TRUE(pc.open());
  for (int i = 40; i < 60; ++i) pc.save(pc.entry("key-" + std::to_string(i), std::string(400, 'x')));
  pc.lose_power(PowerLoss::none);
  const std::string log = pc.options.path + "-wal";
  const auto crashed = pc.disk.image();
  const std::uint64_t bits = pc.disk.read(log).size() * 8;
  std::mt19937_64 random(1);
  int told = 0;
  for (int run = 0; run < runs / 5; ++run) {
    pc.disk.restore(*crashed);
    const std::uint64_t bit = random() % bits;
    ASSERT_TRUE(pc.disk.flip_bit(log, bit));
    const bool opened = pc.open().has_value();
    if (opened && pc.outbox->status().health == OutboxHealth::writable) {
      EXPECT_EQ(pc.outbox->status().lanes[2].number, 60u) << "bit " << bit;
      continue;
    }
    ++told;
    pc.lose_power(PowerLoss::none);
    ASSERT_TRUE(pc.disk.flip_bit(log, bit));
    ASSERT_TRUE(pc.open()) << "bit " << bit;
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::writable) << "bit " << bit;
    EXPECT_EQ(pc.outbox->status().lanes[2].number, 60u) << "bit " << bit;
  }
  EXPECT_GT(told, 0);
}

TEST_F(OutboxFileTest, SecondOpenerIsRefused) {
  platform::Scratch scratch;
  Outbox::Options options;
  options.path = (scratch / "outbox.db").string();
  for (auto& pragma : options.database.pragmas)
    if (pragma.name == "busy_timeout") pragma.value = "0";
  const auto first = Outbox::create(options, pc.secret, pc.device, pc.clock, pc.entropy);
  ASSERT_TRUE(first) << first.error().message;
  const auto second = Outbox::open(options, pc.secret, pc.clock, pc.entropy);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "database-busy");
}

// The hub's answers are known while the disk takes none, and are written when it does.
TEST(OutboxSyncError, ResultsThatTheDiskDoesNotTakeAreKnownAndWrittenLater) {
  OutboxStation pc;
  ASSERT_TRUE(pc.create());
  const sync::ActionRef first = pc.save(pc.entry("a")).ref, second = pc.save(pc.entry("b")).ref;
  ASSERT_TRUE(pc.outbox->derive_recent(pc.schema));
  pc.disk.fail_sync(1, true);
  const std::array one{pc.result(1, first, sync::Verdict::applied, 5)};
  const std::array two{pc.result(2, second, sync::Verdict::quarantined, 6)};
  ASSERT_TRUE(pc.outbox->take_results(one, 1));
  ASSERT_TRUE(pc.outbox->take_results(two, 2));

  EXPECT_EQ(pc.outbox->status().health, OutboxHealth::read_only);
  EXPECT_FALSE(pc.outbox->recover());
  EXPECT_EQ(pc.outbox->status().lanes[2].waiting, 0u);
  EXPECT_EQ(pc.outbox->status().quarantined, 1u);
  EXPECT_EQ(pc.outbox->results_cursor(), 2u);
  EXPECT_EQ(pc.outbox->result_of(first)->at.cn, 5u);
  EXPECT_EQ(pc.outbox->recent().find(second)->result->entry, 2u);

  pc.disk.clear_faults();
  ASSERT_TRUE(pc.outbox->recover());
  pc.lose_power(support::PowerLoss::all_unsynced);
  ASSERT_TRUE(pc.open());
  EXPECT_EQ(pc.outbox->results_cursor(), 2u);
  EXPECT_EQ(pc.outbox->result_of(second)->verdict, sync::Verdict::quarantined);
}

}  // namespace
}  // namespace holdline::agent
