// What must hold of the values that people wrote when a world is at rest: none is gone without a trace.
#pragma once

#include "tests/sim/checks/world_outcome.hpp"
#include "tests/sim/world/stage.hpp"

namespace holdline::sim {

// Throws Violation: a value that took effect neither stands, nor is in a conflict, nor was changed by somebody who saw
// it.
void losing_values_are_kept(const Stage& stage, const WorldOutcome& outcome);
// Throws Violation: of several values that one value was changed to, more than one is in no conflict.
void overlapping_edits_conflict(Stage& stage, const WorldOutcome& outcome);

}  // namespace holdline::sim
