// Files that are gone, cut off, overwritten, or older than what the hub has seen.
#include <gtest/gtest.h>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

// A workstation that is stopped with three entries in its outbox which the hub has not seen.
class DamagedFile : public ::testing::Test {
 protected:
  DamagedFile() {
    desk_.wait_for("online");
    centre_.hub().daemon().kill();
    for (const char* note : {"first", "second", "third"}) desk_.add_entry(note);
    desk_.daemon().stop();
  }

  Path file(const std::string& name) const { return desk_.directory() / name; }
  // Starts the daemon, which is expected to refuse; its words.
  std::string refusal() {
    desk_.daemon().launch();
    EXPECT_EQ(desk_.daemon().wait_for_end(), 1);
    return desk_.daemon().log_since_start();
  }

  Centre centre_;
  Desk& desk_ = centre_.add_desk("desk-1");
};

TEST_F(DamagedFile, AMissingOutboxIsNeverTakenForAFirstRunAndCanBePutBack) {
  std::filesystem::rename(file("outbox.db"), centre_ / "kept");
  desk_.start();
  const std::string words = desk_.status()["outbox"]["advice"];
  EXPECT_NE(words.find("missing or empty although this workstation was set up before"), std::string::npos) << words;
  EXPECT_NE(words.find("put it back"), std::string::npos) << words;
  EXPECT_FALSE(std::filesystem::exists(file("outbox.db")));

  desk_.daemon().stop();
  std::filesystem::rename(centre_ / "kept", file("outbox.db"));
  desk_.start();
  desk_.sign_in(centre_.hub());
  EXPECT_EQ(desk_.entry_notes().size(), 3U);
}

// Reading goes on, with what colleagues change meanwhile; saving after somebody decided, and then the hub knows.
TEST_F(DamagedFile, AnOutboxThatIsLostLeavesReadingAndTheLossIsTold) {
  std::filesystem::remove(file("keys/outbox.key"));
  std::filesystem::remove(file("outbox.db"));
  centre_.hub().start();
  Desk& other = centre_.add_desk("desk-2");
  const std::string customer = other.ask({"customer", "add", "given=Ann", "family=Miller"})["created"][0];
  other.wait_for("drained");

  desk_.start();
  desk_.sign_in(centre_.hub());
  desk_.until("the colleague's customer", [&] { return desk_.run({"customer", "show", customer}).status == 0; });
  EXPECT_NE(desk_.run({"entry", "add", "kind=message", "note=refused"}).status, 0);
  EXPECT_EQ(desk_.status()["health"][0]["code"], "outbox-missing");
  const Outcome begun = desk_.run({"outbox", "begin-anew", "--lost"});
  ASSERT_EQ(begun.status, 0) << begun.err;
  desk_.sign_in(centre_.hub());
  desk_.add_entry("in the next one");
  desk_.wait_for("drained");

  EXPECT_EQ(desk_.status()["health"], Json::array());
  EXPECT_TRUE(desk_.status()["outbox"]["lost_before"].is_string());
  EXPECT_EQ(centre_.hub().ask({"status", "--json"})["health"][0]["code"], "device-outbox-lost");
  EXPECT_NE(desk_.run({"outbox", "begin-anew", "--lost"}).status, 0) << "never of one that is there";
  desk_.daemon().stop();
  desk_.start();
  desk_.sign_in(centre_.hub());
  desk_.wait_until_equal_to(centre_.hub());
  EXPECT_EQ(desk_.entry_notes(), std::vector<std::string>{"in the next one"});
}

