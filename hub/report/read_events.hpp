// What happened beside the steps of the incidents: presses of the button, releases, paper, the plan's actions. Internal
// to hub/report.
#pragma once

#include <set>

#include "contingency/report/facts.hpp"
#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// Into `facts`, whose incidents and scopes are there; `names`: of the incidents, as records have them.
Result<void> read_events(LedgerReader& reader, const std::set<std::string>& names, contingency::ReportFacts& facts);

}  // namespace holdline::hub
