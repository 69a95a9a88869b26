#include "hub/admin/directory.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

#include "hub/admin/documents.hpp"
#include "hub/people/devices.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/people.hpp"
#include "hub/people/scopes.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpResponse;
using platform::JsonObject;
using Response = Result<HttpResponse>;

constexpr std::int64_t approval_days = 7, most_approval_days = 30;

Json device_json(const DirectoryParts& hub, const Device& device) {
  return {{"id", device.id.text()},
          {"name", device.name},
          {"scopes", device.scopes},
          {"profile", device.profile},
          {"state", device.state == DeviceState::active ? "active" : "revoked"},
          {"enrolled", sync::format_time(device.enrolled_ms)},
          {"certificate", certificate_json(device, platform::unix_time_of(hub.now_ms))},
          {"readmitted", time_or_null(device.readmitted_ms)},
          {"outbox_lost", time_or_null(device.outbox_lost_ms)}};
}

Json person_json(const Person& person) {
  Json json{{"id", person.id.text()},
            {"name", person.name},
            {"role", person.role},
            {"scopes", person.scopes},
            {"state", person.state == PersonState::active ? "active" : "disabled"}};
  if (person.state == PersonState::disabled) json["disabled"] = sync::format_time(person.disabled_ms);
  return json;
}

Response told(const DirectoryParts& hub, const Result<Device>& device) {
  if (!device) return tl::unexpected<Error>(device.error());
  return json_response(200, device_json(hub, *device));
}
Response told(const Result<Person>& person, int status = 200) {
  if (!person) return tl::unexpected<Error>(person.error());
  return json_response(status, person_json(*person));
}

// --- workstations ---

Response list_devices(const DirectoryParts& hub, JsonObject&) {
  HOLDLINE_ASSIGN(const auto devices, hub.ledger.devices());
  Json items = Json::array();
  for (const Device& device : devices) items.push_back(device_json(hub, device));
  return json_response(200, {{"schema", "holdline.devices/1"}, {"items", items}});
}

Response revoke_device(const DirectoryParts& hub, JsonObject& json) {
  const std::string device = json.text("device");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub, set_device_state(hub.ledger, device, DeviceState::revoked));
}

Response restore_device(const DirectoryParts& hub, JsonObject& json) {
  const std::string device = json.text("device");
  HOLDLINE_TRY(json.checked_whole());
  auto restored = set_device_state(hub.ledger, device, DeviceState::active);
  if (restored) HOLDLINE_TRY(hub.intake.settle_waiting(hub.now_ms));  // what became possible meanwhile
  return told(hub, std::move(restored));
}

Response rename_device(const DirectoryParts& hub, JsonObject& json) {
  const std::string device = json.text("device"), name = json.text("name");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub, hub::rename_device(hub.ledger, device, name));
}

Response scope_device(const DirectoryParts& hub, JsonObject& json) {
  const std::string device = json.text("device");
  const auto scopes = json.texts("scopes");
  const std::int64_t profile = json.number("profile", -1);
  HOLDLINE_TRY(json.checked_whole());
  if (profile > std::numeric_limits<sync::VisibilitySet>::max() || (json.has("profile") && profile < 0))
    return fail(ErrorKind::ask_person, "malformed", "`profile` must be a number from 0 to 255.");
  HOLDLINE_TRY(check_known_scopes(hub.ledger, scopes));
  return told(
      hub, change_device_scopes(hub.ledger, device, scopes,
                                profile < 0 ? std::nullopt : std::optional(static_cast<sync::VisibilitySet>(profile))));
}

Response approve_device(const DirectoryParts& hub, JsonObject& json) {
  const std::string device = json.text("device");
  const std::int64_t days = std::clamp<std::int64_t>(json.number("days", approval_days), 1, most_approval_days);
  HOLDLINE_TRY(json.checked_whole());
  constexpr std::int64_t day_ms = 24 * 3'600'000;
  const std::int64_t until_ms = hub.now_ms + days * day_ms;
  HOLDLINE_ASSIGN(const Device approved, approve_renewal(hub.ledger, device, until_ms));
  return json_response(
      200, {{"id", approved.id.text()}, {"name", approved.name}, {"approved_until", sync::format_time(until_ms)}});
}

// --- people ---

Response list_people(const DirectoryParts& hub, JsonObject&) {
  HOLDLINE_ASSIGN(const auto people, hub.ledger.all_people());
  HOLDLINE_ASSIGN(const auto claims, hub.ledger.claims());
  Json items = Json::array(), remembered = Json::array();
  for (const Person& person : people) items.push_back(person_json(person));
  for (const PersonClaim& claim : claims) {
    HOLDLINE_ASSIGN(const auto device, hub.ledger.device(claim.device));
    remembered.push_back({{"id", claim.person.id.text()},
                          {"name", claim.person.name},
                          {"role", claim.person.role},
                          {"scopes", claim.person.scopes},
                          {"device", claim.device.text()},
                          {"device_name", device ? device->name : ""},
                          {"told", sync::format_time(claim.told_ms)}});
  }
  return json_response(200, {{"schema", "holdline.people/1"}, {"items", items}, {"remembered", remembered}});
}