TEST_F(DamagedFile, AnOutboxOfOtherBytesIsRefusedAndLeftAlone) {
  const std::string garbage(20'480, 'x');
  write_text(file("outbox.db"), garbage);
  const std::string words = refusal();
  EXPECT_NE(words.find("outbox.db"), std::string::npos) << words;
  EXPECT_EQ(read_text(file("outbox.db")), garbage);
}

TEST_F(DamagedFile, AMissingKeyIsNamedAndNoneIsMadeInItsPlace) {
  std::filesystem::rename(file("keys/outbox.key"), centre_ / "kept");
  const std::string words = refusal();
  EXPECT_NE(words.find("key-missing"), std::string::npos) << words;
  EXPECT_FALSE(std::filesystem::exists(file("keys/outbox.key")));
}

TEST_F(DamagedFile, AReplicaOfOtherBytesIsFetchedAgainAndTheOutboxIsKept) {
  write_text(file("replica.db"), std::string(20'480, 'x'));
  desk_.start();
  EXPECT_NE(desk_.daemon().log_since_start().find("replica-rebuilt"), std::string::npos);
  EXPECT_EQ(desk_.waiting(), 3U);

  centre_.hub().start();
  desk_.wait_for("drained");
  desk_.wait_until_equal_to(centre_.hub());
  EXPECT_EQ(sorted(desk_.entry_notes()), (std::vector<std::string>{"first", "second", "third"}));
}

// The hub's administrator reads of it in the log.
bool hub_noticed(Centre& centre) {
  return centre.hub().daemon().log().find("\"id\":\"outbox-differs\"") != std::string::npos;
}

void write_over(const Path& with, const Path& target) {
  const Outcome done = run({{"/bin/cp", "-rT", with.string(), target.string()}, {}, {}, {}});
  if (done.status != 0) throw std::runtime_error("not written over: " + done.err);
}

bool desk_noticed(Desk& desk) {
  return desk.daemon().log_since_start().find("\"id\":\"outbox-elsewhere\"") != std::string::npos;
}

// The log of a daemon that was killed loses its end: what had reached the hub comes from there, and no number is used
// twice.
TEST(CutOffLog, OfAnOutboxLosesNothingTheHubHasAndReusesNoNumber) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  std::vector<std::string> notes;
  const Path log = desk.directory() / "outbox.db-wal";
  for (int i = 0; i < 3; ++i) desk.add_entry(notes.emplace_back("in the file " + std::to_string(i)));
  desk.until("the log moved into the file", [&] { return std::filesystem::file_size(log) == 0; });
  for (int i = 0; i < 3; ++i) desk.add_entry(notes.emplace_back("in the log " + std::to_string(i)));
  desk.until("the hub has them", [&] { return desk.waiting() == 0; });
  desk.daemon().kill();
  ASSERT_GT(std::filesystem::file_size(log), 8'192U);
  std::filesystem::resize_file(log, 6'000);

  desk.start();
  desk.sign_in(centre.hub());
  desk.add_entry(notes.emplace_back("after"));

  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
}

// Files that are written over in place are those that were there, as after the snapshot of a whole machine: only the
// hub can tell. Files that are put back from a backup are others: the workstation tells by itself.
class OlderCopyOfAWorkstation : public ::testing::TestWithParam<bool> {};

TEST_P(OlderCopyOfAWorkstation, LosesNothingAndReusesNoNumber) {
  const bool in_place = GetParam();
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  std::vector<std::string> notes;
  desk.add_entry(notes.emplace_back("before the copy"));
  desk.wait_for("drained");
  desk.daemon().stop();
  copy_directory(desk.directory(), centre / "copy");
  desk.start();
  desk.sign_in(centre.hub());
  for (int i = 0; i < 3; ++i) desk.add_entry(notes.emplace_back("after the copy " + std::to_string(i)));
  desk.wait_for("drained");
  desk.wait_for("online");
  desk.daemon().stop();
  centre.hub().daemon().stop();

  if (in_place)
    write_over(centre / "copy", desk.directory());
  else
    replace_directory(centre / "copy", desk.directory());
  desk.start();
  desk.sign_in(centre.hub());
  // Offline, so that numbers are given which the hub has already seen with other actions.
  for (int i = 0; i < 2; ++i) desk.add_entry(notes.emplace_back("on the old copy " + std::to_string(i)));
  centre.hub().start();

  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
  EXPECT_EQ(centre.hub().ask({"quarantine"})["items"].size(), 0U);
  EXPECT_EQ(hub_noticed(centre), in_place);
  EXPECT_EQ(desk_noticed(desk), !in_place);
}

INSTANTIATE_TEST_SUITE_P(PutBack, OlderCopyOfAWorkstation, ::testing::Bool(),
                         [](const auto& tested) { return tested.param ? "InPlace" : "AsOtherFiles"; });

TEST(ClonedWorkstation, GoesOnUnderItsOwnIncarnationAndNothingOfEitherCopyIsLost) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.add_entry("common");
  desk.wait_for("drained");
  desk.wait_for("online");
  desk.daemon().stop();
  Desk clone(centre.directory(), "clone");
  copy_directory(desk.directory(), clone.directory());
  centre.hub().daemon().stop();
  std::vector<std::string> notes{"common"};
  for (Desk* one : {&desk, &clone}) {
    one->start();
    one->sign_in(centre.hub());
    for (int i = 0; i < 3; ++i) one->add_entry(notes.emplace_back(one->name() + " " + std::to_string(i)));
    EXPECT_EQ(desk_noticed(*one), one == &clone) << "before anything was saved";
  }

  centre.hub().start();
  for (Desk* one : {&desk, &clone}) one->wait_for("drained");
  for (int round = 0; round < 3; ++round) {
    for (Desk* one : {&desk, &clone})
      one->add_entry(notes.emplace_back(one->name() + " online " + std::to_string(round)));
    clone.daemon().kill();
    clone.start();
    clone.sign_in(centre.hub());
  }

  for (Desk* one : {&desk, &clone}) one->wait_for("drained");
  for (Desk* one : {&desk, &clone}) {
    one->until("all entries at " + one->name(), [&] { return sorted(one->entry_notes()) == sorted(notes); });
    one->wait_until_equal_to(centre.hub());
  }
  EXPECT_FALSE(hub_noticed(centre)) << "no number was given twice";
}

TEST(OlderCopy, OfTheHubPutBackGetsEverythingAgainAndAnotherEpoch) {
  Centre centre;
  Desk& one = centre.add_desk("desk-1");
  Desk& two = centre.add_desk("desk-2");
  std::vector<std::string> notes;
  one.add_entry(notes.emplace_back("in the backup"));
  one.wait_for("drained");
  centre.hub().daemon().stop();
  copy_directory(centre.hub().directory(), centre / "backup");
  centre.hub().start();
  const std::string epoch = centre.hub().ask({"status", "--json"})["epoch"];
  for (Desk* desk : {&one, &two})
    for (int i = 0; i < 3; ++i) desk->add_entry(notes.emplace_back(desk->name() + " " + std::to_string(i)));
  for (Desk* desk : {&one, &two}) desk->wait_for("drained");
  for (Desk* desk : {&one, &two}) desk->wait_for("online");
  centre.hub().daemon().kill();

  replace_directory(centre / "backup", centre.hub().directory());
  centre.hub().start();
  one.add_entry(notes.emplace_back("after the restore"));

  for (Desk* desk : {&one, &two}) {
    desk->until("all entries at " + desk->name(), [&] { return sorted(desk->entry_notes()) == sorted(notes); });
    desk->wait_for("drained");
    desk->wait_until_equal_to(centre.hub());
  }
  EXPECT_NE(centre.hub().ask({"status", "--json"})["epoch"], epoch);
  EXPECT_EQ(centre.hub().ask({"quarantine"})["items"].size(), 0U);
}

// Nobody has to say so: the mark beside the ledger does.
TEST(OlderCopy, OfTheLedgerAloneIsNoticedByTheHubItself) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  Hub& hub = centre.hub();
  hub.daemon().stop();
  std::filesystem::copy_file(hub.directory() / "ledger.db", centre / "backup.db");
  hub.start();
  const std::string epoch = hub.ask({"status", "--json"})["epoch"];
  desk.add_entry("after the backup");
  desk.wait_for("drained");
  hub.daemon().stop();

  for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"})
    std::filesystem::remove(hub.directory() / name);
  std::filesystem::copy_file(centre / "backup.db", hub.directory() / "ledger.db");
  desk.daemon().stop();
  hub.start();
  EXPECT_NE(hub.ask({"status", "--json"})["epoch"], epoch);
  desk.start();
  desk.wait_for("drained");
  desk.wait_until_equal_to(hub);
}

}  // namespace
}  // namespace holdline::process
