// Incidents as the schema's records say them. An incident has a record for each scope that it concerns, with its steps
// below it; whoever holds several joins them (joined()). Pure.
#pragma once

#include <optional>

#include "contingency/incident/incidents.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::contingency {

// Of a record of collection incident. Nothing when it is of a kind that this program does not know.
std::optional<Declaration> declaration_of(const sync::Collection& incidents, const sync::Record& record);
// Takes in a record of collection incident_step, which is one of this incident.
void take_step(const sync::Collection& steps, const sync::Record& record, Incident& incident);
// Of a record of collection incident_link.
std::optional<MergeDecision> decision_of(const sync::Collection& links, const sync::Record& record);

}  // namespace holdline::contingency
