// The do-not-call list: who asked not to be called or written to any more. The list holds keyed hashes, so it can be
// asked about a number and cannot be read as a list of numbers, and it outlives the customer it came from.
// Internal to agent/api.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agent/view/sight.hpp"
#include "agent/workstation.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// What the list says of the number or address of a phone or e-mail record, as the person may see it:
// `[{"id","channel","purpose","since"}]`, empty for anything else. An error when it could not be looked up.
Result<nlohmann::json> do_not_call_json(Workstation& station, PersonView& view, const sync::Collection& collection,
                                        const sync::Record& record);

// Asked ("do-not-call") when a callback, as it would stand, is to a number that is on the list for its purpose; and
// when that could not be looked up.
void ask_about_do_not_call(Workstation& station, PersonView& view, const sync::Record& callback,
                           std::vector<sync::Finding>& findings);

// Puts a number (E.164) on the list for everything, as said in a call to `person`. `key`: Accounts::suppression_key.
sync::Op no_more_calls_op(const Workstation& station, std::string_view key, const std::string& number,
                          const std::string& scope, const std::string& person, std::int64_t now_ms);

}  // namespace holdline::agent
