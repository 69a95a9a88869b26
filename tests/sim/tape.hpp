// Every choice of a world, in the order it was made, under the name of what it was made for: "work 1/7" is the seventh
// thing that the person at seat 1 did, "fault 4" the fourth fault, "wire 0/23 up" the 23rd request of machine 0. A
// world is made from a seed and leaves a tape behind; the tape makes the same world again, without the seed's
// generator. A choice that is missing on a tape is 0, which is always the dullest one (nothing is lost, nobody works,
// no fault), so that a tape can be made shorter and still be played.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::sim {

using Choices = std::vector<std::uint64_t>;

struct Tape {
  std::uint64_t seed = 0;  // where ids and salts come from, which are no choices
  std::map<std::string, Choices, std::less<>> tracks;

  std::size_t choices() const;

  // A line for each track: "fault 4: 7 1200 3". Trailing zeros and empty tracks are left out.
  std::string text() const;
  // Refuses what text() would not write, naming the line.
  static Result<Tape> parse(std::string_view text);
};

}  // namespace holdline::sim
