// Whose turn it was. An action is answered with what its copy came to, refused, told to wait, or has its turn: then it
// takes effect, or is refused for the record it stands on. Which of these, follows from who was allowed what at that
// moment and from what the result stream of its workstation told before; so nothing that the hub says of it has to be
// believed.
#pragma once

#include <vector>

#include "tests/sim/checks/access_log.hpp"
#include "tests/sim/checks/offers.hpp"

namespace holdline::sim {

struct Turn {
  const Offer* offer = nullptr;
  const sync::ActionResult* result = nullptr;
  bool is_late = false;  // its person was disabled after it was made, and before its turn
};

// Those that had their turn in the history that holds, by their place in the feed. Throws Violation: an action waits
// that need not, or does not wait for what it names; it is refused although its person may do that, or taken although
// not; of two copies the second is told otherwise than the first.
std::vector<Turn> turns(const Setting& setting, const Offers& offers, const LedgerHistory& history,
                        const AccessLog& access, const Deeds& deeds);

}  // namespace holdline::sim
