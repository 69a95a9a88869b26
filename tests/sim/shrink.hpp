// Makes the tape of a failure shorter, so that a person can read what leads to it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/sim/tape.hpp"

namespace holdline::sim {

struct Shrunk {
  Tape tape;
  std::uint64_t worlds = 0;  // played on the way
};

// Takes out what the failure does not need: requests that went wrong, faults, what people did (each as a whole track,
// by Zeller and Hildebrandt's ddmin, 2002), then makes the choices that are left smaller. `fails` plays a tape and says
// whether it still fails in the same way; `go_on` says whether there is time for more. The result fails if `tape` does.
Shrunk shrink(Tape tape, const std::function<bool(const Tape&)>& fails, const std::function<bool()>& go_on);

}  // namespace holdline::sim
