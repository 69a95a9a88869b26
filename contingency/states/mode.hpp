// What a desk shows: the worse of its own link and of the service of its scopes. A desk that is offline alone works by
// hand for its user, though no incident exists.
#pragma once

#include <algorithm>
#include <string_view>

#include "contingency/states/transitions.hpp"

namespace holdline::contingency {

// Ascending: the later one is shown.
enum class Mode : std::uint8_t { online, degraded, recovering, contingency, locked_out };

constexpr Mode mode_of(LinkState link) {
  switch (link) {
    case LinkState::online:
      return Mode::online;
    case LinkState::slow:
      return Mode::degraded;
    case LinkState::offline:
      return Mode::contingency;
    case LinkState::locked_out:
      break;
  }
  return Mode::locked_out;
}

constexpr Mode mode_of(ServiceState service) {
  switch (service) {
    case ServiceState::normal:
      return Mode::online;
    case ServiceState::degraded:
      return Mode::degraded;
    case ServiceState::recovery:
      return Mode::recovering;
    case ServiceState::contingency:
      break;
  }
  return Mode::contingency;
}

// `service`: the worst of the desk's scopes.
constexpr Mode mode_of(LinkState link, ServiceState service) { return std::max(mode_of(link), mode_of(service)); }

// As people and programs call it: kebab-case, stable.
constexpr std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::online:
      return "online";
    case Mode::degraded:
      return "degraded";
    case Mode::recovering:
      return "recovering";
    case Mode::contingency:
      return "contingency";
    case Mode::locked_out:
      break;
  }
  return "locked-out";
}

}  // namespace holdline::contingency
