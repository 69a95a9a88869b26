// In a drill everything that is taken down is marked, and nothing real is to change: whoever changes a real record all
// the same is asked whether that is meant. Internal to agent.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "agent/contingency/contingency.hpp"
#include "agent/view/view.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

// What people type about customers, by the collection's name; what an outage itself is made of is none of it.
using IsTyped = std::function<bool(std::string_view collection)>;

// Whether a drill is on where these ops are saved, and one of them may be about something real. Does not wait.
bool may_be_real_in_drill(const Contingency& contingency, const sync::Schema& schema, const IsTyped& is_typed,
                          const std::vector<sync::Op>& ops);
// The finding "real-in-drill", asked once, if one of them is. On the reading thread.
void ask_about_real(const sync::Schema& schema, View& view, const IsTyped& is_typed, const std::vector<sync::Op>& ops,
                    std::vector<sync::Finding>& findings);

// Whether what was saved like this was for practice: in a drill, marked where its kind bears a mark, and not said to be
// meant for something real.
bool was_practised(const Contingency& contingency, const sync::Schema& schema, const std::optional<sync::Id>& incident,
                   const std::optional<sync::Acceptance>& accepted, const std::vector<sync::Op>& ops);

}  // namespace holdline::agent
