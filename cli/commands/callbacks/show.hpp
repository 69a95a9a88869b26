// Callbacks as they are shown at a terminal. Internal to cli/commands.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/session.hpp"

namespace holdline::cli {

// A case that the person has: who, what was promised to whom, and what to do next.
void print_claim(Session& session, const nlohmann::json& claim);
// One of a list.
void print_case(Session& session, const nlohmann::json& one);
void print_release(Session& session, const nlohmann::json& release);
void print_preview(Session& session, const nlohmann::json& preview);
// "3 workstations have not told everything (desk-1, …): about 12 requests may be missing."; nothing when all have.
void print_coverage(Session& session, const nlohmann::json& document);

}  // namespace holdline::cli