Response add_person(const DirectoryParts& hub, JsonObject& json) {
  const NewPerson wanted{json.text("name"), json.text("role", "agent"), json.texts("scopes")};
  const std::string password = json.text("password");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(check_known_scopes(hub.ledger, wanted.scopes));
  return told(hub::add_person(hub.ledger, wanted, password, hub.entropy), 201);
}

Response disable_person(const DirectoryParts& hub, JsonObject& json) {
  const std::string name = json.text("person");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub::disable_person(hub.ledger, name, hub.now_ms));
}

Response enable_person(const DirectoryParts& hub, JsonObject& json) {
  const std::string name = json.text("person");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub::enable_person(hub.ledger, name));
}

Response change_password(const DirectoryParts& hub, JsonObject& json) {
  const std::string name = json.text("person"), password = json.text("password");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub::change_password(hub.ledger, name, password, hub.entropy));
}

Response change_role(const DirectoryParts& hub, JsonObject& json) {
  const std::string name = json.text("person"), role = json.text("role");
  HOLDLINE_TRY(json.checked_whole());
  return told(hub::change_role(hub.ledger, name, role));
}

Response change_scopes(const DirectoryParts& hub, JsonObject& json) {
  const std::string name = json.text("person");
  const auto scopes = json.texts("scopes");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(check_known_scopes(hub.ledger, scopes));
  return told(hub::change_scopes(hub.ledger, name, scopes));
}

Response recall_person(const DirectoryParts& hub, JsonObject& json) {
  Recall recall{json.text("person"), json.text("role"), json.texts("scopes"), std::nullopt};
  const std::string from = json.text("from");
  HOLDLINE_TRY(json.checked_whole());
  if (!recall.scopes.empty()) HOLDLINE_TRY(check_known_scopes(hub.ledger, recall.scopes));
  if (!from.empty()) {
    HOLDLINE_ASSIGN(const Device device, find_device(hub.ledger, from));
    recall.device = device.id;
  }
  HOLDLINE_ASSIGN(const Person person, hub::recall_person(hub.ledger, recall, hub.now_ms));
  HOLDLINE_TRY(hub.intake.settle_waiting(hub.now_ms));
  return told(person);
}

// --- scopes ---

Response list_scopes(const DirectoryParts& hub, JsonObject&) {
  HOLDLINE_ASSIGN(const auto scopes, known_scopes(hub.ledger));
  return json_response(200, {{"schema", "holdline.scopes/1"}, {"items", scopes}});
}

Response add_scope(const DirectoryParts& hub, JsonObject& json) {
  const std::string scope = json.text("scope");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(make_scope(hub.ledger, scope));
  return json_response(201, {{"scope", scope}});
}

struct Verb {
  std::string_view method, path;
  Response (*answer)(const DirectoryParts&, JsonObject&);
};
constexpr std::array verbs{
    Verb{"GET", "/admin/v1/devices", list_devices},
    Verb{"POST", "/admin/v1/devices/revoke", revoke_device},
    Verb{"POST", "/admin/v1/devices/restore", restore_device},
    Verb{"POST", "/admin/v1/devices/rename", rename_device},
    Verb{"POST", "/admin/v1/devices/scopes", scope_device},
    Verb{"POST", "/admin/v1/devices/approve", approve_device},
    Verb{"GET", "/admin/v1/people", list_people},
    Verb{"POST", "/admin/v1/people", add_person},
    Verb{"POST", "/admin/v1/people/disable", disable_person},
    Verb{"POST", "/admin/v1/people/enable", enable_person},
    Verb{"POST", "/admin/v1/people/password", change_password},
    Verb{"POST", "/admin/v1/people/role", change_role},
    Verb{"POST", "/admin/v1/people/scopes", change_scopes},
    Verb{"POST", "/admin/v1/people/recall", recall_person},
    Verb{"GET", "/admin/v1/scopes", list_scopes},
    Verb{"POST", "/admin/v1/scopes", add_scope},
};

}  // namespace

std::optional<Response> answer_directory(const DirectoryParts& hub, const platform::HttpRequest& request) {
  for (const Verb& verb : verbs) {
    if (verb.method != request.method || verb.path != request.path) continue;
    auto json = JsonObject::parse(request.body.empty() ? "{}" : request.body);
    return verb.answer(hub, json);
  }
  return std::nullopt;
}

}  // namespace holdline::hub
