// What a supervisor has to be asked about incidents that overlap. Pure.
#pragma once

#include <utility>
#include <vector>

#include "contingency/incident/incidents.hpp"

namespace holdline::contingency {

// Pairs that meet, both in force, of which nobody has said whether they are one, and of which it does not follow from
// what was said of others either. Real ones before practice, then by beginning.
std::vector<std::pair<sync::Id, sync::Id>> undecided(const Incidents& known);

}  // namespace holdline::contingency
