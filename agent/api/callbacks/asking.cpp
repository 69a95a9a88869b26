#include "agent/api/callbacks/asking.hpp"

#include <algorithm>
#include <array>

#include "agent/api/asking/asking.hpp"
#include "agent/api/responses.hpp"
#include "contingency/callbacks/duties.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::string_view without_the_hub =
    "The hub does not answer, and only the hub knows who is called already: nobody is dialled out of the list until it "
    "is back. Promises can be read here, and how a call ended can be told.";

void ask_in_name(Workstation& station, const Call& call, std::string_view what, const Json& body,
                 std::function<void(Result<Json>)> then) {
  agent::ask_in_name(
      station, call, sync::path::callbacks, what, body, [then = std::move(then)](Result<std::string> told) {
        if (!told) return then(tl::unexpected<Error>(told.error()));
        Json json = Json::parse(*told, nullptr, false);
        if (!json.is_object())
          return then(fail(ErrorKind::retry_later, "malformed-answer", "The hub's answer cannot be read. Try again."));
        then(std::move(json));
      });
}

}  // namespace

platform::HttpResponse callback_refusal(const Error& error) {
  constexpr std::array forbidden{"role-refused", "scope-refused", "person-disabled", "bad-sign-in"};
  constexpr std::array unknown{"no-such-release", "no-such-callback", "claim-unknown", "no-such-export"};
  constexpr std::array not_now{
      "nothing-released", "nothing-to-call",  "agent-has-enough", "case-claimed",      "case-uncertain",
      "claim-over",       "claim-of-another", "already-dialling", "may-not-be-called", "workstations-outstanding",
      "release-empty",    "release-there",    "release-over",     "release-held",      "release-not-held",
      "decided-already",  "nothing-breaks"};
  const auto among = [&](const auto& codes) { return std::ranges::find(codes, error.code) != codes.end(); };
  if (error.code == "not-signed-in" || error.code == "sign-in-too-old")
    return platform::error_response(401, error.code, error.message);
  if (among(forbidden)) return platform::error_response(403, error.code, error.message);
  if (among(unknown)) return platform::error_response(404, error.code, error.message);
  if (among(not_now)) return platform::error_response(409, error.code, error.message);
  if (error.code == "hub-away" || error.code == "unreachable" || error.code == "connection-refused")
    return platform::error_response(503, "hub-away", without_the_hub);
  return platform::error_response(error);
}

std::optional<platform::HttpResponse> refuse_duty(const Call& call, std::string_view what) {
  const auto duty = contingency::callback_duty(what);
  if (duty && contingency::may(call.session->person.role, *duty)) return std::nullopt;
  return platform::error_response(403, "role-refused",
                                  "The person's role does not allow this. A supervisor can decide it.");
}

void ask_about_callbacks(Workstation& station, Call call, std::string_view what, Json body,
                         std::function<void(Json)> then) {
  if (auto refusal = refuse_duty(call, what)) return call.respond(*std::move(refusal));
  ask_in_name(station, call, what, body, [respond = call.respond, then = std::move(then)](Result<Json> answer) {
    if (!answer) return respond(callback_refusal(answer.error()));
    then(*std::move(answer));
  });
}

void ask_or_go_without(Workstation& station, Call call, std::string_view what, Json body,
                       std::function<void(std::optional<Json>)> then) {
  if (auto refusal = refuse_duty(call, what)) return call.respond(*std::move(refusal));
  ask_in_name(station, call, what, body, [respond = call.respond, then = std::move(then)](Result<Json> answer) {
    if (answer) return then(*std::move(answer));
    if (answer.error().kind == ErrorKind::retry_later) return then(std::nullopt);
    respond(callback_refusal(answer.error()));
  });
}

void pass_on(Workstation& station, Call call, std::string_view what, int status) {
  Json body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object())
    return call.respond(platform::error_response(400, "malformed", "The body must be one JSON object."));
  ask_about_callbacks(station, call, what, std::move(body),
                      [call, status](const Json& told) { call.respond(json_response(status, told)); });
}

}  // namespace holdline::agent
