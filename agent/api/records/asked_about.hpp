// What a person is asked before a record is added or changed, because of what is here already: it is there, the caller
// does not want to be called, what was taken down is put otherwise. On the reading thread. Internal to agent/api.
#pragma once

#include "agent/api/input.hpp"
#include "agent/api/route.hpp"

namespace holdline::agent {

// About the new record of an addition, which is its first op; what it finds is added to the findings.
void ask_about_others(Workstation& station, PersonView& view, Addition& addition);
// A record as it would stand with the changes; its sets and lists as they stand.
sync::Record with_changes(sync::Record record, std::span<const sync::FieldChange> changes);
// About the changes of a record that is shown, and that will stand as `after`; they are put right already.
void ask_about_edit(Workstation& station, PersonView& view, const sync::Record& shown, const sync::Record& after,
                    Edit& edit);

// POST /customers/check, /callbacks/check: what would be said about a new record, and whom a new customer looks like,
// while it is still being typed. Answers holdline.check/1 and saves nothing.
void check_customer(Workstation& station, Call call);
void check_callback(Workstation& station, Call call);

}  // namespace holdline::agent
