#include "agent/api/contingency/fleet_readiness.hpp"

#include <algorithm>

#include "agent/workstation.hpp"
#include "sync/action/rights.hpp"

namespace holdline::agent {

using contingency::ReadinessOptions;
using contingency::WorkstationState;

ReadinessOptions readiness_options(const Workstation& station, const std::vector<WorkstationState>& states) {
  const auto any = [&states](auto told) {
    return std::ranges::any_of(states,
                               [&](const WorkstationState& state) { return state.report && told(*state.report); });
  };
  ReadinessOptions options = station.runs()->plan->policy.readiness;
  options.uses_paper = any([](const auto& report) { return report.form_numbers.has_value(); });
  options.uses_plan = any([](const auto& report) { return report.plan_version.has_value(); });
  return options;
}

contingency::ReadyDesks ready_desks(const Workstation& station, const contingency::Fleet& fleet,
                                    const std::vector<std::string>& scopes) {
  const ReadinessOptions options = readiness_options(station, fleet.workstations);
  std::vector<contingency::ReadinessFacts> facts;
  for (const WorkstationState& desk : fleet.workstations)
    if (!desk.revoked && std::ranges::any_of(desk.scopes, [&scopes](const std::string& scope) {
          return sync::is_within(scope, scopes);
        }))
      facts.push_back(facts_of(desk, fleet.hub_wall_ms));
  const contingency::SiteReadiness site = site_readiness(facts, options);
  return {site.ready, site.all};
}

}  // namespace holdline::agent
