// What a workstation that performs the plan tells in its own name, without a person: of its own work alone.
// Pure. Internal to hub.
#pragma once

#include <optional>
#include <span>

#include "hub/ledger/ledger.hpp"
#include "sync/action/rights.hpp"

namespace holdline::hub {

// Nothing: it may. "scope-refused", "role-refused", or "not-own-claim" where it speaks for another workstation. Its
// connection has proved which one it is.
std::optional<sync::Refusal> refuse_station(const sync::Schema& schema, const Device& device,
                                            std::span<const sync::Op> ops);

}  // namespace holdline::hub
