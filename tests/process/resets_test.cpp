// Connections that break after every number of bytes, and answers that get lost again and again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tests/process/support/behind_proxy.hpp"

namespace holdline::process {
namespace {

// Breaking after each single byte takes minutes: that is done with HOLDLINE_EVERY_BYTE set, else a sample of them.
std::size_t step(std::size_t sampled) { return std::getenv("HOLDLINE_EVERY_BYTE") != nullptr ? 1 : sampled; }

// One workstation saves, another one learns of it, each over a line of its own.
class BrokenLine : public ::testing::Test {
 protected:
  BrokenLine() {
    reader_.daemon().stop();
    readers_line_.forward_to(there_.centre.hub().port());
    reader_.expect_hub_at(readers_line_.port());
    reader_.start();
    for (const Desk* desk : {&writer_, &reader_}) desk->wait_for("online");
    saved_ = change_of(there_.centre.hub());
  }

  // Saves an entry while both lines break after so many bytes. Everything arrives in spite of it, once. Returns how
  // many lines broke before that.
  int exchange(Fault::Kind kind, std::size_t bytes, const std::string& note) {
    for (FaultProxy* line : {&there_.proxy, &readers_line_}) line->arm({kind, bytes, 1}), line->heal();
    writer_.add_entry(note);
    ++saved_;
    // A line that broke is tried again after a while; asking for it saves the time.
    until("the entry at both", [&] {
      bool all = true;
      for (const Desk* desk : {&writer_, &reader_}) {
        const Json status = desk->status();
        if (status["sync"]["connected"] == false) desk->run({"sync"});
        all = all && status["sync"]["settled"] == true && change_of(status) == saved_;
      }
      return all;
    });
    const int struck = there_.proxy.struck() + readers_line_.struck();
    for (FaultProxy* line : {&there_.proxy, &readers_line_}) line->disarm();
    return struck;
  }

  void until(const std::string& what, const std::function<bool()>& holds) { writer_.until(what, holds); }

  void expect_everything_once(const std::set<std::string>& notes) {
    for (const Desk* desk : {&writer_, &reader_}) {
      desk->wait_until_equal_to(there_.centre.hub());
      EXPECT_EQ(desk->digests(), there_.centre.hub().digests()) << desk->name();
      const auto shown = desk->entry_notes();
      EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()).size(), shown.size()) << "nothing twice";
      for (const std::string& note : shown) EXPECT_TRUE(notes.contains(note)) << note;
    }
    // An action moves the ledger by one change: none was lost, none came twice.
    EXPECT_EQ(change_of(there_.centre.hub()), saved_);
    EXPECT_EQ(writer_.waiting(), 0U);
  }

  CentreBehindProxy there_;
  FaultProxy readers_line_;
  Desk& writer_ = there_.centre.add_desk("desk-1");
  Desk& reader_ = there_.centre.add_desk("desk-2");
  std::uint64_t saved_ = 0;  // the ledger's change of the last entry
};

class AnyByte : public BrokenLine, public ::testing::WithParamInterface<Fault::Kind> {};

// The connections stand: what breaks is the push with the entry and its answer, the pull that brings it and the next.
TEST_P(AnyByte, OfAMessageMayBeTheLastAndNothingIsHalfDone) {
  constexpr std::size_t surely_shorter = 250, surely_longer = 2'048, sampled = 9;
  std::set<std::string> notes;
  std::size_t bytes = 0;
  for (; exchange(GetParam(), bytes, *notes.insert("after " + std::to_string(bytes)).first) > 0; bytes += step(sampled))
    ASSERT_LT(bytes, surely_longer);
  EXPECT_GT(bytes, surely_shorter);
  expect_everything_once(notes);
}

// They do not stand: handshake, greeting and everything after them comes before the limit.
TEST_P(AnyByte, OfAConversationMayBeTheLastAndNothingIsHalfDone) {
  constexpr std::size_t longest = 2'048, surely_longer = 700, sampled = 41;
  std::set<std::string> notes;
  for (std::size_t bytes = 0; bytes <= longest; bytes += step(sampled)) {
    for (FaultProxy* line : {&there_.proxy, &readers_line_}) line->cut();
    const int broke = exchange(GetParam(), bytes, *notes.insert("after " + std::to_string(bytes)).first);
    EXPECT_TRUE(broke == 2 || bytes > surely_longer) << bytes;
  }
  expect_everything_once(notes);
}

INSTANTIATE_TEST_SUITE_P(Directions, AnyByte, ::testing::Values(Fault::Kind::reset_request, Fault::Kind::reset),
                         [](const auto& kind) {
                           return kind.param == Fault::Kind::reset ? "OfAnswers" : "OfRequests";
                         });

TEST_F(BrokenLine, InTheMiddleOfALongMessageLeavesNothingHalfDone) {
  std::set<std::string> notes;
  std::mt19937 draw{4};
  for (unsigned round = 0; round < 16; ++round) {
    const auto kind = round % 2 == 0 ? Fault::Kind::reset_request : Fault::Kind::reset;
    const std::size_t bytes = 50 + draw() % bytes_of_a_noisy_push;
    EXPECT_GT(exchange(kind, bytes, *notes.insert(noise(round)).first), 0) << bytes;
  }
  expect_everything_once(notes);
}

// The result of an action is told with the answer to its push, and again with a pull: both get lost, five times in all.
TEST(LostAnswers, AboutOneActionFiveTimesInARowLeaveOneEffectAndOneResult) {
  CentreBehindProxy there;
  Desk& desk = there.centre.add_desk("desk-1");
  desk.add_entry("so that a connection stands whose handshake is over");
  desk.until("the first entry back", [&] { return change_of(desk.status()) == 1; });
  const std::uint64_t before = change_of(there.centre.hub());
  // Longer than handshake and greeting, shorter than those and the entry.
  constexpr std::size_t in_the_middle_of_the_entry = 3'300;
  there.proxy.arm(
      {{Fault::Kind::swallow, bytes_of_a_noisy_push, 1}, {Fault::Kind::reset, in_the_middle_of_the_entry, 4}});

  const std::string note = noise(12);
  desk.add_entry(note);
  for (int lost = 1; lost <= 5; ++lost) {
    desk.until("an answer lost", [&] { return there.proxy.struck() >= lost; });
    EXPECT_EQ(change_of(there.centre.hub()), before + 1) << "the ledger has taken it once";
  }
  desk.until("the result", [&] { return count(desk.action_states(), "held") == 2; });
  desk.wait_until_equal_to(there.centre.hub());

  EXPECT_EQ(count(desk.entry_notes(), note), 1U);
  EXPECT_EQ(desk.ask({"outbox", "show", "2/2"})["verdict"], "applied");
  EXPECT_EQ(change_of(there.centre.hub()), before + 1);
}

}  // namespace
}  // namespace holdline::process
