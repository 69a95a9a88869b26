#include "agent/api/contingency/deciding.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

#include "contingency/incident/name.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t shortest_name = 4;

bool begins_so(std::string_view name, std::string_view given) {
  return given.size() <= name.size() && std::ranges::equal(given, name.substr(0, given.size()), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

std::vector<const contingency::Incident*> all_incidents(const contingency::Incidents& known) {
  std::vector<const contingency::Incident*> all;
  for (const contingency::Outage& outage : known.outages())
    for (const sync::Id& id : outage.incidents) all.push_back(known.find(id));
  return all;
}

// "KDPAEM (Till), FHKXRA (practice)": what each is called, for whoever has to name one.
std::string listed(const std::vector<const contingency::Incident*>& incidents) {
  std::string text;
  for (const contingency::Incident* incident : incidents) {
    const auto& [id, title, drill] =
        std::tie(incident->declared.id, incident->declared.title, incident->declared.drill);
    const std::string what = drill ? title + (title.empty() ? "practice" : ", practice") : title;
    text += (text.empty() ? "" : ", ") + contingency::incident_short_name(id) + (what.empty() ? "" : " (" + what + ")");
  }
  return text;
}

}  // namespace

std::vector<const contingency::Incident*> incidents_in_force(const contingency::Incidents& known) {
  std::vector<const contingency::Incident*> all = all_incidents(known);
  std::erase_if(all, [](const contingency::Incident* incident) { return !incident->in_force(); });
  std::ranges::sort(all, std::ranges::greater(), [](const contingency::Incident* incident) {
    return std::pair(!incident->declared.drill, incident->begins_ms());
  });
  return all;
}

contingency::Who role_of(const Call& call) {
  const std::string& role = call.session->person.role;
  if (role == "supervisor") return contingency::by_supervisor;
  if (role == "it") return contingency::by_it;
  return contingency::Who{};
}

std::int64_t corrected_now_ms(const Workstation& station) {
  return station.clock().now().wall_ms + station.sync_status().clock_offset_ms;
}

SaidAt said_here(const Workstation& station) { return {station.identity().name, {}}; }

ContingencyGate gate_here(const Workstation& station, const std::vector<std::string>& scopes) {
  ContingencyGate gate = station.contingency().gate(scopes);
  const ServiceTold service = station.told().service;
  if (service.state != contingency::ServiceState::normal ||
      station.link().status.state >= contingency::LinkState::offline)
    return {};
  const std::int64_t well_ms = corrected_now_ms(station) - service.well_since_ms;
  const std::int64_t needed_ms = station.contingency().policy().states.gate_open_ms;
  if (service.well_since_ms != 0 && well_ms < needed_ms) {
    gate.open = false;
    gate.opens_in_ms = std::max(gate.opens_in_ms, needed_ms - well_ms);
  }
  return gate;
}

void end_drills(const Workstation& station, const std::vector<std::string>& scopes, const std::string& person,
                std::vector<sync::Op>& ops) {
  const auto known = station.contingency().incidents();
  for (const contingency::Incident* drill : all_incidents(*known)) {
    const bool meets = std::ranges::any_of(drill->declared.scopes, [&](const std::string& scope) {
      return std::ranges::any_of(scopes,
                                 [&](const std::string& wide) { return contingency::scopes_meet(wide, scope); });
    });
    if (!drill->in_force() || !drill->declared.drill || !meets) continue;
    const bool recovering = drill->phase == contingency::IncidentPhase::recovering;
    contingency::Ask ask;
    ask.reason = "A real outage was declared";
    const auto ended =
        contingency::move(*drill, recovering ? contingency::ServiceTrigger::close : contingency::ServiceTrigger::cancel,
                          ask, {}, person, corrected_now_ms(station));
    if (!ended) continue;  // it ended meanwhile
    for (sync::Op& op : ops_of(station.schema(), *ended, ended->steps.back(), said_here(station))) {
      op.record.id = created_here(static_cast<std::uint32_t>(ops.size()));
      ops.push_back(std::move(op));
    }
  }
}

platform::HttpResponse refused_response(const Error& error) {
  constexpr std::array now_forbidden{"not-now",         "gate-closed",        "checklist-open", "other-incident-open",
                                     "incident-ended",  "actions-not-undone", "which-incident", "serial-exhausted",
                                     "type-to-confirm", "declared-already",   "outage-in-force"};
  if (error.code == "role-refused") return platform::error_response(403, error.code, error.message);
  if (error.code == "unknown-incident") return platform::error_response(404, error.code, error.message);
  if (std::ranges::find(now_forbidden, error.code) != now_forbidden.end())
    return platform::error_response(409, error.code, error.message);
  return platform::error_response(error);
}

Result<contingency::Incident> named_incident(const Workstation& station, std::string_view name) {
  const auto known = station.contingency().incidents();
  std::vector<const contingency::Incident*> found = name.empty() ? incidents_in_force(*known) : all_incidents(*known);
  std::erase_if(found, [&](const contingency::Incident* incident) {
    return !begins_so(contingency::incident_name(incident->declared.id), name);
  });
  if (found.empty() || (!name.empty() && name.size() < shortest_name))
    return fail(ErrorKind::ask_person, "unknown-incident",
                name.empty() ? "No incident is in force here."
                             : "No incident here is called so. Give at least its first four letters.");
  if (found.size() > 1)
    return fail(ErrorKind::ask_person, "which-incident",
                "Several incidents are meant by that: name the one. There are " + listed(found) + ".");
  return *found.front();
}

// What was saved is looked at on the reading thread; what comes after it there finds it looked at.
Call answered_in_force(Workstation& station, Call call) {
  call.respond = platform::Respond([&station, respond = call.respond](platform::HttpResponse response) {
    station.read([respond, response = std::move(response)](View&) { respond(response); });
  });
  return call;
}

std::optional<platform::HttpResponse> refuse_without_incidents(const Workstation& station) {
  if (knows_incidents(station.schema())) return std::nullopt;
  return platform::error_response(409, "no-incidents",
                                  "The forms of this centre are of a version without incidents. Ask IT to take the "
                                  "newer one: holdline-hub schema apply");
}

}  // namespace holdline::agent
