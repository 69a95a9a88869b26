// The words by which records of incidents (collections incident, incident_step, incident_link) say the values of this
// folder.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "contingency/incident/incidents.hpp"

namespace holdline::contingency {

inline constexpr std::string_view incident_collection = "incident", incident_step_collection = "incident_step",
                                  incident_link_collection = "incident_link";

template <class Value, std::size_t N>
struct ValueNames {
  std::array<std::pair<std::string_view, Value>, N> names;

  std::string text(Value value) const {
    const auto found = std::ranges::find(names, value, &std::pair<std::string_view, Value>::second);
    return found == names.end() ? std::string() : std::string(found->first);
  }
  std::optional<Value> value(std::string_view text) const {
    const auto found = std::ranges::find(names, text, &std::pair<std::string_view, Value>::first);
    return found == names.end() ? std::nullopt : std::optional(found->second);
  }
};

inline constexpr ValueNames<DeclaredBy, 5> how_names{{{{"code", DeclaredBy::code},
                                                       {"schedule", DeclaredBy::schedule},
                                                       {"machine", DeclaredBy::machine},
                                                       {"offline", DeclaredBy::offline},
                                                       {"hub", DeclaredBy::hub}}}};
inline constexpr ValueNames<Cause, 4> cause_names{{{{"none", Cause::none},
                                                    {"my_network", Cause::my_network},
                                                    {"site_network", Cause::site_network},
                                                    {"central_service", Cause::central_service}}}};
inline constexpr ValueNames<Who, 5> role_names{{{{"supervisor", by_supervisor},
                                                 {"it", by_it},
                                                 {"code", by_code},
                                                 {"schedule", by_schedule},
                                                 {"machine", by_machine}}}};
inline constexpr ValueNames<ServiceTrigger, 7> trigger_names{{{{"declare", ServiceTrigger::declare},
                                                               {"window_starts", ServiceTrigger::window_starts},
                                                               {"degraded_long", ServiceTrigger::degraded_long},
                                                               {"confirm", ServiceTrigger::confirm},
                                                               {"cancel", ServiceTrigger::cancel},
                                                               {"systems_back", ServiceTrigger::systems_back},
                                                               {"close", ServiceTrigger::close}}}};

}  // namespace holdline::contingency
