// What is left to do before an incident is closed, as far as this workstation can know it. Internal to agent/api.
#pragma once

#include <functional>
#include <optional>

#include "agent/view/sight.hpp"
#include "agent/workstation.hpp"
#include "contingency/incident/checklist.hpp"
#include "contingency/readiness/report.hpp"

namespace holdline::agent {

// Actions of the plan that are neither undone nor signed for. Nothing: no station has taken the run, so that nobody
// here knows what was done; or it goes by a plan that is not here.
std::optional<std::size_t> actions_left(const Workstation& station, const contingency::Incident& incident);

// What the hub says now of all workstations; nothing while it does not answer. `then` is called on any thread.
void ask_for_fleet(Workstation& station, std::function<void(std::optional<contingency::Fleet>)> then);

// On the reading thread, with the eyes of who asks: what they do not see is not known. Without the fleet this
// workstation speaks for itself alone, and which desks are silent is not known.
Result<contingency::ClosingFacts> closing_facts(Workstation& station, PersonView& view,
                                                const contingency::Incident& incident,
                                                const std::optional<contingency::Fleet>& fleet);

}  // namespace holdline::agent
