// Workstations and hubs that come back: from a backup, on a new disk, out of an enrolment that was cut off.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

// A centre whose hub was saved to a backup before its workstation was enrolled.
class RestoredHub : public ::testing::Test {
 protected:
  RestoredHub() {
    centre_.hub().daemon().stop();
    copy_directory(centre_.hub().directory(), centre_ / "yesterday");
    centre_.hub().start();
  }
  // The hub does not run.
  void restore() {
    replace_directory(centre_ / "yesterday", centre_.hub().directory());
    centre_.hub().start();
  }

  Centre centre_;
};

TEST_F(RestoredHub, KnowsAWorkstationThatWasEnrolledSince) {
  Desk& desk = centre_.add_desk("enrolled today");
  desk.wait_for("online");
  desk.add_entry("sent before the restore");
  desk.wait_for("drained");
  centre_.hub().daemon().kill();
  desk.add_entry("typed meanwhile");

  restore();
  EXPECT_EQ(desk.run({"sync"}).status, 0);

  desk.wait_for("drained");
  desk.wait_until_equal_to(centre_.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), (std::vector<std::string>{"sent before the restore", "typed meanwhile"}));
  const Json status = centre_.hub().ask({"status", "--json"});
  EXPECT_EQ(status["health"][0]["code"], "device-readmitted");
  const Json device = centre_.hub().ask({"device", "list", "--json"})["items"][0];
  EXPECT_EQ(device["scopes"], Json::array({scope}));
  std::printf("yesterday's ledger: %s\nhub: %s\ndesk: %s, %zu entries, equal to the ledger\n", device.dump().c_str(),
              status["health"][0].dump().c_str(), desk.mode().c_str(), desk.entry_notes().size());
}

// A hub set up anew knows nobody, and its authority is another one: a code joins them, the workstation keeps its id.
TEST(HubSetUpAnew, TakesAWorkstationOverWithWhatItHasNotSent) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  const Json own = desk.status()["workstation"];
  centre.hub().daemon().kill();
  desk.add_entry("unsent");
  Hub fresh(centre / "fresh");
  fresh.start();

  const Outcome again = desk.run({"reenroll", fresh.enroll_code("desk-1")});
  ASSERT_EQ(again.status, 0) << again.err;

  desk.until("the entry at the new hub", [&] { return desk.waiting() == 0; });
  EXPECT_EQ(desk.status()["workstation"]["id"], own["id"]);
}

class KnownWorkstation : public ::testing::Test {
 protected:
  std::string code_for_it() { return centre_.hub().ask({"enroll-code", "--for", "desk-1", "--json"})["code"]; }

  Centre centre_;
  Desk& desk_ = centre_.add_desk("desk-1");
};

TEST_F(KnownWorkstation, OnANewDiskIsTheSameAndTellsTheLoss) {
  desk_.wait_for("online");
  const Json own = desk_.status()["workstation"];
  desk_.daemon().kill();
  std::filesystem::remove_all(desk_.directory());
  desk_.start();

  const Outcome again = desk_.run({"enroll", code_for_it()});
  ASSERT_EQ(again.status, 0) << again.err;
  desk_.sign_in(centre_.hub());
  desk_.add_entry("on the new disk");
  desk_.wait_for("drained");

  EXPECT_EQ(desk_.status()["workstation"], own);
  EXPECT_TRUE(desk_.status()["outbox"]["lost_before"].is_string());
  EXPECT_TRUE(centre_.hub().ask({"device", "list", "--json"})["items"][0]["outbox_lost"].is_string());
  desk_.wait_until_equal_to(centre_.hub());
}

