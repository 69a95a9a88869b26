// What a disk does to daemons: it is full (also while the first copy comes down), it fails to sync, it is read-only.
#include <gtest/gtest.h>

#include <thread>

#include "tests/process/support/centre.hpp"
#include "tests/process/support/tight_disk.hpp"

namespace holdline::process {
namespace {

// A daemon whose disk can be broken: its syncs fail while the file `mark` exists.
void let_fail(Daemon& daemon, const Path& mark) {
  daemon.command().environment["LD_PRELOAD"] = HOLDLINE_FAILING_SYNC_LIBRARY;
  daemon.command().environment["HOLDLINE_FAILING_SYNC"] = mark.string();
}

class FullDisk : public ::testing::TestWithParam<Tightness> {
 protected:
  void SetUp() override {
    if (!TightDisk::possible(GetParam())) GTEST_SKIP() << "mounting is not allowed here; the other one still runs";
  }
};

TEST_P(FullDisk, RefusesEntriesClearlyKeepsWhatItAcknowledgedAndGoesOnWithRoom) {
  Centre centre;
  const Path at = centre / "disk";
  std::filesystem::create_directory(at);
  TightDisk disk(GetParam(), at);
  Desk desk(at, "desk-1");
  desk.start();
  desk.join(centre.hub());
  desk.wait_for("online");
  centre.hub().daemon().kill();
  desk.wait_for_mode("contingency");
  std::vector<std::string> acknowledged{"before"};
  desk.add_entry("before");

  // The space set aside is given up for entries first; then there is none.
  Outcome answer;
  for (int i = 0; i < 3'000 && answer.status == 0; ++i) {
    disk.fill(desk.daemon().pid());
    const std::string note = "entry " + std::to_string(i) + std::string(3'000, '.');
    answer = desk.run({"entry", "add", "kind=message", "note=" + note});
    if (answer.status == 0) acknowledged.push_back(note);
  }

  EXPECT_EQ(answer.status, 75);
  EXPECT_NE(answer.err.find("the disk is full. Free some space"), std::string::npos) << answer.err;
  const Json outbox = desk.status()["outbox"];
  EXPECT_EQ(outbox["health"], "read-only");
  EXPECT_NE(outbox["advice"], "");
  EXPECT_EQ(outbox["waiting"], std::to_string(acknowledged.size()));
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(acknowledged));

  disk.make_room(desk.daemon().pid());
  desk.wait_for("ready");
  desk.add_entry(acknowledged.emplace_back("with room again"));
  desk.daemon().kill();
  desk.start();
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(acknowledged));
  centre.hub().start();
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(acknowledged));
}

