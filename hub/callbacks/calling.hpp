// Cases handed out of a release, dialled, and how the calls ended. The number is told only after the ledger has durably
// that it is about to be dialled.
// Internal to hub/callbacks.
#pragma once

#include "hub/callbacks/requests.hpp"
#include "hub/callbacks/windows.hpp"

namespace holdline::hub {

// POST /callbacks/next {"agent","station"?}: the first case that may be called now. ask_person "nothing-released",
// "nothing-to-call" (says when), and what contingency::Claims refuses.
Result<platform::HttpResponse> next_case(const CallbackDesk& desk, CallbackList& list, std::string_view body);
// POST /callbacks/dial {"claim","agent"}: screened once more. ask_person "may-not-be-called", and of Claims.
Result<platform::HttpResponse> dial(const CallbackDesk& desk, CallbackList& list, std::string_view body);
// POST /callbacks/outcome {"claim","agent","outcome","notes"?,"next"?}. ask_person "unknown-outcome", and of Claims.
Result<platform::HttpResponse> tell_outcome(const CallbackDesk& desk, CallbackList& list, std::string_view body);
// POST /callbacks/free {"claim","by"}: a case that may have been called may be called again.
Result<platform::HttpResponse> free_case(const CallbackDesk& desk, CallbackList& list, std::string_view body);

}  // namespace holdline::hub
