// Two records that are one: what is saved when a person says so, and when they take it back.
#pragma once

#include <string>
#include <vector>

#include "agent/view/sight.hpp"
#include "sync/action/action.hpp"
#include "sync/base/result.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// The ops by which `from` becomes an alias of `into`: it says so, what only it had is given to the other, and a number
// or address that both have is used as the stricter of the two says. The hub adds what it knows and this workstation
// does not yet. Both as the person sees them, live. Errors, all ask_person: "same-record", "other-scope",
// "merged-already" (`from` was merged before, or `into` was: merge into the record it went to).
Result<std::vector<sync::Op>> merging_ops(PersonView& view, const sync::Schema& schema, const Shown& from,
                                          const Shown& into);
// The op by which it stands for itself again. What the other was given stays there. Error: ask_person "not-merged".
Result<sync::Op> parting_op(const sync::Schema& schema, const Shown& alias);

// The ops by which a record is deleted together with those that were merged into it, each with the digest of what was
// shown: what somebody changed meanwhile is not lost. One that this workstation does not know of stands for itself
// afterwards. `view` sees all fields, `own` is the person's.
Result<std::vector<sync::Op>> erasing_ops(View& view, PersonView& own, const Shown& shown);

}  // namespace holdline::agent
