// Entries that wait for somebody else's eyes, counted for others. Internal to agent/api.
#pragma once

#include "agent/view/sight.hpp"
#include "contingency/manual/checks.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// What an entry needs of others, as it stands.
contingency::EntryNeeds needs_of(const sync::Collection& entries, const sync::Record& record);

// Entries beyond a limit of work by hand that no supervisor has decided on; of the latest 20,000.
Result<std::size_t> approvals_open(PersonView& view, const sync::Collection& entries);

}  // namespace holdline::agent
