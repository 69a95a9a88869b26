// Rules of zones that remember their answers.
#pragma once

#include "contingency/callbacks/calling/windows.hpp"

namespace holdline::hub {

// The same, with what was asked for once remembered for as long as it is used: neither the country of a number nor the
// zones of a country change. Thread-safe if `rules` are.
contingency::ZoneRules remembering(contingency::ZoneRules rules);

}  // namespace holdline::hub
