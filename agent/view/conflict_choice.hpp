// What a person's choice between the two values of a conflict comes to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/view/view.hpp"
#include "sync/action/action.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// The ops of an ordinary action: the conflict is closed, and where the other value was chosen it is set in place of the
// conflict's current one, which is what the person saw. Where something else stands by now, the hub so opens a conflict
// about it, instead of a value nobody was shown being replaced. `subject`: the conflict's record as it is shown;
// without it the conflict is only closed.
std::vector<sync::Op> ops_of_choice(const sync::Schema& schema, const Shown& conflict,
                                    const sync::ConflictValues& values, const std::optional<Shown>& subject,
                                    bool take_other, const std::string& reason);

}  // namespace holdline::agent
