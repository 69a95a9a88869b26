#include "contingency/readiness/report.hpp"

#include "sync/base/limits.hpp"
#include "sync/wire/json_reader.hpp"

namespace holdline::contingency {

namespace {

using Json = nlohmann::json;
using sync::JsonReader;

// An entry that waits for longer while the hub answers is stuck.
constexpr std::int64_t stuck_ms = 15 * 60'000;

Json report_json(const WorkstationReport& report) {
  Json json{{"site", report.seat.site},
            {"row", report.seat.row},
            {"seat", report.seat.seat},
            {"copy_as_of_ms", report.copy_as_of_ms},
            {"waiting", report.waiting},
            {"oldest_waiting_ms", report.oldest_waiting_ms},
            {"needs_attention", report.needs_attention},
            {"disk_free_bytes", report.disk_free_bytes},
            {"clock_off_ms", report.clock_off_ms},
            {"unlocks_offline", report.unlocks_offline},
            {"store_sound", report.store_sound}};
  if (report.outbox) {
    json["outbox"] = report.outbox->text();
    json["issued"] = report.issued;
  }
  if (report.equal_at) json["equal_at"] = std::to_string(*report.equal_at);
  if (report.prints) json["prints"] = *report.prints;
  if (report.form_numbers) json["form_numbers"] = *report.form_numbers;
  if (report.templates) json["templates"] = *report.templates;
  if (report.plan_version) json["plan_version"] = *report.plan_version;
  if (report.actions_not_runnable) json["actions_not_runnable"] = *report.actions_not_runnable;
  return json;
}

WorkstationReport report_of(JsonReader r, JsonReader& outer) {
  WorkstationReport report;
  report.seat = {r.text("site", seat_bytes), r.text("row", seat_bytes), r.text("seat", seat_bytes)};
  report.copy_as_of_ms = r.integer<std::int64_t>("copy_as_of_ms");
  report.waiting = r.integer<std::uint64_t>("waiting");
  report.oldest_waiting_ms = r.integer<std::int64_t>("oldest_waiting_ms");
  report.needs_attention = r.integer<std::uint64_t>("needs_attention");
  report.disk_free_bytes = r.integer<std::int64_t>("disk_free_bytes");
  report.clock_off_ms = r.integer<std::int64_t>("clock_off_ms");
  r.require(r.has("unlocks_offline") && r.has("store_sound"));
  report.unlocks_offline = r.flag("unlocks_offline");
  report.store_sound = r.flag("store_sound");
  if (r.has("outbox")) {
    report.outbox = r.id("outbox");
    report.issued = r.integer<std::uint64_t>("issued");
  }
  if (r.has("equal_at")) report.equal_at = r.counter("equal_at");
  if (r.has("prints")) report.prints = r.flag("prints");
  if (r.has("form_numbers")) report.form_numbers = r.integer<std::int64_t>("form_numbers");
  if (r.has("templates")) report.templates = r.integer<std::int64_t>("templates");
  if (r.has("actions_not_runnable")) report.actions_not_runnable = r.text("actions_not_runnable", actions_bytes);
  if (r.has("plan_version")) report.plan_version = r.integer<std::uint32_t>("plan_version");
  outer.require(r.ok());
  return report;
}

Json state_json(const WorkstationState& state) {
  Json json{{"device", state.device.text()},
            {"name", state.name},
            {"scopes", state.scopes},
            {"revoked", state.revoked},
            {"heard_ms", state.heard_ms}};
  if (!state.report) return json;
  json["reported_ms"] = state.reported_ms;
  json["report"] = report_json(*state.report);
  return json;
}

WorkstationState state_of(const Json& element, JsonReader& outer) {
  JsonReader r(element);
  WorkstationState state;
  state.device = r.id("device");
  state.name = r.text("name");
  r.array("scopes", sync::limits::scopes_per_grant, [&](const Json& scope) {
    r.require(scope.is_string());
    if (scope.is_string()) state.scopes.push_back(scope.get<std::string>());
  });
  state.revoked = r.flag("revoked");
  state.heard_ms = r.integer<std::int64_t>("heard_ms");
  if (r.has("report")) {
    state.reported_ms = r.integer<std::int64_t>("reported_ms");
    state.report = report_of(r.object("report"), r);
  }
  outer.require(r.ok());
  return state;
}

}  // namespace

std::string encode_json(const WorkstationReport& report) { return report_json(report).dump(); }

std::string encode_json(const Fleet& fleet) {
  Json workstations = Json::array();
  for (const WorkstationState& state : fleet.workstations) workstations.push_back(state_json(state));
  return Json{{"hub_wall_ms", fleet.hub_wall_ms}, {"workstations", workstations}}.dump();
}

Result<WorkstationReport> decode_report(std::string_view text) {
  const Json json = sync::parse_json(text, report_bytes);
  JsonReader outer(json);
  WorkstationReport report = report_of(outer, outer);
  if (!outer.ok())
    return fail(ErrorKind::ask_person, "malformed-report", "The workstation's report of itself cannot be read.");
  return report;
}

Result<Fleet> decode_fleet(std::string_view text) {
  const Json json = sync::parse_json(text, fleet_bytes);
  JsonReader r(json);
  Fleet fleet;
  fleet.hub_wall_ms = r.integer<std::int64_t>("hub_wall_ms");
  r.array("workstations", fleet_most, [&](const Json& element) { fleet.workstations.push_back(state_of(element, r)); });
  if (!r.ok()) return fail(ErrorKind::ask_person, "malformed-fleet", "The list of workstations cannot be read.");
  return fleet;
}

ReadinessFacts facts_of(const WorkstationState& state, std::int64_t hub_now_ms) {
  ReadinessFacts facts;
  facts.desk = state.name;
  facts.locked = state.revoked;
  if (state.heard_ms != 0) facts.silent_ms = hub_now_ms - state.heard_ms;
  if (!state.report) return facts;
  const WorkstationReport& report = *state.report;
  if (report.copy_as_of_ms != 0) facts.copy_age_ms = state.reported_ms - report.copy_as_of_ms;
  facts.unlocks_offline = report.unlocks_offline;
  facts.prints = report.prints;
  facts.form_numbers = report.form_numbers;
  facts.templates = report.templates;
  facts.plan_version = report.plan_version;
  facts.actions_not_runnable = report.actions_not_runnable;
  facts.disk_free_bytes = report.disk_free_bytes;
  facts.clock_off_ms = report.clock_off_ms;
  const std::uint64_t late = report.oldest_waiting_ms >= stuck_ms ? report.waiting : 0;
  facts.entries_stuck = static_cast<std::size_t>(report.needs_attention + late);
  facts.store_sound = report.store_sound;
  return facts;
}

}  // namespace holdline::contingency
