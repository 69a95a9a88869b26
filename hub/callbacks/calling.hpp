// Cases handed out of a release, dialled, and how the calls ended. The number is told only after the ledger has durably
// that it is about to be dialled.
// Internal to hub/callbacks.
#pragma once

#include "hub/callbacks/requests.hpp"

namespace holdline::hub {

// Each takes an object as its body; `agent` and `by` are whoever asks where somebody at a workstation does.

// {"agent"}: what the agent has, and whether there is anything to be had.
Result<platform::HttpResponse> show_own(const CallbackDesk& desk, std::string_view body);
// {"agent","station"?,"told"?}: the first case that may be called now. `told`: claims of the agent whose outcomes are
// on their way. ask_person "nothing-released", "nothing-to-call", and what contingency::Claims refuses.
Result<platform::HttpResponse> next_case(const CallbackDesk& desk, std::string_view body);
// {"case","agent","by","reason"}: one urgent case to one agent, though nothing is released.
Result<platform::HttpResponse> hand_case(const CallbackDesk& desk, std::string_view body);
// {"claim","agent"}: screened once more. ask_person "may-not-be-called", and of Claims.
Result<platform::HttpResponse> dial(const CallbackDesk& desk, std::string_view body);
// {"claim","agent","outcome","notes"?,"next"?}: of calls that were not made at a desk; desks save theirs like
// everything else. The same again is a lost answer. ask_person "unknown-outcome", and of Claims.
Result<platform::HttpResponse> tell_outcome(const CallbackDesk& desk, std::string_view body);
// {"claim","agent"}: somebody is at it.
Result<platform::HttpResponse> still_calling(const CallbackDesk& desk, std::string_view body);
// {"claim","agent"}: before anybody dialled.
Result<platform::HttpResponse> give_back(const CallbackDesk& desk, std::string_view body);
// {"claim","by"}: a case that may have been called may be called again.
Result<platform::HttpResponse> free_case(const CallbackDesk& desk, std::string_view body);

}  // namespace holdline::hub
