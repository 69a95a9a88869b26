#include "tests/sim/shrink.hpp"

#include <gtest/gtest.h>

namespace holdline::sim {
namespace {

Tape long_tape() {
  Tape tape;
  tape.seed = 3;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    tape.tracks["fault " + std::to_string(i)] = {i, 30};
    tape.tracks["machine 0/work/" + std::to_string(i)] = {5, i};
    tape.tracks["machine 0/wire/" + std::to_string(i)] = {9};
  }
  return tape;
}

std::uint64_t choice(const Tape& tape, const std::string& track, std::size_t n) {
  const auto found = tape.tracks.find(track);
  return found == tape.tracks.end() || found->second.size() <= n ? 0 : found->second[n];
}

// Needs one thing somebody did and one fault that was long enough, wherever the rest is.
bool fails(const Tape& tape) { return choice(tape, "machine 0/work/17", 0) > 0 && choice(tape, "fault 31", 1) >= 12; }

TEST(Shrink, LeavesWhatTheFailureNeedsAndNothingElse) {
  const Shrunk shrunk = shrink(long_tape(), fails, [] { return true; });
  EXPECT_EQ(shrunk.tape.text(), "seed: 3\nfault 31: 0 15\nmachine 0/work/17: 1\n");
}

TEST(Shrink, TakesFarFewerTriesThanThereAreTracks) {
  const Shrunk shrunk = shrink(long_tape(), fails, [] { return true; });
  EXPECT_LT(shrunk.worlds, 80u);
}

TEST(Shrink, EndsWithAFailureWhenItsTimeIsOver) {
  int left = 5;
  const Shrunk shrunk = shrink(long_tape(), fails, [&] { return left-- > 0; });
  EXPECT_TRUE(fails(shrunk.tape));
}

}  // namespace
}  // namespace holdline::sim
