// What the routes of incidents share: who decides, at which time, about which incident. Internal to agent/api.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/route.hpp"
#include "agent/contingency/incident_records.hpp"
#include "contingency/incident/incidents.hpp"

namespace holdline::agent {

// As what somebody decides: their role as signed in, never as claimed. An agent decides nothing by it.
contingency::Who role_of(const Call& call);
// The present by the hub's clock, as far as it has said how far this computer's is off.
std::int64_t corrected_now_ms(const Workstation& station);
SaidAt said_here(const Workstation& station);
// As the machines of these scopes say, the hub's probes of the systems behind it, and this desk's own road to it.
ContingencyGate gate_here(const Workstation& station, const std::vector<std::string>& scopes);

// A real outage ends what is practised in its scopes, in the same action: ops to be added to those that declare it.
void end_drills(const Workstation& station, const std::vector<std::string>& scopes, const std::string& person,
                std::vector<sync::Op>& ops);

// An Error as its response: 403 for what the role may not do, 404 and 409 where the present state forbids it.
platform::HttpResponse refused_response(const Error& error);

// "kdpaemfx…", or the first letters of it; empty: the only one in force here. ask_person "unknown-incident",
// "which-incident".
// "which-incident" says which there are.
Result<contingency::Incident> named_incident(const Workstation& station, std::string_view name);

// All that are in force here, the real ones before practice, the latest first.
std::vector<const contingency::Incident*> incidents_in_force(const contingency::Incidents& known);

// The same call, answered when what it saves is in force here: whoever is told "saved" finds it so.
Call answered_in_force(Workstation& station, Call call);

// 409 "no-incidents" when the hub's version of the schema has none.
std::optional<platform::HttpResponse> refuse_without_incidents(const Workstation& station);

}  // namespace holdline::agent
