// An outage that nobody declared: after as long as the plan says, the hub does it, and somebody confirms it or calls it
// off. Telephones are left alone until then.
// Internal to hub/services.
#pragma once

#include "hub/intake/intake.hpp"
#include "hub/services/services.hpp"

namespace holdline::hub {

// Durable when it returns. Nothing is declared where an incident is in force already, or where the schema has none; the
// same failing (by scope and beginning) is declared once.
Result<void> declare_failing(Ledger& ledger, Intake& intake, const ServiceChange& failing, std::int64_t now_ms);

}  // namespace holdline::hub
