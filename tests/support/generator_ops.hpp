// Generated customers and entries as ops, actions and records of the default schema.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/wire/batch.hpp"
#include "tests/support/generator.hpp"

namespace holdline::generator {

// One op creating the customer under its own id, one for each phone, one for the email.
std::vector<sync::Op> customer_ops(const sync::Schema& schema, const Customer& customer, const std::string& scope);

// Creates the entry as record `id`.
sync::Op entry_op(const sync::Schema& schema, const Entry& entry, const sync::Id& id, const std::string& scope);

// The record a creating op makes.
sync::Record record_of(const sync::Schema& schema, const sync::Op& op);

// An entry as the workstation that took it down stores it: person, boot and clocks as a running machine has them.
sync::Action entry_action(const sync::Schema& schema, const sync::Maker& maker, const Entry& entry,
                          std::uint64_t number, const std::string& scope, const sync::Salt& salt = {});

// Stored, salted and chained, numbered from 1.
sync::ActionBatch entry_actions(const sync::Schema& schema, std::span<const Entry> entries, const std::string& scope);

}  // namespace holdline::generator
