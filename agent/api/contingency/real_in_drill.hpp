// In a drill everything that is taken down is marked, and nothing real is to change: whoever changes a real record all
// the same is asked whether that is meant. Internal to agent/api.
#pragma once

#include <vector>

#include "agent/view/view.hpp"
#include "agent/workstation.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// Whether a drill is on where these ops are saved, and one of them may be about something real. Does not wait.
bool may_be_real_in_drill(const Workstation& station, const std::vector<sync::Op>& ops);
// The finding "real-in-drill", asked once, if one of them is. On the reading thread.
void ask_about_real(const sync::Schema& schema, View& view, const std::vector<sync::Op>& ops,
                    std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
