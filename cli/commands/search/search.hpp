// Searches for customers: as they are typed, and as they were saved.
// Internal to cli/commands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/commands/command.hpp"
#include "cli/session.hpp"

namespace holdline::cli {

// Fields and what they have to say.
using Wanted = std::vector<std::pair<std::string, std::string>>;
// Of "city=Leeds". Error: "usage".
Result<Wanted> wanted_fields(const std::vector<std::string>& typed);

// Prints whom the text finds, of those of whom it is so.
Outcome search_customers(Session& session, const std::string& text, const Wanted& wanted);

Command customer_search();

}  // namespace holdline::cli
