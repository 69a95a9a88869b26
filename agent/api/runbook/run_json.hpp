// A run of the plan as the JSON API speaks of it. Pure. Internal to agent/api.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "agent/runbook/runs.hpp"

namespace holdline::agent {

// holdline.runbook/1 without its incident. `now_ms`: wall time.
nlohmann::json run_json(const contingency::Journal& journal, const contingency::Plan& plan, std::int64_t now_ms);
// The same for agents: the actions that the plan means for them, which they tick and ask nothing else of.
nlohmann::json run_for_agents(const contingency::Journal& journal, const contingency::Plan& plan, std::int64_t now_ms);
// {"version","title","hash","approved_by"}
nlohmann::json plan_json(const contingency::Plan& plan);

}  // namespace holdline::agent
