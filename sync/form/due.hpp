// Times by which something has to be done, as the schema counts them (sync/schema/due.hpp). Pure.
#pragma once

#include <span>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// What is to be changed beside `changes` so that the due times follow from what they are counted from. `shown`: the
// record an edit was decided on, null for a new one. Of fields that merge as one nothing is set when one of them is
// among the changes: who gives a date decides about all of them. A time that somebody has set to something else stays.
std::vector<FieldChange> due_times(const Schema& schema, const Collection& collection, const Record* shown,
                                   std::span<const FieldChange> changes);

}  // namespace holdline::sync
