// What an action is called in lists: by what the person did, not by the ops it came to.
// Internal to agent/api.
#pragma once

#include <string>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// "New entry: message, Ada Miller", "Change of customer: City, Street", "Merging of two customers: same person",
// "Decision on a conflict: asked her". For the eye of who may see the action.
std::string what_of(const sync::Schema& schema, const sync::Action& action);

}  // namespace holdline::agent
