// Who may do what about callbacks: one table, asked by the workstation before it asks the hub, and by the hub before it
// does anything. Agents work the list, supervisors decide about it as well; whoever looks after the machines sees no
// customer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace holdline::contingency {

enum class CallbackDuty : std::uint8_t {
  work,    // the next case, its number, its outcome; giving it back
  decide,  // the whole list, previews, releases, decisions about cases, a case by hand
};

// Of a request by its name: "next", "release". Nothing: there is no such request.
std::optional<CallbackDuty> callback_duty(std::string_view request);
bool may(std::string_view role, CallbackDuty duty);

}  // namespace holdline::contingency