TEST_P(FullDisk, AtTheHubKeepsEntriesAtTheWorkstationsUntilThereIsRoom) {
  platform::Scratch scratch;
  const Path at = scratch / "disk";
  std::filesystem::create_directory(at);
  TightDisk disk(GetParam(), at);
  Hub hub(at / "hub");
  hub.start();
  Desk desk(scratch.path(), "desk-1");
  desk.start();
  desk.join(hub);
  desk.wait_for("online");
  const pid_t serving = hub.daemon().pid();
  std::vector<std::string> notes;

  // What is free inside the hub's files is used up first.
  const auto refused = [&] { return desk.status()["sync"]["error"]["code"] == "disk-full"; };
  for (int i = 0; i < 1'000 && !refused(); ++i) {
    disk.fill(serving);
    desk.add_entry(notes.emplace_back("entry " + std::to_string(i) + std::string(3'000, '.')));
  }
  ASSERT_TRUE(refused());
  EXPECT_GT(desk.waiting(), 0U);

  disk.make_room(serving);
  desk.wait_for("drained");
  desk.wait_until_equal_to(hub);
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
  EXPECT_EQ(hub.daemon().pid(), serving);
  EXPECT_TRUE(hub.daemon().runs());
}

INSTANTIATE_TEST_SUITE_P(Ways, FullDisk, ::testing::Values(Tightness::small_disk, Tightness::file_limit),
                         [](const auto& way) {
                           return way.param == Tightness::small_disk ? "OfItsOwn" : "ByAFileLimit";
                         });

// Whether it was stopped or killed: what it left in its directory differs.
TEST(FullDiskAtTheStart, IsNoReasonToRefuseEntries) {
  if (!TightDisk::possible(Tightness::small_disk)) GTEST_SKIP() << "mounting is not allowed here";
  Centre centre;
  const Path at = centre / "disk";
  std::filesystem::create_directory(at);
  TightDisk disk(Tightness::small_disk, at);
  Desk desk(at, "desk-1");
  desk.start();
  desk.join(centre.hub());
  desk.wait_for("online");
  centre.hub().daemon().kill();
  std::vector<std::string> notes;
  for (const bool killed : {false, true}) {
    // A kill leaves them in the log, and moving them into the file takes space, too.
    for (int i = 0; i < 8; ++i) desk.add_entry(notes.emplace_back(std::to_string(i) + std::string(3'000, '.')));
    if (killed) {
      desk.daemon().kill();
    } else {
      desk.daemon().stop();
    }
    disk.fill(0);
    ASSERT_TRUE(std::filesystem::exists(desk.directory() / "reserve"));

    ASSERT_NO_THROW(desk.start()) << desk.daemon().log_since_start();

    desk.sign_in(centre.hub());
    desk.add_entry(notes.emplace_back(killed ? "after a kill" : "after a stop"));
    EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
    disk.make_room(0);
    desk.daemon().stop();
    desk.start();  // sets space aside again
    desk.sign_in(centre.hub());
  }
  centre.hub().start();
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
}

TEST(ReadOnlyDisk, IsNamedWhenTheDaemonCannotStart) {
  if (!TightDisk::possible(Tightness::small_disk)) GTEST_SKIP() << "mounting is not allowed here";
  platform::Scratch scratch;
  TightDisk disk(Tightness::small_disk, scratch.path());
  Desk desk(scratch.path(), "desk-1");
  desk.start();
  desk.daemon().stop();
  disk.make_read_only();

  const Outcome outcome = run({{bin("holdlined"), "--config", (scratch / "desk-1.toml").string()}, {}, {}, {}});

  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.err.find("Read-only file system"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(scratch.path().string()), std::string::npos) << outcome.err;
}

// Everything but saving goes on, and what the disk did not take is made up for when it does.
class ReadOnlyWhileItWorks : public ::testing::Test {
 protected:
  void SetUp() override {
    auto& environment = desk_.daemon().command().environment;
    environment["LD_PRELOAD"] = HOLDLINE_READ_ONLY_DISK_LIBRARY;
    environment["HOLDLINE_READ_ONLY_DISK"] = desk_.directory().string();
    environment["HOLDLINE_READ_ONLY"] = mark_.string();
    desk_.start();
    desk_.join(centre_.hub());
    desk_.wait_for("online");
    centre_.hub().daemon().stop();
    for (const char* note : {"one", "two"}) desk_.add_entry(note);
    write_text(mark_, "");
    EXPECT_NE(desk_.run({"entry", "add", "kind=message", "note=three"}).status, 0);
    EXPECT_EQ(desk_.status()["outbox"]["health"], "read-only");
  }

  Centre centre_;
  Path mark_ = centre_ / "read-only";
  Desk desk_{centre_.directory(), "desk-1"};
};

TEST_F(ReadOnlyWhileItWorks, TheDeskListsExportsSendsAndKnowsWhatTheHubHas) {
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // it tries to come back meanwhile

  const Outcome exported = desk_.run({"outbox", "export"});
  EXPECT_NE(exported.out.find("\"one\""), std::string::npos) << exported.err;
  EXPECT_EQ(desk_.action_states(), (std::vector<std::string>{"saved", "saved"}));

  centre_.hub().start();
  desk_.wait_for("drained");
  EXPECT_EQ(desk_.action_states(), (std::vector<std::string>{"held", "held"}));
  EXPECT_EQ(sorted(desk_.entry_notes()), sorted({"one", "two"}));
  EXPECT_EQ(desk_.status()["outbox"]["health"], "read-only");

  std::filesystem::remove(mark_);
  desk_.wait_for("ready");
  desk_.add_entry("four");
  desk_.wait_for("drained");
  desk_.wait_until_equal_to(centre_.hub());
  centre_.hub().daemon().stop();
  desk_.daemon().kill();
  desk_.start();
  EXPECT_EQ(desk_.waiting(), 0U);  // the results were written when that was possible
  EXPECT_EQ(sorted(desk_.entry_notes()), sorted({"one", "two", "four"}));
}

TEST(ReadOnlyDisk, AtTheStartOnlySavingWaits) {
  if (!TightDisk::possible(Tightness::small_disk)) GTEST_SKIP() << "mounting is not allowed here";
  for (const bool killed : {false, true}) {
    Centre centre;
    std::filesystem::create_directory(centre / "desk-1");
    TightDisk disk(Tightness::small_disk, centre / "desk-1");
    std::filesystem::permissions(centre / "desk-1", std::filesystem::perms::owner_all);
    Desk desk(centre.directory(), "desk-1");
    desk.start();
    desk.join(centre.hub());
    desk.wait_for("online");
    centre.hub().daemon().stop();
    for (const char* note : {"one", "two"}) desk.add_entry(note);
    if (killed) {
      desk.daemon().kill();  // what it saved is in the log
    } else {
      desk.daemon().stop();
    }
    disk.make_read_only();

    ASSERT_NO_THROW(desk.start()) << desk.daemon().log_since_start();

    desk.sign_in(centre.hub());
    EXPECT_EQ(sorted(desk.entry_notes()), sorted({"one", "two"}));
    EXPECT_NE(desk.run({"outbox", "export"}).out.find("\"two\""), std::string::npos);
    const Outcome refused = desk.run({"entry", "add", "kind=message", "note=three"});
    EXPECT_NE(refused.err.find("Nothing can be saved on this PC now"), std::string::npos) << refused.err;
    centre.hub().start();
    desk.wait_for("drained");
    EXPECT_EQ(desk.action_states(), (std::vector<std::string>{"held", "held"}));

    disk.make_writable();
    desk.wait_for("ready");
    desk.add_entry("four");
    desk.wait_for("drained");
    desk.wait_until_equal_to(centre.hub());
    EXPECT_EQ(sorted(desk.entry_notes()), sorted({"one", "two", "four"}));
  }
}

TEST(FailedSync, AtAWorkstationRefusesEntriesUntilTheDiskIsWell) {
  Centre centre;
  const Path broken = centre / "broken";
  Desk desk(centre.directory(), "desk-1");
  let_fail(desk.daemon(), broken);
  desk.start();
  desk.join(centre.hub());
  desk.wait_for("online");
  centre.hub().daemon().kill();
  desk.add_entry("before");

  write_text(broken, "");
  const Outcome refused = desk.run({"entry", "add", "kind=message", "note=while broken"});

  EXPECT_NE(refused.status, 0);
  EXPECT_EQ(desk.status()["outbox"]["health"], "read-only");
  EXPECT_NE(desk.status()["outbox"]["advice"], "");
  const Outcome again = desk.run({"entry", "add", "kind=message", "note=still broken"});
  EXPECT_NE(again.err.find("Nothing can be saved on this PC now"), std::string::npos) << again.err;
  EXPECT_NE(desk.run({"outbox", "export"}).out.find("before"), std::string::npos);

  std::filesystem::remove(broken);
  desk.wait_for("ready");
  desk.add_entry("after");
  centre.hub().start();
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  for (const char* note : {"before", "after"}) EXPECT_TRUE(contains(desk.entry_notes(), note)) << note;
  EXPECT_FALSE(contains(desk.entry_notes(), "still broken"));
}

TEST(FailedSync, AtTheHubEndsItSoThatItsNextStartGoesOn) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  const Path broken = centre / "broken";
  centre.hub().daemon().stop();
  let_fail(centre.hub().daemon(), broken);
  centre.hub().start();
  desk.wait_for("online");

  write_text(broken, "");
  desk.add_entry("while broken");

  EXPECT_EQ(centre.hub().daemon().wait_for_end(), 74);
  EXPECT_NE(centre.hub().daemon().log_since_start().find("ledger-needs-reopen"), std::string::npos);
  EXPECT_EQ(desk.waiting(), 1U);

  // Its supervisor starts it in vain while the disk is broken.
  centre.hub().daemon().launch();
  EXPECT_NE(centre.hub().daemon().wait_for_end(), 0);

  std::filesystem::remove(broken);
  centre.hub().start();
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  EXPECT_EQ(desk.entry_notes(), std::vector<std::string>{"while broken"});
}

}  // namespace
}  // namespace holdline::process
