#include "cli/commands/assignment.hpp"

#include <algorithm>
#include <string_view>

#include "cli/errors.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t longest_file = 1 << 20;

Result<json> parse_json(const std::string& field, const std::string& text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded())
    return usage(field + ":= is not followed by JSON — texts need quotes there, or use " + field + "=");
  return value;
}

Result<json> parse_value(Environment& environment, const std::string& field, const std::string& text) {
  if (text.empty()) return json(nullptr);
  if (text.front() != '@') return json(text);
  HOLDLINE_ASSIGN(std::string content, read_input(environment, text.substr(1), longest_file));
  if (!sync::is_utf8(content)) return usage("The file for " + field + " is not UTF-8");
  if (content.ends_with('\n')) content.pop_back();  // editors end the last line
  return json(std::move(content));
}

Result<Assignment> parse_assignment(Environment& environment, const std::string& typed) {
  const std::size_t equals = typed.find('=');
  const bool raw = equals != std::string::npos && equals > 0 && typed[equals - 1] == ':';
  const std::string field = typed.substr(0, raw ? equals - 1 : equals);
  if (equals == std::string::npos || field.empty()) return usage("FIELD=VALUE was expected where " + typed + " stands");
  const std::string text = typed.substr(equals + 1);
  HOLDLINE_ASSIGN(json value, raw ? parse_json(field, text) : parse_value(environment, field, text));
  return Assignment{field, std::move(value)};
}

// "phone7" begins with the word and goes on with digits only.
bool is_numbered(std::string_view field, std::string_view word) {
  return field.starts_with(word) &&
         std::ranges::all_of(field.substr(word.size()), [](char c) { return c >= '0' && c <= '9'; });
}

json phone_of(const json& value) { return value.is_string() ? json{{"e164", value}} : value; }

json email_of(const json& value) { return value.is_string() ? json{{"addr", value}} : value; }

}  // namespace

Result<std::vector<Assignment>> parse_assignments(Environment& environment, const std::vector<std::string>& typed) {
  std::vector<Assignment> result;
  for (const std::string& one : typed) {
    HOLDLINE_ASSIGN(Assignment assignment, parse_assignment(environment, one));
    if (std::ranges::find(result, assignment.field, &Assignment::field) != result.end())
      return usage("The field " + assignment.field + " is given twice");
    result.push_back(std::move(assignment));
  }
  return result;
}

json object_of(const std::vector<Assignment>& assignments) {
  json object = json::object();
  for (const Assignment& assignment : assignments) object[assignment.field] = assignment.value;
  return object;
}

json customer_body(const std::vector<Assignment>& assignments, const std::string& scope) {
  json body = {{"fields", json::object()}, {"phones", json::array()}, {"emails", json::array()}};
  if (!scope.empty()) body["scope"] = scope;
  for (const Assignment& assignment : assignments) {
    if (assignment.value.is_null()) continue;
    if (is_numbered(assignment.field, "phone"))
      body["phones"].push_back(phone_of(assignment.value));
    else if (is_numbered(assignment.field, "email"))
      body["emails"].push_back(email_of(assignment.value));
    else
      body["fields"][assignment.field] = assignment.value;
  }
  return body;
}

bool is_child_field(const std::string& field) { return is_numbered(field, "phone") || is_numbered(field, "email"); }

}  // namespace holdline::cli
