// The operator's requests about the schema: which one holds, which were there before, and another one.
#pragma once

#include <optional>

#include "hub/intake/intake.hpp"
#include "hub/ledger/ledger.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// Nothing when the request is about something else. On the thread that writes the ledger. What is applied is durable
// when it returns, and whatever waited for it has had its turn.
std::optional<Result<platform::HttpResponse>> answer_schema(Ledger& ledger, Intake& intake,
                                                            const platform::HttpRequest& request, std::int64_t now_ms);

}  // namespace holdline::hub
