// How many callbacks this workstation may still promise, and when: its own share of every window of a queue, without
// what it has promised. Worked out from what is here, so that it holds with the hub away.
#pragma once

#include <optional>
#include <string>

#include "agent/view/sight.hpp"
#include "contingency/callbacks/promise/capacity.hpp"
#include "sync/form/form.hpp"

namespace holdline::agent {

struct PromisingDesk {
  std::string station;  // its name
  sync::Site site;
  std::int64_t now_ms = 0;
};

// On the reading thread. Nothing: nobody has divided this queue, and any time may be promised. Errors of the view.
Result<std::optional<contingency::PromiseRoom>> promise_room(const PromisingDesk& desk, PersonView& view,
                                                             const sync::Schema& schema, const std::string& queue);

// Asked ("window-full", "window-unknown") when a new callback is promised for a time that this workstation has no room
// for. What cannot be looked up is not asked about.
void ask_about_room(const PromisingDesk& desk, PersonView& view, const sync::Schema& schema,
                    const sync::Record& callback, std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
