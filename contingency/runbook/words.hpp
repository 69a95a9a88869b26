// How a run stands, in words for whoever has to act: what each action waits for, what went wrong, what can be done
// about it. Pure.
#pragma once

#include <string>
#include <vector>

#include "contingency/runbook/journal.hpp"

namespace holdline::contingency {

// One sentence or two about one action.
std::string say(const Journal& journal, const Plan& plan, const PlanAction& action);
// Wishes that would be taken in as it stands.
std::vector<WishKind> wishes_for(const Journal& journal, const PlanAction& action);
// What a checklist says, or what is called, run or asked.
std::string what_is_done(const Performance& does);

// What stands in the way of the whole run, most urgent first: nobody holds it, its holder is silent, something failed,
// something waits for people, something is left to be undone. Empty: nothing does. `now_ms`: wall time.
std::vector<std::string> advice(const Journal& journal, const Plan& plan, std::int64_t now_ms);

// May have had an effect, is not undone, and nobody signed: the incident does not close over these. Newest first.
std::vector<std::string> left_of(const Journal& journal, const Plan& plan);

// What the plan has people do once systems are back, and is neither done nor skipped for a reason: nor over these.
std::vector<std::string> due_of(const Journal& journal, const Plan& plan);

}  // namespace holdline::contingency
