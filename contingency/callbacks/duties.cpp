#include "contingency/callbacks/duties.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdline::contingency {

std::optional<CallbackDuty> callback_duty(std::string_view request) {
  constexpr std::array<std::pair<std::string_view, CallbackDuty>, 20> duties{{
      {"mine", CallbackDuty::work},       {"next", CallbackDuty::work},
      {"dial", CallbackDuty::work},       {"outcome", CallbackDuty::work},
      {"alive", CallbackDuty::work},      {"give-back", CallbackDuty::work},
      {"list", CallbackDuty::decide},     {"preview", CallbackDuty::decide},
      {"release", CallbackDuty::decide},  {"change", CallbackDuty::decide},
      {"decide", CallbackDuty::decide},   {"hand", CallbackDuty::decide},
      {"free", CallbackDuty::decide},     {"export", CallbackDuty::decide},
      {"outcomes", CallbackDuty::decide}, {"take-back", CallbackDuty::decide},
      {"capacity", CallbackDuty::decide}, {"set-capacity", CallbackDuty::decide},
      {"promise", CallbackDuty::decide},  {"promise-breaking", CallbackDuty::decide},
  }};
  const auto* found = std::ranges::find(duties, request, &std::pair<std::string_view, CallbackDuty>::first);
  if (found == duties.end()) return std::nullopt;
  return found->second;
}

bool may(std::string_view role, CallbackDuty duty) {
  return role == "supervisor" || (role == "agent" && duty == CallbackDuty::work);
}

}  // namespace holdline::contingency
