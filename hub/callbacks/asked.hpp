// What requests about callbacks have in common: whose cases they speak of, and who signs them. Internal to
// hub/callbacks.
#pragma once

#include "hub/callbacks/requests.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::hub {

// {"scope"?,"reasons"?,"zones"?,"languages"?}; ask_person "bad-scope".
Result<contingency::ReleaseFilter> asked_filter(platform::JsonObject& json);
// From 0 to a million.
std::uint32_t asked_count(platform::JsonObject& json, std::string_view name, std::uint32_t otherwise);
// {"agents"?,"calls_an_hour"?}
contingency::Floor asked_floor(platform::JsonObject& json);
// {"by","reason"?}; whoever asks at a workstation signs for themselves. ask_person "no-person", "malformed".
Result<contingency::Signature> asked_signature(const CallbackDesk& desk, platform::JsonObject& json);
// What an asker names, and what names nothing means all that they see. ask_person "scope-refused".
Result<void> check_asked_scope(const CallbackDesk& desk, const std::string& scope);
// Of those that the asker may see, in order.
std::vector<contingency::ListedCase> listed_for(const CallbackDesk& desk);
// All rows in one commit, with the claims that have moved on by now: nobody is told before it is durable. Errors of
// Intake::take_own, and "not-kept". Where rows are gathered they are not durable when it returns, and keep_gathered()
// makes them.
Result<void> keep_all(const CallbackDesk& desk, std::vector<OwnRow> rows);
// The case of a claim; null: none is known.
const contingency::CallbackCase* case_of_claim(const CallbackDesk& desk, std::uint64_t fence);

}  // namespace holdline::hub
