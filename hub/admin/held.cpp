#include "hub/admin/held.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>

#include "hub/admin/documents.hpp"
#include "hub/people/devices.hpp"
#include "hub/people/scopes.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpResponse;

const char* name_of(HeldState state) {
  switch (state) {
    case HeldState::waiting:
      return "waiting";
    case HeldState::quarantined:
      return "quarantined";
    case HeldState::discarded:
      return "discarded";
  }
  return "unknown";
}

std::string person_of(const HeldAction& held) {
  const auto header = sync::read_header(held.stored.header);
  return header ? header->person.text() : "";
}

// What the person did, by the op that says it: the note of a deletion or a merge and the edits of a decision stand
// beside it.
struct Deed {
  std::string verb;
  const sync::Op* op = nullptr;
};
Deed deed_of(const sync::Schema& schema, const sync::Action& action) {
  constexpr std::array kinds{"create", "edit", "delete"};
  for (const sync::Op& op : action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection) continue;
    if (collection->name == "conflict") return {"decide a", &op};
    if (op.kind == sync::OpKind::erase_row) return {"delete", &op};
    const auto merging = std::ranges::find_if(
        op.changes, [&](const sync::FieldChange& change) { return change.field == collection->merged_into; });
    if (merging != op.changes.end()) return {sync::is_null(merging->value) ? "part" : "merge", &op};
  }
  const sync::Op& first = action.ops.front();
  return {kinds.at(static_cast<std::size_t>(first.kind)), &first};
}

// "create customer in acme/london", without the values, which are customers' data.
std::string what_of(const sync::SchemaVersions& schemas, const HeldAction& held) {
  const auto known = sync::read_known(schemas, {held.lane.device, held.lane.incarnation}, held.stored);
  if (!known || known->action.ops.empty()) return "";
  const Deed deed = deed_of(schemas.present(), known->action);
  const sync::Collection* collection = schemas.present().collection(deed.op->record.collection);
  return deed.verb + " " + (collection ? collection->name : "?") + " in " + deed.op->scope;
}

// Seldom more than one has something held under a number.
Result<Id> incarnation_of(Ledger& ledger, const Id& device, sync::ActionRef of) {
  std::optional<Id> found;
  HOLDLINE_ASSIGN(auto reader, ledger.reader());
  for (const HeldState state : {HeldState::quarantined, HeldState::waiting}) {
    HOLDLINE_ASSIGN(const auto held, reader->held(state, list_limit));
    for (const HeldAction& one : held) {
      if (one.lane.device != device || one.lane.lane != of.lane || one.stored.number != of.number) continue;
      if (found && *found != one.lane.incarnation)
        return fail(ErrorKind::ask_person, "which-incarnation",
                    "Two outboxes of this workstation have that number; name the incarnation as well.");
      found = one.lane.incarnation;
    }
  }
  if (found) return *found;
  return fail(ErrorKind::ask_person, "not-held", "Nothing is held under this number. What is: holdline-hub quarantine");
}

}  // namespace

Result<HttpResponse> list_held(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  HOLDLINE_ASSIGN(const auto people, ledger.all_people());
  std::map<std::string, std::string> names;  // by id
  for (const Device& device : devices) names[device.id.text()] = device.name;
  for (const Person& person : people) names[person.id.text()] = person.name;
  HOLDLINE_ASSIGN(auto reader, ledger.reader());
  Json items = Json::array();
  std::size_t total = 0;
  for (const HeldState state : {HeldState::quarantined, HeldState::waiting, HeldState::discarded}) {
    HOLDLINE_ASSIGN(const auto held, reader->held(state, list_limit));
    HOLDLINE_ASSIGN(const std::size_t count, reader->held_count(state));
    total += count;
    for (const HeldAction& action : held)
      items.push_back({{"device", action.lane.device.text()},
                       {"device_name", names[action.lane.device.text()]},
                       {"person_name", names[person_of(action)]},
                       {"incarnation", action.lane.incarnation.text()},
                       {"person", person_of(action)},
                       {"what", what_of(*ledger.schemas(), action)},
                       {"lane", action.lane.lane},
                       {"number", std::to_string(action.stored.number)},
                       {"state", name_of(action.state)},
                       {"code", action.code},
                       {"text", action.text}});
  }
  return json_response(200, {{"schema", "holdline.held/1"}, {"total", total}, {"items", items}});
}

Result<HttpResponse> decide_held(Ledger& ledger, Intake& intake, std::string_view body, std::int64_t now_ms) {
  auto json = platform::JsonObject::parse(body);
  const std::string workstation = json.text("device");
  std::optional<Id> incarnation = sync::Id::parse(json.text("incarnation"));
  const std::int64_t lane = json.number("lane", -1);
  const std::string number = json.text("number"), decided = json.text("decision");
  HeldDecision decision;
  decision.scope = json.text("scope");
  decision.reason = json.text("reason");
  decision.by = json.text("by");
  decision.dependents = json.boolean("dependents", false);
  HOLDLINE_TRY(json.checked_whole());
  const auto end = std::from_chars(number.data(), number.data() + number.size(), decision.of.number);
  const bool known = decided == "release" || decided == "discard";
  if (lane < 0 || lane >= sync::lane_count || end.ec != std::errc{} || decision.of.number == 0 || !known)
    return fail(ErrorKind::ask_person, "malformed",
                "Give lane and number as the list of what is held tells them, and release or discard.");
  if (decision.reason.empty() || decision.reason.size() > sync::limits::reason_bytes ||
      decision.by.size() > sync::limits::reason_bytes)
    return fail(ErrorKind::ask_person, "no-reason", "Say why, in at most 500 characters.");
  if (!decision.scope.empty()) HOLDLINE_TRY(check_known_scope(ledger, decision.scope));
  HOLDLINE_ASSIGN(const Device device, find_device(ledger, workstation));
  decision.device = device.id;
  decision.of.lane = static_cast<Lane>(lane);
  decision.kind = decided == "release" ? HeldDecision::Kind::release : HeldDecision::Kind::discard;
  if (!incarnation) {
    HOLDLINE_ASSIGN(incarnation, incarnation_of(ledger, device.id, decision.of));
  }
  decision.incarnation = *incarnation;
  HOLDLINE_ASSIGN(const auto result, intake.decide(decision, now_ms));
  return json_response(200, {{"cn", std::to_string(result.at.cn)}, {"code", result.code}, {"text", result.text}});
}

}  // namespace holdline::hub
