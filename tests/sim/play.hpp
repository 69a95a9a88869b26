// Plays one world to its end and says what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/world.hpp"

namespace holdline::sim {

struct Failure {
  std::string checker, difference;
  std::string trace;  // the last events
};

struct Played {
  std::optional<Failure> failure;
  Counters counters;
  std::uint64_t trace_hash = 0;
  Tape tape;  // makes the same world again
};

Played play_seed(const Setting& setting, std::uint64_t seed, bool verbose = false);
Played play_tape(const Setting& setting, const Tape& tape, bool verbose = false);

}  // namespace holdline::sim
