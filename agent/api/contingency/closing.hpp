// What is left to do before an incident is closed, as far as this workstation can know it. Internal to agent/api.
#pragma once

#include <functional>
#include <optional>

#include "agent/view/sight.hpp"
#include "agent/workstation.hpp"
#include "contingency/incident/checklist.hpp"
#include "contingency/readiness/report.hpp"

namespace holdline::agent {

// What the hub says now of all workstations; nothing while it does not answer. `then` is called on any thread.
void ask_for_fleet(Workstation& station, std::function<void(std::optional<contingency::Fleet>)> then);

// On the reading thread, with the eyes of who asks: what they do not see is not known. Without the fleet this
// workstation speaks for itself alone, and which desks are silent is not known. Nobody keeps actions of the plan here.
Result<contingency::ClosingFacts> closing_facts(Workstation& station, PersonView& view,
                                                const contingency::Incident& incident,
                                                const std::optional<contingency::Fleet>& fleet);

}  // namespace holdline::agent
