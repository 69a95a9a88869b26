// Daemons that are refused memory.
#include <gtest/gtest.h>

#include "tests/process/preload/failing_memory.hpp"
#include "tests/process/support/behind_proxy.hpp"

namespace holdline::process {
namespace {

// It answers again, or has ended and is started again (true).
bool recover(const Desk& desk, Daemon& daemon, const std::function<bool()>& answers) {
  desk.until("an answer, or the end", [&] { return !daemon.runs() || answers(); });
  const bool ended = !daemon.runs();
  if (ended) daemon.start();
  return ended;
}

void expect_everything_once(Centre& centre, const Desk& desk, const std::vector<std::string>& acknowledged) {
  desk.wait_for("drained");
  desk.until("everything back", [&] { return change_of(desk.status()) == change_of(centre.hub()); });
  desk.wait_until_equal_to(centre.hub());
  const auto shown = desk.entry_notes();
  for (const std::string& note : acknowledged) EXPECT_EQ(count(shown, note), 1U) << note;
  for (const std::string& note : shown) EXPECT_EQ(count(shown, note), 1U) << note;
}

// The first allocation that fails lies somewhere in the work of an entry; one fails, or all from then on.
void starve(FailingMemory& memory, std::mt19937& draw, unsigned allocations) {
  const std::int64_t after = draw() % allocations;
  memory.run_out_after(after, draw() % 3 == 0 ? FailingMemory::for_ever : 1);
}

TEST(OutOfMemory, AtAWorkstationIsAnErrorOrItsEndAndWhatWasAcknowledgedStays) {
  Centre centre;
  Desk desk(centre.directory(), "desk-1");
  FailingMemory memory(desk.daemon(), centre / "desk-1.memory");
  desk.start();
  desk.join(centre.hub());
  desk.wait_for("online");
  std::mt19937 draw{9};
  std::vector<std::string> acknowledged;
  int struck = 0, refused = 0;

  for (int round = 0; round < 20; ++round) {
    starve(memory, draw, 1'000);
    const std::string note = "entry " + std::to_string(round);
    const Outcome outcome = desk.run({"entry", "add", "kind=message", "note=" + note});
    struck += memory.suffice() > 0;
    refused += outcome.status != 0;
    if (outcome.status == 0) acknowledged.push_back(note);
    const bool ended = recover(desk, desk.daemon(), [&] { return desk.run({"status"}).status == 0; });
    if (ended) desk.sign_in(centre.hub());  // for entries are signed by a person
    // With memory again the next one is taken; it may have to read again what the failure left half read.
    desk.ask({"entry", "add", "kind=message", "note=after " + std::to_string(round)});
    acknowledged.push_back("after " + std::to_string(round));
  }

  EXPECT_GT(struck, 5);
  EXPECT_GT(refused, 3);
  EXPECT_GT(acknowledged.size(), 3U);
  expect_everything_once(centre, desk, acknowledged);
}

TEST(OutOfMemory, AtTheHubIsAnErrorOrItsEndAndNothingIsHalfStored) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  centre.hub().daemon().stop();
  FailingMemory memory(centre.hub().daemon(), centre / "hub.memory");
  centre.hub().start();
  desk.wait_for("online");
  std::mt19937 draw{10};
  std::vector<std::string> notes;
  int struck = 0;

  for (int round = 0; round < 30; ++round) {
    starve(memory, draw, 1'500);
    desk.add_entry(notes.emplace_back("entry " + std::to_string(round)));
    desk.run({"sync"});
    desk.run({"status"});
    struck += memory.suffice() > 0;
    recover(desk, centre.hub().daemon(), [&] { return centre.hub().run({"status"}).status == 0; });
  }

  EXPECT_GT(struck, 10);
  expect_everything_once(centre, desk, notes);
  EXPECT_EQ(desk.entry_notes().size(), notes.size());
}

}  // namespace
}  // namespace holdline::process
