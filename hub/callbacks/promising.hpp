// How much may be promised, and what is promised anew because it cannot be kept. Internal to hub/callbacks.
#pragma once

#include "hub/callbacks/requests.hpp"

namespace holdline::hub {

// {"scope","zone","opens","closes","days"?,"minutes","calls","at_once"?,"by"}: divided over all workstations that have
// the scope, for windows that begin after everything that may be promised by now; at once when nothing was divided so
// far, or somebody says so. ask_person "bad-scope", "scope-refused", "capacity-malformed", "schema-older", and those of
// keep_all.
Result<platform::HttpResponse> set_capacity(const CallbackDesk& desk, std::string_view body);
// {"scope"}: the coming windows of a queue, with what is promised of each, as far as the hub has it.
Result<platform::HttpResponse> show_capacity(const CallbackDesk& desk, std::string_view body);
// {"cases","from","until","by","reason"}: one window for all that is open of these. ask_person "malformed",
// "reason-missing", "no-such-callback", "outside-calling-hours".
Result<platform::HttpResponse> promise_anew(const CallbackDesk& desk, std::string_view body);
// What a preview takes, with {"minutes"?,"by","reason"}: every promise that would break is moved to when its case would
// be called at that pace, each a window of so many minutes. ask_person "nothing-breaks", "reason-missing", "bad-scope".
Result<platform::HttpResponse> promise_what_breaks_anew(const CallbackDesk& desk, std::string_view body);

}  // namespace holdline::hub