TEST_F(KnownWorkstation, WithoutItsIdentityKeepsItsOutbox) {
  desk_.wait_for("online");
  centre_.hub().daemon().kill();
  desk_.add_entry("unsent");
  desk_.daemon().kill();
  std::filesystem::remove(desk_.directory() / "workstation.json");
  centre_.hub().start();
  desk_.start();

  const Outcome other = desk_.run({"enroll", centre_.hub().enroll_code("desk-2")});
  EXPECT_EQ(other.status, 1);
  EXPECT_NE(other.err.find("holdline-hub enroll-code --for"), std::string::npos) << other.err;
  const Outcome own = desk_.run({"enroll", code_for_it()});
  ASSERT_EQ(own.status, 0) << own.err;

  desk_.wait_for("drained");
  desk_.sign_in(centre_.hub());
  EXPECT_EQ(desk_.entry_notes(), std::vector<std::string>{"unsent"});
  EXPECT_TRUE(desk_.status()["outbox"]["lost_before"].is_null());
}

// What a computer could not send reaches the hub in a file, and comes again when the computer does.
TEST(CarriedOutbox, TakesEffectOnceAlsoWhenItsComputerComesBack) {
  Centre centre;
  Desk& broken = centre.add_desk("desk-1");
  Desk& other = centre.add_desk("desk-2");
  broken.wait_for("online");
  centre.hub().daemon().stop();
  broken.wait_for_mode("contingency");
  for (const char* note : {"first", "second"}) broken.add_entry(note);
  const std::string file = (centre / "carried.json").string();
  const Outcome exported = broken.run({"outbox", "export", "--output", file});
  ASSERT_EQ(exported.status, 0) << exported.err;
  broken.daemon().stop();

  centre.hub().start();
  const Json taken = centre.hub().ask({"outbox", "import", file, "--json"});
  EXPECT_EQ(taken["name"], "desk-1");
  EXPECT_EQ(taken["in_effect"], 2);
  other.until("what was carried", [&] { return other.entry_notes().size() == 2; });
  EXPECT_EQ(centre.hub().ask({"outbox", "import", file, "--json"})["known"], 2) << "a second time changes nothing";

  broken.start();
  broken.sign_in(centre.hub());
  broken.wait_for("drained");
  broken.wait_until_equal_to(centre.hub());
  EXPECT_EQ(sorted(broken.entry_notes()), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(broken.action_states().size(), 2u);
}

// The hub has granted, and the workstation's disk has some of it: the same code goes on.
TEST(CutOffEnrolment, AtAnyChangeOfTheDiskIsGoneOnWithByTheSameCode) {
  Centre centre;
  int cut_off = 0;
  bool was_killed = true;
  const bool every_change = std::getenv("HOLDLINE_EVERY_CHANGE") != nullptr;
  // Every one of the first, where certificate and identity are written, then fewer and fewer of those of the databases.
  for (int change = 1; was_killed; change += every_change ? 1 : 1 + change / 3) {
    SCOPED_TRACE(change);
    Desk desk(centre.directory(), "desk-" + std::to_string(change));
    desk.start();
    desk.daemon().stop();
    const Command plain = desk.daemon().command();
    desk.daemon().command().environment["LD_PRELOAD"] = HOLDLINE_DYING_LIBRARY;
    desk.daemon().command().environment["HOLDLINE_DYING_AT"] = std::to_string(change);
    try {
      desk.start();
    } catch (const std::runtime_error&) {
      continue;  // before it could be asked
    }
    const std::string code = centre.hub().enroll_code(desk.name());
    was_killed = desk.run({"enroll", code}).status != 0;
    if (was_killed) {
      EXPECT_EQ(desk.daemon().wait_for_end(), 128 + SIGKILL);
      ++cut_off;
    } else if (desk.daemon().runs()) {
      desk.daemon().kill();
    }
    desk.daemon().command() = plain;
    desk.start();
    if (was_killed && desk.mode() == "not-enrolled") {
      const Outcome again = desk.run({"enroll", code});
      ASSERT_EQ(again.status, 0) << again.err;
    }
    desk.wait_for("online");
  }
  EXPECT_GT(cut_off, 5);
  EXPECT_EQ(centre.hub().ask({"device", "list", "--json"})["items"].size(), static_cast<std::size_t>(cut_off + 1));
}

}  // namespace
}  // namespace holdline::process
