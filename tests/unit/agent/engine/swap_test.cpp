// What the engine does around the replica's file: handing a new one on, and giving up one that the disk cannot read.
#include "tests/unit/agent/engine/download_fixture.hpp"
#include "tests/unit/agent/replica/disk.hpp"

namespace holdline::agent {
namespace {

using EngineSwapTest = EngineDownloadTest;

// The directory could not be synced after the rename: readers of the old name would never meet the new file, and the
// overlay would let go of what only that file holds.
TEST_F(EngineSwapTest, AFileThatTookThePlaceIsHandedOnAlthoughTheSwapFailed) {
  copy.options.publish = [](const std::filesystem::path& from, const std::filesystem::path& to) -> Result<void> {
    HOLDLINE_TRY(platform::publish_file(from, to));
    return fail(ErrorKind::stop, "io-error", "The directory cannot be synced.");
  };
  copy.start();
  make_engine();
  const Saved saved = pc.save(pc.customer("own"));
  const auto served = serve(20, customers(2));
  begin_bootstrap(served);
  must(pc.outbox->store_results(std::vector{pc.result(1, saved.ref, sync::Verdict::applied, 15)}, 1));
  take_chunks(served);
  EXPECT_EQ(error_code(), "io-error");
  EXPECT_EQ(copy.replica->position().cursor.cn, 20u);
  EXPECT_EQ(swapped, 1);
  EXPECT_FALSE(overlay.snapshot()->touches({collection_of("customer").no, saved.created.at(0)}))
      << "the overlay is not that of the new file";
}

// The old file stays, but under its name lies another log than its readers have open.
TEST_F(EngineSwapTest, AFileWhoseLogWasTakenAwayIsOpenedAgainByItsReaders) {
  copy.options.remove = [](const std::filesystem::path& path) -> Result<void> {
    if (path.string().ends_with("/replica.db-shm"))
      return fail(ErrorKind::stop, "io-error", "The disk reported an error.");
    return platform::remove_file(path);
  };
  copy.start();
  make_engine();
  bootstrap_from(serve(20, customers(2)));
  EXPECT_EQ(error_code(), "io-error");
  EXPECT_EQ(copy.replica->position().cursor.cn, 10u);
  EXPECT_EQ(swapped, 1);
}

TEST_F(EngineSwapTest, AReportAboutAFileThatWasReplacedIsNoMatter) {
  follow();
  const auto before = copy.replica->file_number();
  copy.bootstrap(Snapshot(20, customers(2)));
  engine->report_corruption(before);
  EXPECT_FALSE(copy.replica->is_corrupt());
  engine->report_corruption(copy.replica->file_number());
  EXPECT_TRUE(copy.replica->is_corrupt());
}

TEST_F(EngineSwapTest, AFileThatReadersCannotReadIsGivenUpWhenTheyCannotLaterEither) {
  follow();
  const auto file = copy.replica->file_number();
  engine->reader_could_not_read(file);
  engine->reader_could_not_read(file);
  EXPECT_FALSE(copy.replica->is_corrupt());
  pc.clock.wall_ms += 30'000;
  engine->reader_could_not_read(file + 1);
  EXPECT_FALSE(copy.replica->is_corrupt());
  engine->reader_could_not_read(file);
  EXPECT_TRUE(copy.replica->is_corrupt());
  EXPECT_EQ(error_code(), "replica-damaged");
}

class EngineUnreadableTest : public EngineDownloadTest {
 protected:
  void SetUp() override {
    EngineDownloadTest::SetUp();
    engine.reset();
    copy.options = options_on(disk);
    copy.start();
    copy.bootstrap(Snapshot(10, customers(400)));
    copy.start();  // nothing is in memory but what the start needs
    make_engine();
  }
  void TearDown() override {
    engine.reset();
    copy.replica.reset();
  }
  support::FaultDisk disk{"unreadable-copy", 1};
};

TEST_F(EngineUnreadableTest, ACutThatTheDiskFailsIsTriedOnceMoreBeforeTheReplicaIsFetchedAgain) {
  const auto reply = cut(10, 11, {told(11, customer_of(200, "Ada", "Lovelace"))});
  follow();
  disk.fail_read(1);
  answer_pull(reply);
  EXPECT_EQ(error_code(), "disk-unreadable");
  ASSERT_FALSE(copy.replica->is_corrupt());
  pc.clock.wall_ms += wake_at - pc.clock.now().boot_ms;
  engine->wake();
  greet(welcome());
  disk.fail_read(1);
  answer_pull(reply);
  EXPECT_TRUE(copy.replica->is_corrupt());

  pc.clock.wall_ms += wake_at - pc.clock.now().boot_ms;
  engine->wake();
  EXPECT_TRUE(must(sync::decode_hello(transport.posted.back().body)).epoch.is_nil());
  const auto served = serve(20, customers(2));
  greet(bootstrap_welcome());
  answer(take(sync::path::snapshot), sync::encode_json(served.manifest));
  take_chunks(served);
  EXPECT_FALSE(copy.replica->is_corrupt());
  EXPECT_EQ(copy.replica->position().cursor.cn, 20u);
}

}  // namespace
}  // namespace holdline::agent
