// FIELD=VALUE as a person types it, and the requests made of it. The agent decides the types: what is typed is sent as
// text, unless FIELD:=JSON says otherwise.
// Internal to cli/commands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "sync/base/result.hpp"

namespace holdline::cli {

struct Assignment {
  std::string field;
  nlohmann::json value;  // null: no value
};

// "FIELD=TEXT", "FIELD=" (null), "FIELD=@FILE", "FIELD:=JSON". The same field twice is an error ("usage").
Result<std::vector<Assignment>> parse_assignments(Environment& environment, const std::vector<std::string>& typed);

// {"field":value,…}
nlohmann::json object_of(const std::vector<Assignment>& assignments);

// The body of POST /customers. Fields "phone", "phone2", … become entries of `phones`, "email", … of `emails`; fields
// without a value are left out. An empty scope is left out.
nlohmann::json customer_body(const std::vector<Assignment>& assignments, const std::string& scope);

// Whether a field is one of those that become a child of the customer: "phone", "phone2", "email3".
bool is_child_field(const std::string& field);

}  // namespace holdline::cli
