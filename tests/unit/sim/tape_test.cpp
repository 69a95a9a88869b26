#include "tests/sim/tape.hpp"

#include <gtest/gtest.h>

#include "tests/sim/world/chance.hpp"

namespace holdline::sim {
namespace {

TEST(Tape, ReadsWhatItWrites) {
  Tape tape;
  tape.seed = 7;
  tape.tracks = {{"fault 4", {7, 0, 3}}, {"machine 1/wire/23", {1}}};
  const auto read = Tape::parse(tape.text());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->seed, 7u);
  EXPECT_EQ(read->tracks, tape.tracks);
}

TEST(Tape, LeavesOutWhatIsNothingAnyway) {
  Tape tape;
  tape.tracks = {{"fault 1", {2, 0, 0}}, {"fault 2", {0, 0}}};
  EXPECT_EQ(tape.text(), "seed: 0\nfault 1: 2\n");
}

TEST(Tape, NamesTheLineThatIsNoTrack) {
  for (const char* text : {"seed: 1\nfault 1: x\n", "seed: 1\nfault 1\n", "seed: 1\n: 1\n", "a: 1\na: 2\n"}) {
    const auto read = Tape::parse(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_NE(read.error().message.find("Line 2"), std::string::npos) << text;
  }
}

TEST(Chance, ATapePlaysWhatASeedChose) {
  ChoiceSource seeded(42);
  Chance one = Chance(seeded).fork("one"), two = Chance(seeded).fork("two ", 2);
  std::vector<std::uint64_t> chosen;
  for (int i = 0; i < 20; ++i) chosen.push_back(i % 3 == 0 ? two.below(1000) : one.below(50));
  const std::uint64_t salt = one.salt();

  const Tape tape = seeded.made();
  ChoiceSource played(tape);
  Chance one_again = Chance(played).fork("one"), two_again = Chance(played).fork("two ", 2);
  std::vector<std::uint64_t> again;
  for (int i = 0; i < 20; ++i) again.push_back(i % 3 == 0 ? two_again.below(1000) : one_again.below(50));

  EXPECT_EQ(again, chosen);
  EXPECT_EQ(one_again.salt(), salt);
  EXPECT_EQ(played.made().tracks, tape.tracks);
}

TEST(Chance, ATapeWithoutAChoiceGivesTheDullestOne) {
  const Tape empty;
  ChoiceSource played(empty);
  Chance chance = Chance(played).fork("any");
  EXPECT_EQ(chance.below(9), 0u);
  EXPECT_EQ(chance.between(-3, 9), -3);
  EXPECT_FALSE(chance.percent(99));
  EXPECT_FALSE(chance.one_in(2));
}

TEST(Chance, MoreChoicesOnOneTrackShiftNoneOnAnother) {
  ChoiceSource few(5), many(5);
  Chance other_few = Chance(few).fork("other"), other_many = Chance(many).fork("other");
  for (int i = 0; i < 10; ++i) other_many.below(100);
  other_few.below(100);
  EXPECT_EQ(Chance(few).fork("one").below(1'000'000), Chance(many).fork("one").below(1'000'000));
}

}  // namespace
}  // namespace holdline::sim
