// What the hub tells of cases, with what this workstation holds of their promises: names, reasons and what was said are
// shown as the person may see them, numbers only of a case that is being dialled. Internal to agent/api.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "agent/callbacks/held_claims.hpp"
#include "agent/view/sight.hpp"

namespace holdline::agent {

// Adds "fields" to each of `promises` of a case or claim.
void show_promises(const sync::Schema& schema, PersonView& view, nlohmann::json& of);
// Adds how people of `region` write the number of a claim.
void show_number(nlohmann::json& claim, std::string_view region);

// What is to be remembered of a claim as the hub told it.
HeldClaim held_claim(const nlohmann::json& claim, const std::string& person);
// A claim as the feed brought it; nothing: this workstation does not have it.
Result<std::optional<HeldClaim>> fed_claim(const sync::Schema& schema, PersonView& view, std::uint64_t fence);
// The person's claims that the feed brought and that are not over.
Result<std::vector<HeldClaim>> fed_claims(const sync::Schema& schema, PersonView& view, const std::string& person);

}  // namespace holdline::agent
