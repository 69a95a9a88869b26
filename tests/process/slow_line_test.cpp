// Lines that are slow, and lines that lose packets.
#include <gtest/gtest.h>

#include "tests/process/support/behind_proxy.hpp"
#include "tests/process/support/lossy_network.hpp"

namespace holdline::process {
namespace {

// 64 kbit/s, and more than two seconds for there and back.
TEST(SlowLine, BringsACallbackBeforeTheEntriesThatWereSavedEarlier) {
  CentreBehindProxy there;
  Desk& desk = there.centre.add_desk("desk-1");
  desk.wait_for("online");
  const Hub& hub = there.centre.hub();
  constexpr unsigned entries = 200;
  const std::uint64_t all = change_of(hub) + entries + 1;
  there.proxy.cut();
  for (unsigned i = 0; i < entries; ++i) desk.add_entry(noise(i, 100));
  desk.ask({"callback", "add", "name=Caller", "phone=+442075518701", "reason=line down"});
  desk.daemon().stop();

  there.proxy.heal();
  there.proxy.limit(64'000 / 8);
  there.proxy.delay(std::chrono::milliseconds(1'300));
  desk.start();
  desk.until("the callback at the hub", [&] { return desk.ask({"outbox", "show", "1/1"})["state"] == "held"; });

  EXPECT_LT(change_of(hub), all) << "entries are still on their way";
  desk.until("everything at the hub and back", [&] { return change_of(desk.status()) == all; });
  desk.wait_until_equal_to(there.centre.hub());
  // A line that is only slow is never taken for a dead one.
  EXPECT_EQ(desk.daemon().log_since_start().find("error"), std::string::npos) << desk.daemon().log_since_start();
  EXPECT_FALSE(desk.status()["sync"].contains("error"));
}

// False when anything is not as it should be; GoogleTest has told it then.
bool loses_no_entry(LossyNetwork& network) {
  Centre centre;
  Desk& one = centre.add_desk("desk-1");
  Desk& two = centre.add_desk("desk-2");
  std::vector<std::string> notes;

  for (const unsigned percent : {1U, 10U, 30U}) {
    network.lose(percent, centre.hub().port());
    // At one in a hundred ten entries may all get through.
    for (unsigned i = 0; i < 10 || (i < 500 && network.lost() == 0); ++i)
      for (Desk* desk : {&one, &two})
        desk->add_entry(notes.emplace_back(desk->name() + " " + std::to_string(percent) + noise(i)));
    for (Desk* desk : {&one, &two}) {
      desk->wait_for("drained");
      desk->until("all entries", [&] { return sorted(desk->entry_notes()) == sorted(notes); });
      desk->wait_until_equal_to(centre.hub());
    }
    EXPECT_GT(network.lost(), 0U) << percent << " %";
  }
  return !testing::Test::HasFailure();
}

TEST(LossyLine, LosesNoEntryAndTakesNoneTwice) {
  const platform::Scratch scratch;
  EXPECT_TRUE(LossyNetwork::run(scratch.path(), loses_no_entry));
}

}  // namespace
}  // namespace holdline::process
