// How ready the workstations of a list are, by what the plan asks for. Internal to agent/api.
#pragma once

#include <string>
#include <vector>

#include "agent/workstation.hpp"
#include "contingency/drill/report.hpp"
#include "contingency/readiness/readiness.hpp"

namespace holdline::agent {

// As the plan says. What no workstation here can tell is not asked of any: the site does without.
contingency::ReadinessOptions readiness_options(const Workstation& station,
                                                const std::vector<contingency::WorkstationState>& states);

// Those of these scopes that are not revoked.
contingency::ReadyDesks ready_desks(const Workstation& station, const contingency::Fleet& fleet,
                                    const std::vector<std::string>& scopes);

}  // namespace holdline::agent
