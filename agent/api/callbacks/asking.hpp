// What is asked of the hub about callbacks, in the name of who is signed in. Internal to agent/api.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "agent/api/route.hpp"

namespace holdline::agent {

// Asks once the person's role allows it, by the table that the hub has too; answers the call itself with what is
// refused, here or there, and with 503 "hub-away" where the hub does not answer. `then` is called on any thread.
void ask_about_callbacks(Workstation& station, Call call, std::string_view what, nlohmann::json body,
                         std::function<void(nlohmann::json)> then);
// The same where a hub that does not answer is no refusal: nothing then.
void ask_or_go_without(Workstation& station, Call call, std::string_view what, nlohmann::json body,
                       std::function<void(std::optional<nlohmann::json>)> then);

// As it was asked, with the members that the hub knows; its answer with this status.
void pass_on(Workstation& station, Call call, std::string_view what, int status);

// 403, 404 and 409 where the present state forbids it.
platform::HttpResponse callback_refusal(const Error& error);
// Whether the person may ask for it at all.
std::optional<platform::HttpResponse> refuse_duty(const Call& call, std::string_view what);

}  // namespace holdline::agent
