// Digits exchanged on the way from the caller's mouth to the form. Internal to agent/api.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "agent/view/sight.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// Asked about a telephone number among the changes that is one the customer has, with two neighbouring digits exchanged
// ("digits-exchanged"). `record`: whose changes they are; it may be a number of the customer itself. `region`: for how
// people write numbers there. Only what the person may see is compared.
void ask_about_exchanged_digits(PersonView& view, const sync::Schema& schema, const sync::Id& customer,
                                const sync::RecordKey& record, std::span<const sync::FieldChange> changes,
                                std::string_view region, std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
