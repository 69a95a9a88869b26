#include "agent/api/input.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/api/forms.hpp"
#include "agent/outbox/action_draft.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Creates a child of the record that op 0 of the action creates.
sync::Op child_op(const sync::Collection& collection, const std::string& scope, const Json& fields,
                  std::vector<sync::Finding>& findings) {
  sync::Op op{sync::OpKind::create, {collection.no, {}}, scope, 0, {}, {}};
  op.changes = created_fields(collection, fields, findings);
  op.changes.push_back({*collection.parent, sync::Value(sync::Null{}), created_here(0), {}, {}});
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

}  // namespace

std::size_t limit_of(const platform::HttpFields& query, std::size_t otherwise, std::size_t most) {
  const auto found = query.find("limit");
  if (found == query.end()) return otherwise;
  std::size_t limit = 0;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), limit);
  return std::clamp<std::size_t>(limit, 1, most);
}

std::optional<sync::Id> before_of(const platform::HttpFields& query) {
  const auto found = query.find("before");
  return found == query.end() ? sync::Id{} : sync::Id::parse(found->second);
}

std::optional<sync::ActionRef> action_ref_of(std::string_view text) {
  sync::ActionRef ref;
  unsigned lane = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, lane);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '/' || lane >= sync::lane_count) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, ref.number);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  ref.lane = static_cast<sync::Lane>(lane);
  return ref;
}

Result<Addition> addition_of(const sync::Schema& schema, const sync::Collection& collection,
                             const std::string& default_scope, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string scope = json.text("scope", default_scope);
  const std::string event_time = json.text("event_time");
  const auto event_ms = sync::parse_time(event_time);
  Addition addition;
  std::vector<sync::Op>& ops = addition.ops;
  std::vector<sync::Finding>& findings = addition.findings;
  ops.push_back({sync::OpKind::create,
                 {collection.no, created_here(0)},
                 scope,
                 0,
                 created_fields(collection, json.object("fields"), findings),
                 {}});
  for (const auto& [list, kind] : {std::pair{"phones", "phone"}, {"emails", "email"}})
    for (const Json& child : json.list(list)) ops.push_back(child_op(*schema.collection(kind), scope, child, findings));
  HOLDLINE_TRY(json.checked());
  if (!event_time.empty() && !event_ms)
    findings.push_back({"event_time", "not-a-time", "The time must look like 2026-03-01T09:30:00Z."});
  for (std::uint32_t i = 0; i < ops.size(); ++i) ops[i].record.id = created_here(i);
  addition.event_ms = event_ms.value_or(0);
  return addition;
}

Result<Edit> edit_of(const sync::Collection& collection, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  Edit edit;
  edit.changes = edited_fields(collection, json.object("changes"), edit.findings);
  HOLDLINE_TRY(json.checked());
  return edit;
}

Result<Resolution> resolution_of(std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string choice = json.text("choice");
  Resolution resolution{choice == "other", json.text("reason")};
  HOLDLINE_TRY(json.checked());
  if ((choice != "current" && choice != "other") || resolution.reason.empty())
    return fail(ErrorKind::ask_person, "invalid", "Give choice (current or other) and a reason.");
  return resolution;
}

}  // namespace holdline::agent
