// Callbacks as they are shown at a terminal. Internal to cli/commands.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/commands/command.hpp"
#include "cli/session.hpp"

namespace holdline::cli {

// A case that the person has: who, what was promised to whom, and what to do next.
void print_claim(Session& session, const nlohmann::json& claim);
// One of a list.
void print_case(Session& session, const nlohmann::json& one);
void print_release(Session& session, const nlohmann::json& release);
void print_preview(Session& session, const nlohmann::json& preview);
// A table of counts by name; nothing when there are none.
void print_counts(Session& session, const char* title, const nlohmann::json& counts);
// "3 workstations have not told everything (desk-1, …): about 12 requests may be missing."; nothing when all have.
void print_coverage(Session& session, const nlohmann::json& document);

// "12"; usage: it is none.
Result<std::int64_t> whole_number_of(const std::string& text);

// Which cases, and how many people call them: as options, and as the body of a request.
std::vector<Option> filter_options(std::vector<Option> own);
Result<nlohmann::json> filter_body(Session& session);

// Of the group "callbacks", each in its file.
std::vector<Command> promise_commands();
std::vector<Command> dialler_commands();

}  // namespace holdline::cli
