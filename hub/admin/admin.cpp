#include "hub/admin/admin.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "hub/admin/import.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/people.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpRequest;
using platform::HttpResponse;

constexpr std::size_t list_limit = 1'000;

HttpResponse json_response(int status, const Json& json) {
  HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

std::string query(const HttpRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

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

// Without the values, which are customers' data.
Json conflict_json(const sync::Collection& collection, const sync::Record& record) {
  Json json{{"id", record.key.id.text()}};
  for (const char* name : {"unit", "state", "policy", "about_deletion", "of_lane", "of_number"}) {
    const sync::Value& value = record.fields[*collection.field(name)];
    if (const auto* text = std::get_if<std::string>(&value)) json[name] = *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) json[name] = *number;
    if (const auto* flag = std::get_if<bool>(&value)) json[name] = *flag;
  }
  return json;
}

}  // namespace

HttpResponse Admin::answer(const HttpRequest& request) {
  const bool get = request.method == "GET", post = request.method == "POST";
  const auto handled = [&]() -> Response {
    if (get && request.path == "/admin/v1/status") return status();
    if (get && request.path == "/admin/v1/devices") return devices();
    if (get && request.path == "/admin/v1/digests") return digests();
    if (get && request.path == "/admin/v1/conflicts") return conflicts(request);
    if (get && request.path == "/admin/v1/quarantine") return held();
    if (post && request.path == "/admin/v1/enroll-codes") return add_code(request);
    if (post && request.path == "/admin/v1/people") return add_person(request);
    if (post && request.path == "/admin/v1/import") return import(request);
    return platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is.");
  }();
  return handled ? *handled : platform::error_response(handled.error());
}

std::vector<std::string> Admin::all_scopes() {
  std::set<std::string> scopes;
  if (const auto devices = hub_.ledger->devices())
    for (const Device& device : *devices) scopes.insert(device.scopes.begin(), device.scopes.end());
  return {scopes.begin(), scopes.end()};
}

Admin::Response Admin::status() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_ASSIGN(const auto devices, hub_.ledger->devices());
  HOLDLINE_ASSIGN(const auto waiting, reader->held(HeldState::waiting, list_limit));
  HOLDLINE_ASSIGN(const auto quarantined, reader->held(HeldState::quarantined, list_limit));
  const LedgerIdentity identity = hub_.ledger->identity();
  return json_response(200, {{"schema", "holdline.hub-status/1"},
                             {"hub", identity.hub.text()},
                             {"epoch", identity.epoch.text()},
                             {"cn", std::to_string(head.cn)},
                             {"devices", devices.size()},
                             {"waiting", waiting.size()},
                             {"quarantined", quarantined.size()},
                             {"url", hub_.config.url}});
}

Admin::Response Admin::devices() {
  HOLDLINE_ASSIGN(const auto devices, hub_.ledger->devices());
  Json items = Json::array();
  for (const Device& device : devices)
    items.push_back({{"id", device.id.text()},
                     {"name", device.name},
                     {"scopes", device.scopes},
                     {"state", device.state == DeviceState::active ? "active" : "revoked"},
                     {"enrolled", sync::format_time(device.enrolled_ms)}});
  return json_response(200, {{"schema", "holdline.devices/1"}, {"items", items}});
}

