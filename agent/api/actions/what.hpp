// What an action is called in lists: by what the person did, not by the ops it came to.
// Internal to agent/api.
#pragma once

#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// In parts, for whoever says it in another language. Names and words only, never the id of a record.
struct What {
  std::string act;                 // "new", "change", "decision", …: see in_words()
  std::string of = {};             // the collection's label; empty where the act says it
  std::vector<std::string> about;  // options, labels of fields, names, reasons
};

// For the eye of who may see the action.
What what_of(const sync::Schema& schema, const sync::Action& action);

// "New entry: message, Ada Miller", "Change of customer: City, Street", "Merging of two customers: same person",
// "Decision on a conflict: asked her".
std::string in_words(const What& what);

}  // namespace holdline::agent
