// The words by which records of incidents say the values of contingency/. Internal to agent.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "contingency/incident/incidents.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

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

inline constexpr ValueNames<contingency::DeclaredBy, 5> how_names{{{{"code", contingency::DeclaredBy::code},
                                                                    {"schedule", contingency::DeclaredBy::schedule},
                                                                    {"machine", contingency::DeclaredBy::machine},
                                                                    {"offline", contingency::DeclaredBy::offline},
                                                                    {"hub", contingency::DeclaredBy::hub}}}};
inline constexpr ValueNames<contingency::Cause, 4> cause_names{
    {{{"none", contingency::Cause::none},
      {"my_network", contingency::Cause::my_network},
      {"site_network", contingency::Cause::site_network},
      {"central_service", contingency::Cause::central_service}}}};
inline constexpr ValueNames<contingency::Who, 5> role_names{{{{"supervisor", contingency::by_supervisor},
                                                              {"it", contingency::by_it},
                                                              {"code", contingency::by_code},
                                                              {"schedule", contingency::by_schedule},
                                                              {"machine", contingency::by_machine}}}};
inline constexpr ValueNames<contingency::ServiceTrigger, 7> trigger_names{
    {{{"declare", contingency::ServiceTrigger::declare},
      {"window_starts", contingency::ServiceTrigger::window_starts},
      {"degraded_long", contingency::ServiceTrigger::degraded_long},
      {"confirm", contingency::ServiceTrigger::confirm},
      {"cancel", contingency::ServiceTrigger::cancel},
      {"systems_back", contingency::ServiceTrigger::systems_back},
      {"close", contingency::ServiceTrigger::close}}}};

}  // namespace holdline::agent
