// What must hold of the order of actions when a world is at rest.
#pragma once

#include "tests/sim/world/hub_node.hpp"
#include "tests/sim/world/stage.hpp"

namespace holdline::sim {

// Throws Violation: the actions of each lane were taken one after the other, without a gap.
void order_is_kept(const Stage& stage);
// Throws Violation: an action waits only for what it names in `depends_on`, and only while that has not taken effect;
// one that was refused holds up nothing else.
void parked_only_by_what_it_names(const Stage& stage, HubNode& hub);

}  // namespace holdline::sim
