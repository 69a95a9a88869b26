// Entries that were taken in an outage, and how far each has come into the system in which it belongs. Internal to
// agent/api.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/view/sight.hpp"
#include "contingency/manual/posting.hpp"

namespace holdline::agent {

struct PostingOf {
  contingency::Posting posting;
  Shown record;
};
// By the id of its entry; empty where the schema has none.
Result<std::map<std::string, PostingOf>> postings_here(const sync::Schema& schema, PersonView& view);

// Whether an entry has to be posted: it was taken in an outage, not for practice, and nobody has to look at it first
// or has refused it.
bool is_to_be_posted(const sync::Collection& entries, const sync::Record& entry);

}  // namespace holdline::agent
