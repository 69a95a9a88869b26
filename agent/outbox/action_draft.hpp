// From what a person wants done to an action with its place in a chain. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// The most urgent lane of the ops' collections; 3 when there is none. ask_person "invalid" names an unknown collection.
Result<sync::Lane> lane_of_ops(const sync::Schema& schema, const std::vector<sync::Op>& ops);

// Gives every create of `action` its record id (one that replaces another keeps those it has) and replaces
// created_here() in record ids and references. The header's lane, number and wall time and the salt must be set.
// ask_person "invalid" when a placeholder names an op that creates nothing.
Result<void> fill_created(const sync::Schema& schema, const sync::Maker& maker, sync::Action& action);

// The ids of the records an action's creates made, in op order.
std::vector<sync::Id> created_ids(const sync::Action& action);

// The same in few bytes, to be kept beside the action and read without its schema: ids that derive from the action's
// place are named by op index, others are written out.
sync::Bytes encode_created(const sync::Maker& maker, const sync::Action& action);
std::vector<sync::Id> decode_created(const sync::Origin& origin, std::string_view bytes);

// What a workstation at version `to` can show of an action that was made in another one: as sync::translate(), without
// what only a later version has. What is sent are the bytes that were saved.
sync::Action shown_in(const sync::Schema& from, const sync::Schema& to, sync::Action action);

}  // namespace holdline::agent
