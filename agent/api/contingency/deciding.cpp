#include "agent/api/contingency/deciding.hpp"

#include <algorithm>
#include <array>

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

}  // namespace

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

platform::HttpResponse refused_response(const Error& error) {
  constexpr std::array now_forbidden{"not-now",         "gate-closed",        "checklist-open", "other-incident-open",
                                     "incident-ended",  "actions-not-undone", "which-incident", "serial-exhausted",
                                     "type-to-confirm", "declared-already"};
  if (error.code == "role-refused") return platform::error_response(403, error.code, error.message);
  if (error.code == "unknown-incident") return platform::error_response(404, error.code, error.message);
  if (std::ranges::find(now_forbidden, error.code) != now_forbidden.end())
    return platform::error_response(409, error.code, error.message);
  return platform::error_response(error);
}

Result<contingency::Incident> named_incident(const Workstation& station, std::string_view name) {
  const auto known = station.contingency().incidents();
  std::vector<const contingency::Incident*> found = all_incidents(*known);
  std::erase_if(found, [&](const contingency::Incident* incident) {
    return name.empty() ? !incident->in_force() : !begins_so(contingency::incident_name(incident->declared.id), name);
  });
  if (found.empty() || (!name.empty() && name.size() < shortest_name))
    return fail(ErrorKind::ask_person, "unknown-incident",
                name.empty() ? "No incident is in force here."
                             : "No incident here is called so. Give at least its first four letters.");
  if (found.size() > 1)
    return fail(ErrorKind::ask_person, "which-incident", "Several incidents are meant by that: name the one.");
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
