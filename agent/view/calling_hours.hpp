// Whether somebody would be called at night, or on a day on which people are not called.
#pragma once

#include <vector>

#include "agent/view/sight.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/form/form.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// Hints at the changed times of a record, as it would stand, that lie outside the hours of who would be called. On the
// reading thread.
void hint_at_hours(const sync::Schema& schema, const sync::Site& site, PersonView& view, const sync::Record& record,
                   const std::vector<sync::FieldChange>& changes, std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
