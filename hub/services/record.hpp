// The state of a scope's services as a record that is fed like every other (collection service_state): one for each
// scope, written by the hub alone.
// Internal to hub/services.
#pragma once

#include <string>

#include "hub/intake/intake.hpp"
#include "hub/services/services.hpp"

namespace holdline::hub {

// What workstations were told last; normal when there is no such record, or the schema of this ledger has none.
Result<ServiceShown> read_service(Ledger& ledger, const std::string& scope);
// Durable when it returns. Without the collection in the schema nothing is kept.
Result<void> keep_service(Ledger& ledger, Intake& intake, const ServiceChange& change, std::int64_t now_ms);

}  // namespace holdline::hub
