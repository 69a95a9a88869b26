// What is asked of the hub in the name of who is signed in here. Internal to agent/api.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "agent/api/route.hpp"

namespace holdline::agent {

// The sign-in goes along. `then` is called on any thread, with the answer's body, or: ask_person "not-signed-in",
// retry_later "hub-away", and what the hub refuses.
void ask_in_name(Workstation& station, const Call& call, std::string_view path, std::string_view what,
                 const nlohmann::json& body, std::function<void(Result<std::string>)> then);

}  // namespace holdline::agent
