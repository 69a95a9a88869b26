// Incidents as records of the schema, both ways: what the view shows as values of contingency/, and what somebody
// decided as ops of one action. An incident has a record for each scope that it concerns, with its steps below it, so
// that each reaches who works there; whoever holds several reads them as one incident.
//
// The reading thread, or pure. Internal to agent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/view/view.hpp"
#include "contingency/incident/incidents.hpp"

namespace holdline::agent {

// Whether the hub's version of the schema has incidents at all.
bool knows_incidents(const sync::Schema& schema);
// Whether an op, or a change of the feed, is about them.
bool is_of_incidents(const sync::Schema& schema, sync::CollectionNo collection);

struct IncidentsRead {
  std::vector<contingency::Incident> incidents;  // the most recent; one whose steps have not arrived yet is left out
  std::vector<contingency::MergeDecision> decisions;
};
// Everything this workstation holds of them, own pending records included. Errors of the view.
Result<IncidentsRead> read_incidents(View& view);

// The record that an incident has in one of its scopes.
sync::Id incident_record(const sync::Schema& schema, const sync::Id& incident, const std::string& scope);

// Who says it, beside what the values of contingency/ know.
struct SaidAt {
  std::string station;  // name of the workstation
  std::string code;     // the short code that was typed; empty: none
};

// The records of a new incident with its first step, ids still to be filled in. `plan_version` 0: no plan.
std::vector<sync::Op> ops_of_declaration(const sync::Schema& schema, const contingency::Incident& incident,
                                         std::uint32_t plan_version, const SaidAt& said);
// One step, estimate or exception more, in each of the incident's scopes.
std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::IncidentStep& step, const SaidAt& said);
std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::Estimate& estimate, const SaidAt& said);
std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::Exception& exception, const SaidAt& said);
// A word on two incidents, told in the scopes of both.
std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& one,
                             const contingency::Incident& other, const contingency::MergeDecision& decision,
                             const SaidAt& said);

}  // namespace holdline::agent
