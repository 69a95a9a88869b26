// What was refused or waits, and what an operator decides about it.
// Internal to hub/admin.
#pragma once

#include <cstdint>
#include <string_view>

#include "hub/intake/intake.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// GET /quarantine: without values, which are customers' data.
Result<platform::HttpResponse> list_held(Ledger& ledger);
// POST /quarantine. Errors as Intake::decide(), and ask_person "malformed", "no-reason", "bad-scope", "not-held",
// "which-incarnation", "unknown-device", "name-ambiguous".
Result<platform::HttpResponse> decide_held(Ledger& ledger, Intake& intake, std::string_view body, std::int64_t now_ms);

}  // namespace holdline::hub
