// Which workstations could work by hand now, and which not and why: of all of them for supervisors and IT, of this one
// for whoever sits at it.
#include <algorithm>
#include <map>

#include "agent/api/contingency/drill_reports.hpp"
#include "agent/api/contingency/fleet_readiness.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::DeskReadiness;
using contingency::ReadinessOptions;
using contingency::WorkstationState;

Json time_json(std::int64_t ms) { return ms == 0 ? Json() : Json(sync::format_time(ms)); }

Json failed_checks_json(const DeskReadiness& desk) {
  Json checks = Json::array();
  for (const contingency::ReadinessCheck& check : desk.checks)
    if (!check.passed)
      checks.push_back({{"check", check.id}, {"known", check.known}, {"why", check.why}, {"remedy", check.remedy}});
  return checks;
}

Json workstation_json(const WorkstationState& state, const DeskReadiness& desk) {
  const auto report = state.report.value_or(contingency::WorkstationReport{});
  return {{"id", state.device.text()},
          {"name", state.name},
          {"scopes", state.scopes},
          {"state", state.revoked ? "revoked"
                    : desk.ready  ? "ready"
                                  : "not-ready"},
          {"score", desk.score},
          {"site", report.seat.site},
          {"row", report.seat.row},
          {"seat", report.seat.seat},
          {"heard_at", time_json(state.heard_ms)},
          {"data_as_of", time_json(report.copy_as_of_ms)},
          {"waiting", report.waiting},
          {"oldest_waiting_ms", report.oldest_waiting_ms},
          {"needs_attention", report.needs_attention},
          {"checks", failed_checks_json(desk)}};
}

// By where they stand, so that somebody can walk along them; revoked ones last.
auto walking_order(const WorkstationState& state) {
  const auto seat = state.report ? state.report->seat : contingency::Seat{};
  return std::tuple(state.revoked, seat, state.name);
}

struct FleetFilter {
  bool not_ready = false;                    // only those
  std::optional<std::int64_t> silent_since;  // only those not heard of since
};

Result<FleetFilter> filter_of(const platform::HttpFields& query) {
  FleetFilter filter;
  if (const auto only = query.find("only"); only != query.end()) {
    if (only->second != "not-ready") return fail(ErrorKind::ask_person, "malformed", "`only` can be not-ready.");
    filter.not_ready = true;
  }
  if (const auto since = query.find("silent_since"); since != query.end()) {
    filter.silent_since = sync::parse_time(since->second);
    if (!filter.silent_since)
      return fail(ErrorKind::ask_person, "malformed", "Since when must be a time like 2026-11-30T10:40:00Z.");
  }
  return filter;
}

// Each site by itself, for whoever answers for one.
Json sites_json(const std::map<std::string, std::vector<contingency::ReadinessFacts>>& sites,
                const ReadinessOptions& options) {
  Json list = Json::array();
  for (const auto& [name, desks] : sites) {
    const contingency::SiteReadiness site = site_readiness(desks, options);
    list.push_back(
        {{"site", name}, {"ready", site.ready}, {"all", site.all}, {"score", site.score}, {"summary", site.summary}});
  }
  return list;
}

platform::HttpResponse fleet_response(const Workstation& station, FleetMember::Listed listed,
                                      const FleetFilter& filter) {
  auto& states = listed.fleet.workstations;
  const std::int64_t as_of_ms = listed.fleet.hub_wall_ms;
  std::ranges::sort(states, {}, walking_order);
  const ReadinessOptions options = readiness_options(station, states);
  std::vector<contingency::ReadinessFacts> facts;
  std::map<std::string, std::vector<contingency::ReadinessFacts>> sites;
  Json items = Json::array();
  for (const WorkstationState& state : states) {
    contingency::ReadinessFacts known = facts_of(state, as_of_ms);
    const DeskReadiness desk = readiness(known, options);
    if (!state.revoked) {
      facts.push_back(known);
      sites[state.report ? state.report->seat.site : std::string()].push_back(std::move(known));
    }
    if (filter.not_ready && (state.revoked || desk.ready)) continue;
    if (filter.silent_since && (state.revoked || state.heard_ms >= *filter.silent_since)) continue;
    items.push_back(workstation_json(state, desk));
  }
  const contingency::SiteReadiness site = site_readiness(facts, options);
  return json_response(200, {{"schema", "holdline.workstations/1"},
                             {"summary", site.summary},
                             {"ready", site.ready},
                             {"all", site.all},
                             {"score", site.score},
                             {"sites", sites_json(sites, options)},
                             {"drill", drill_due_json(station)},
                             {"as_of", sync::format_time(as_of_ms)},
                             {"from", listed.kept ? "copy" : "hub"},
                             {"items", items}});
}

void list_workstations(Workstation& station, Call call) {
  const std::string& role = call.session->person.role;
  if (role != "supervisor" && role != "it")
    return call.respond(
        platform::error_response(403, "role-refused", "The list of workstations is for supervisors and IT."));
  auto filter = filter_of(call.request.query);
  if (!filter) return call.respond(platform::error_response(400, filter.error().code, filter.error().message));
  station.fleet().list([&station, filter = *filter,
                        respond = std::move(call.respond)](Result<FleetMember::Listed> listed) {
    respond(listed ? fleet_response(station, *std::move(listed), filter) : platform::error_response(listed.error()));
  });
}

void own_readiness(Workstation& station, Call call) {
  station.aside([&station, respond = std::move(call.respond)] {
    const std::int64_t now_ms = station.clock().now().wall_ms + station.sync_status().clock_offset_ms;
    WorkstationState own;
    own.name = station.grant().name;
    own.heard_ms = own.reported_ms = now_ms;
    own.report = station.fleet().report();
    const DeskReadiness desk = readiness(facts_of(own, now_ms), readiness_options(station, {own}));
    respond(json_response(200, {{"schema", "holdline.readiness/1"},
                                {"name", own.name},
                                {"ready", desk.ready},
                                {"score", desk.score},
                                {"checks", failed_checks_json(desk)},
                                {"plan", station.runs()->plan->version},
                                {"drill", drill_due_json(station)}}));
  });
}

}  // namespace

std::span<const Route> fleet_routes() {
  static constexpr Route table[] = {{"GET", "/workstations", list_workstations},
                                    {"GET", "/readiness", own_readiness, Access::person_or_root}};
  return table;
}

}  // namespace holdline::agent