Admin::Response Admin::add_code(const HttpRequest& request) {
  auto json = platform::JsonObject::parse(request.body);
  CodeRequest wanted{json.text("name"), json.texts("scopes")};
  wanted.minutes = std::clamp<std::int64_t>(json.number("minutes", wanted.minutes), 1, 24 * 60);
  const std::int64_t profile = json.number("profile", wanted.profile);
  HOLDLINE_TRY(json.checked());
  if (profile < 0 || profile > std::numeric_limits<sync::VisibilitySet>::max())
    return fail(ErrorKind::ask_person, "malformed", "`profile` must be a number from 0 to 255.");
  wanted.profile = static_cast<sync::VisibilitySet>(profile);
  const std::int64_t now_ms = clock_.now().wall_ms;
  HOLDLINE_ASSIGN(const std::string code, issue_code(hub_.enrollment(), wanted, entropy_, now_ms));
  return json_response(201, {{"code", code}, {"expires", sync::format_time(now_ms + wanted.minutes * 60'000)}});
}

Admin::Response Admin::add_person(const HttpRequest& request) {
  auto json = platform::JsonObject::parse(request.body);
  const NewPerson wanted{json.text("name"), json.text("role", "agent"), json.texts("scopes")};
  const std::string password = json.text("password");
  HOLDLINE_TRY(json.checked());
  HOLDLINE_ASSIGN(const Person person, hub::add_person(*hub_.ledger, wanted, password, entropy_));
  return json_response(201, {{"id", person.id.text()}, {"name", person.name}, {"role", person.role}});
}

Admin::Response Admin::import(const HttpRequest& request) {
  const std::string scope = query(request, "scope");
  HOLDLINE_ASSIGN(const auto report, import_customers(hub_.ledger->schema(), intake_, request.body, scope,
                                                      query(request, "dry_run") == "1", clock_.now().wall_ms));
  Json rejected = Json::array();
  for (const RejectedRow& row : report.rejected)
    rejected.push_back({{"row", row.line}, {"field", row.field}, {"code", row.code}, {"message", row.message}});
  return json_response(200, {{"schema", "holdline.import/1"},
                             {"rows", report.rows},
                             {"accepted", report.accepted},
                             {"rejected_count", report.rejected_count},
                             {"rejected", rejected}});
}

Admin::Response Admin::digests() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  HOLDLINE_ASSIGN(const auto digests, reader->digests(all_scopes(), 0xff));
  Json items = Json::array();
  for (const auto& [key, leaves] : digests) {
    const sync::Collection* collection = hub_.ledger->schema().collection(key.collection);
    items.push_back({{"scope", key.scope},
                     {"collection", collection ? collection->name : std::to_string(key.collection)},
                     {"group", key.group},
                     {"root", sync::to_hex(sync::root_of(leaves).view())}});
  }
  return json_response(200, {{"schema", "holdline.digests/1"}, {"cn", std::to_string(head.cn)}, {"digests", items}});
}

Admin::Response Admin::conflicts(const HttpRequest& request) {
  const sync::Collection& collection = *hub_.ledger->schema().collection("conflict");
  const std::string asked = query(request, "state"), state = asked.empty() ? "open" : asked;
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  const auto scopes = all_scopes();
  Json items = Json::array();
  std::size_t total = 0;
  for (Id after;;) {
    HOLDLINE_ASSIGN(const auto rows, reader->rows(collection.no, scopes, after, list_limit));
    for (const VersionedRecord& row : rows) {
      const sync::Record& record = row.stored.record;
      if (state != "all" && record.fields[*collection.field("state")] != sync::Value(state)) continue;
      if (++total <= list_limit) items.push_back(conflict_json(collection, record));
    }
    if (rows.size() < list_limit) break;
    after = rows.back().stored.record.key.id;
  }
  return json_response(200, {{"schema", "holdline.hub-conflicts/1"}, {"total", total}, {"items", items}});
}

Admin::Response Admin::held() {
  HOLDLINE_ASSIGN(auto reader, hub_.ledger->reader());
  Json items = Json::array();
  for (const HeldState state : {HeldState::quarantined, HeldState::waiting, HeldState::discarded}) {
    HOLDLINE_ASSIGN(const auto held, reader->held(state, list_limit));
    for (const HeldAction& action : held)
      items.push_back({{"device", action.lane.device.text()},
                       {"lane", action.lane.lane},
                       {"number", std::to_string(action.stored.number)},
                       {"state", name_of(action.state)},
                       {"code", action.code},
                       {"text", action.text}});
  }
  return json_response(200, {{"schema", "holdline.held/1"}, {"items", items}});
}

}  // namespace holdline::hub
