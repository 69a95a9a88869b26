// Searches that people keep (collection saved_query).
// Internal to agent/api.
#pragma once

#include <vector>

#include "agent/view/sight.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// Of a search as it is about to be kept: refused ("there-already") when its person keeps another of that name, in
// whatever case. Anything else is no search, and nothing is said of it. What cannot be looked up is not refused.
void refuse_same_query(PersonView& view, const sync::Schema& schema, const sync::Record& query,
                       std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
