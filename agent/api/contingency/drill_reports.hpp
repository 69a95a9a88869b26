// What a drill leaves: its report, written by the action that ends it, and when the next one is due. Internal to
// agent/api.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "agent/api/route.hpp"
#include "contingency/drill/report.hpp"

namespace holdline::agent {

// The records of the report of a drill that is ended now, by this person; places of the action from `first`. On the
// reading thread. Errors of the view.
Result<std::vector<sync::Op>> report_ops(Workstation& station, View& view, const contingency::Incident& ended,
                                         const std::optional<contingency::Fleet>& fleet, const std::string& by,
                                         std::size_t first);
// What its report will say of before, for the action that declares it: nothing where the hub did not tell.
std::vector<sync::Op> beginning_ops(const Workstation& station, const contingency::Incident& drill,
                                    const std::optional<contingency::Fleet>& fleet, const std::string& by,
                                    std::size_t first);

// {"every_days": 90, "last": TIME, "due": TIME, "overdue": false}: `last` null: none was held; `due` null: the plan
// asks for none.
nlohmann::json drill_due_json(const Workstation& station);

}  // namespace holdline::agent
