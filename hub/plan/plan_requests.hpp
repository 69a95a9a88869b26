// The operator's requests about the contingency plan: the one that holds, and another one.
#pragma once

#include <optional>

#include "hub/intake/intake.hpp"
#include "hub/ledger/ledger.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// Nothing when the request is about something else. On the thread that writes the ledger. What is set is durable when
// it returns.
std::optional<Result<platform::HttpResponse>> answer_plan(Ledger& ledger, Intake& intake,
                                                          const platform::HttpRequest& request, std::int64_t now_ms);

}  // namespace holdline::hub
