// What the network does to a centre: answers that get lost, cut lines, silence.
#include <gtest/gtest.h>

#include <functional>

#include "tests/process/support/behind_proxy.hpp"

namespace holdline::process {
namespace {

TEST(LostAnswers, OfPushesTakeEffectOnceAndTheOutboxSettles) {
  CentreBehindProxy there;
  Desk& desk = there.centre.add_desk("desk-1");
  std::vector<std::string> notes;

  for (unsigned round = 0; round < 5; ++round) {
    desk.wait_for("online");
    there.proxy.arm({Fault::Kind::swallow, bytes_of_a_noisy_push, 1});
    desk.add_entry(notes.emplace_back(noise(round)));
    desk.until("the answer lost", [&] { return there.proxy.struck() == 1; });
  }
  desk.wait_for("drained");

  desk.wait_until_equal_to(there.centre.hub());
  for (const std::string& note : notes) EXPECT_EQ(count(desk.entry_notes(), note), 1U);
  EXPECT_EQ(desk.entry_notes().size(), notes.size());
  EXPECT_EQ(count(desk.action_states(), "held"), notes.size());
}

TEST(Partition, InEveryFormLeavesWorkUndisturbedAndTheQueueDrainsAfterIt) {
  CentreBehindProxy there;
  Desk& one = there.centre.add_desk("desk-1");
  Desk& two = there.centre.add_desk("desk-2");
  FaultProxy& proxy = there.proxy;
  const std::vector<std::function<void()>> forms = {[&] { proxy.cut(); }, [&] { proxy.block_requests(); },
                                                    [&] { proxy.block_answers(); }, [&] { proxy.black_hole(); },
                                                    [&] { proxy.delay(std::chrono::milliseconds(300)); }};
  std::vector<std::string> notes;

  for (int round = 0; round < 10; ++round) {
    forms[static_cast<std::size_t>(round) % forms.size()]();
    for (Desk* desk : {&one, &two})
      for (int i = 0; i < 2; ++i)
        desk->add_entry(notes.emplace_back(desk->name() + " " + std::to_string(round) + " " + std::to_string(i)));
    proxy.heal();
    // In every other round the line fails again before everything was settled.
    if (round % 2 == 1) one.wait_for("drained");
  }

  for (Desk* desk : {&one, &two}) {
    desk->wait_for("drained");
    desk->until("all entries at " + desk->name(), [&] { return sorted(desk->entry_notes()) == sorted(notes); });
    desk->wait_until_equal_to(there.centre.hub());
  }
}

TEST(SilentHub, IsNoticedByThoseWhoTypeAndThoseWhoDoNot) {
  CentreBehindProxy there;
  Desk& typing = there.centre.add_desk("desk-1");
  Desk& idle = there.centre.add_desk("desk-2");
  for (Desk* desk : {&typing, &idle}) desk->wait_for("online");

  there.proxy.black_hole();
  typing.add_entry("into the silence");
  // At the latest when the longest poll and the patience beyond it are over.
  for (Desk* desk : {&typing, &idle}) desk->wait_for_mode("contingency", std::chrono::seconds(60));

  EXPECT_EQ(typing.waiting(), 1U);
  typing.add_entry("while away");
  there.proxy.heal();
  for (Desk* desk : {&typing, &idle}) {
    desk->wait_for("drained");
    desk->until("both entries", [&] { return desk->entry_notes().size() == 2; });
    desk->wait_until_equal_to(there.centre.hub());
  }
}

TEST(StalledDownload, IsGivenUpAndGoneOnWith) {
  CentreBehindProxy there;
  there.centre.hub().import(20'000);
  there.proxy.arm({Fault::Kind::stall, 300'000, 1});
  Desk& desk = there.centre.add_desk("desk-1");
  desk.until("the stall", [&] { return there.proxy.struck() == 1; });
  ASSERT_EQ(desk.status()["sync"]["state"], "bootstrapping");
  desk.add_entry("during the stall");

  desk.wait_for("online");

  desk.wait_for("drained");
  desk.wait_until_equal_to(there.centre.hub());
}

TEST(BrokenConnection, AfterAnyNumberOfBytesLeavesNothingHalfDone) {
  CentreBehindProxy there;
  there.centre.hub().import(5'000);
  Desk desk(there.centre.directory(), "desk-1");
  desk.start();
  desk.join(there.centre.hub());
  int struck = 0;

  for (const std::size_t bytes : {1U, 100U, 1'000U, 2'500U, 4'000U, 8'000U, 20'000U, 40'000U}) {
    desk.daemon().kill();
    std::filesystem::remove(desk.directory() / "replica.db");
    there.proxy.arm({Fault::Kind::reset, bytes, 1});
    desk.start();
    desk.wait_for("online");
    desk.wait_until_equal_to(there.centre.hub());
    struck += there.proxy.struck();
  }

  EXPECT_EQ(struck, 8);
}

}  // namespace
}  // namespace holdline::process
