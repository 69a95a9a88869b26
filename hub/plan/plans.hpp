// The contingency plan as records that are fed to every workstation (collection plan_part): each version once for each
// scope, in parts, and never changed. The thread that writes the ledger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contingency/plan/plan.hpp"
#include "hub/intake/intake.hpp"
#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// The texts of the versions that this ledger has, by version. Errors of the ledger.
Result<std::map<std::uint32_t, std::string>> kept_plans(Ledger& ledger);

// The text of the newest one, or of the one that ships.
Result<std::string> plan_in_force(Ledger& ledger);

// What is wrong with a plan, in the order of its lines: "7 action.redirect.timeout-s must be …"; empty: it can be used.
std::vector<std::string> problems_of_plan(std::string_view text);

// Takes a version: it must be higher than every one there and than the one that ships. Durable when it returns, for
// every scope there is. True: it is new; false: this very text is there already. ask_person "plan-invalid" (names what
// is wrong), "plan-version", "no-plans" (the schema of this ledger is older).
Result<bool> set_plan(Ledger& ledger, Intake& intake, const std::string& text, const std::string& by,
                      std::int64_t now_ms);

// Every version in every scope there is now: a scope may be newer than the plan. Nothing happens where all are there.
Result<void> deliver_plans(Ledger& ledger, Intake& intake, std::int64_t now_ms);

}  // namespace holdline::hub
