// What a desk says of an outage, with real daemons: named after the scenarios of contingency.
#include <gtest/gtest.h>

#include "tests/process/support/centre.hpp"
#include "tests/process/support/tight_disk.hpp"

namespace holdline::process {
namespace {

// A round of probes each second: what takes 28 s with the usual five takes 6.
constexpr const char* quick = "[link]\nevery = \"1s\"\n";

class GreyHub : public ::testing::TestWithParam<Tightness> {};

// The hub reads and its disk takes nothing: the strip names the central service, entries wait, nothing is called held
// that is not, and all of it goes up when there is room.
TEST_P(GreyHub, A2IsDegradedByTheCentralServiceAndNothingIsCalledHeld) {
  if (!TightDisk::possible(GetParam())) GTEST_SKIP() << "mounting is not allowed here; the other one still runs";
  platform::Scratch scratch;
  const Path at = scratch / "disk";
  std::filesystem::create_directory(at);
  TightDisk disk(GetParam(), at);
  Hub hub(at / "hub");
  hub.start();
  Desk desk(scratch.path(), "desk-1", "", quick);
  desk.start();
  desk.join(hub);
  desk.wait_for("online");
  desk.wait_for_mode("online");
  const pid_t serving = hub.daemon().pid();
  std::vector<std::string> notes;

  const auto link = [&] { return desk.status()["link"]; };
  // What is free inside the hub's files is used up first.
  const auto refused = [&] { return desk.status()["sync"]["error"]["code"] == "disk-full"; };
  for (int i = 0; i < 1'000 && !refused(); ++i) {
    disk.fill(serving);
    desk.add_entry(notes.emplace_back("entry " + std::to_string(i) + std::string(3'000, '.')));
  }
  desk.wait_for_mode("degraded");

  EXPECT_EQ(link()["state"], "slow");
  EXPECT_EQ(link()["cause"], "central-service");
  EXPECT_EQ(link()["takes_writes"], false);
  EXPECT_FALSE(link()["since"].is_null());
  const std::string last = notes.emplace_back("typed while it is grey" + std::string(3'000, '.'));
  desk.add_entry(last);
  EXPECT_EQ(desk.action_states().front(), "saved") << "not held: the hub does not have it";
  EXPECT_GT(desk.waiting(), 0U);
  const Outcome shown = desk.run({"status"});
  EXPECT_NE(shown.out.find("it is the central service"), std::string::npos) << shown.out;

  disk.make_room(serving);
  desk.wait_for("drained");
  desk.until("the link being well again", [&] { return link()["takes_writes"] == true; });
  desk.wait_until_equal_to(hub);
  EXPECT_EQ(sorted(desk.entry_notes()), sorted(notes));
  EXPECT_EQ(desk.action_states().front(), "held");
}

INSTANTIATE_TEST_SUITE_P(Ways, GreyHub, ::testing::Values(Tightness::small_disk, Tightness::file_limit),
                         [](const auto& way) {
                           return way.param == Tightness::small_disk ? "OnADiskOfItsOwn" : "ByAFileLimit";
                         });

// Its end is believed when it lasts; nothing waits for that.
TEST(DeadHub, IsShownAsOfflineForAWhileAfterItsEndAndEntriesAreSentBefore) {
  Centre centre;
  Desk desk(centre.directory(), "desk-1", "", quick);
  desk.start();
  desk.join(centre.hub());
  desk.wait_for_mode("online");
  centre.hub().daemon().kill();
  desk.wait_for_mode("contingency");
  EXPECT_EQ(desk.status()["link"]["state"], "offline");
  desk.add_entry("while it was away");

  centre.hub().start();
  desk.wait_for("drained");
  EXPECT_EQ(desk.status()["link"]["state"], "offline") << "sent, and not believed yet";
  EXPECT_EQ(desk.mode(), "contingency");
  desk.until("what is known of its writes", [&] { return desk.status()["link"]["takes_writes"] == true; });
  EXPECT_NE(desk.run({"status"}).out.find("it answers again: shown when it stays"), std::string::npos);
}

}  // namespace
}  // namespace holdline::process
