// Checkers of a world at rest, when everything was mended and every workstation says it is settled.
#pragma once

#include <deque>

#include "tests/sim/world/hub_node.hpp"
#include "tests/sim/world/workplace.hpp"

namespace holdline::sim {

// Runs all of them; throws the first Violation.
void check_world_at_rest(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces);

}  // namespace holdline::sim
