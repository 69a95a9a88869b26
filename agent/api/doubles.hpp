// Whether somebody is about to be added who is here already.
// Internal to agent/api.
#pragma once

#include <optional>

#include "agent/view/sight.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// Asked ("same-customer") when a customer of the same name has the number or address that `child` adds to the new
// `customer`. Only what the person may see is compared.
std::optional<sync::Finding> double_of(const sync::Schema& schema, PersonView& view, const sync::Op& customer,
                                       const sync::Op& child);

}  // namespace holdline::agent
