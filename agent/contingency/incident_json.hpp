// Incidents and how the service stands, as the JSON API speaks of them. Pure. Internal to agent.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "agent/contingency/contingency.hpp"
#include "contingency/incident/checklist.hpp"

namespace holdline::agent {

// The member `contingency` of holdline.status/1: what the strip of every page shows.
nlohmann::json standing_json(const ContingencyStanding& standing);
// One incident with its steps, without its checklist.
nlohmann::json incident_json(const contingency::Incident& incident);
nlohmann::json checklist_json(const std::vector<contingency::ChecklistPoint>& points);

}  // namespace holdline::agent
