// How saved actions and records look on a screen, for every command that shows one.
// Internal to cli/commands.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/session.hpp"

namespace holdline::cli {

// holdline.saved/1: "Saved on this PC as 3/17. Reference K7M-4XR-R2M" and the ids it created, or the document with
// --json.
ExitCode print_saved(Session& session, const Answer& answer);

// holdline.record/1: one line a field, those pending marked, and the children.
ExitCode print_record(Session& session, const Answer& answer);

// A line below a list: how old what it shows is. At a terminal only.
void print_as_of(Session& session, const nlohmann::json& document);

// Below a list that is not all there is (its document tells a `next`), on the error stream: how much of what it is, and
// with which option it goes on.
void print_rest(Session& session, const nlohmann::json& document, const std::string& option);

// Changes a record: bases are those of --base, else what stands there now. Fields are set, or emptied by null.
Outcome edit_record(Session& session, const std::string& target, const std::vector<Assignment>& changes);
// The same with the body as the API takes it: {"state":{"value":…},"remarks":{"add":[…]}}; bases are filled in.
// `correction`: why other values are put in the place of those that stand there; empty: nobody said why.
Outcome edit_record(Session& session, const std::string& target, nlohmann::json changes,
                    const std::string& correction = {});
// Who changed the record at `target`, one line for each field, so that `grep city` tells the life of one of them.
Outcome show_history(Session& session, const std::string& target);

}  // namespace holdline::cli
