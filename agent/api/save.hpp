// From a request to a saved action: who is signed in, under which idempotency key.
// Internal to agent/api.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/api/route.hpp"
#include "sync/action/action.hpp"

namespace holdline::agent {

// Saves the ops as one action of who is signed in and answers holdline.saved/1 with `http_status` once it is durable.
// Answers 401 "not-signed-in", 400 "no-idempotency-key", or the error with which the outbox refused it. `event_ms`: 0
// is now.
void save(Workstation& station, const Call& call, std::vector<sync::Op> ops, std::int64_t event_ms, int http_status);

// When the present state forbids it: `refusal`, unless this request was saved before and is repeated because its
// answer was lost. Then it is answered as save() would, for its own effect may be what forbids it now.
void refuse_unless_saved(Workstation& station, const Call& call, const platform::HttpResponse& refusal);

}  // namespace holdline::agent
