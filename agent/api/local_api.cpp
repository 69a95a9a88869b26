#include "agent/api/local_api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/identity/enrollment.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

constexpr std::string_view root = "/api/v1";

// What a route that ends in '/' leaves of the path; nothing: it does not match.
std::optional<std::string> match(const Route& route, std::string_view method, std::string_view path) {
  if (route.method != method) return std::nullopt;
  if (route.path == path) return std::string();
  const bool takes_rest = route.path.ends_with('/') && path.size() > route.path.size() && path.starts_with(route.path);
  return takes_rest ? std::optional(std::string(path.substr(route.path.size()))) : std::nullopt;
}

struct Matched {
  const Route* route = nullptr;
  std::string rest;
};

// The exact path wins over one that takes a rest.
Matched find_route(std::string_view method, std::string_view path) {
  Matched found;
  for (const auto& table : {session_routes(), record_routes(), outbox_routes(), conflict_routes()})
    for (const Route& route : table)
      if (auto rest = match(route, method, path); rest && (!found.route || rest->empty()))
        found = {&route, std::move(*rest)};
  return found;
}

platform::HttpResponse unknown_path() {
  return platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is.");
}

}  // namespace

LocalApi::LocalApi(AgentConfig config, Workstation::Dependencies deps) : config_(std::move(config)), deps_(deps) {}
LocalApi::~LocalApi() = default;

Result<void> LocalApi::start() {
  HOLDLINE_ASSIGN(auto identity, load_identity(config_.directory));
  if (!identity) return {};
  HOLDLINE_ASSIGN(station_, Workstation::open(config_, std::move(*identity), deps_));
  return {};
}

void LocalApi::answer(platform::HttpRequest request, platform::Respond respond) {
  if (!request.path.starts_with(root)) return respond(unknown_path());
  const std::string path = request.path.substr(root.size());
  if (request.method == "GET" && path == "/status")
    return respond(json_response(200, status_json(station_.get(), request.peer.uid)));
  if (request.method == "POST" && path == "/enroll") return enroll(request, respond);
  Matched found = find_route(request.method, path);
  if (!found.route) return respond(unknown_path());
  if (!station_)
    return respond(
        platform::error_response(409, "not-enrolled", "This workstation is not enrolled yet: holdline enroll CODE"));
  found.route->handle(*station_, {std::move(request), std::move(found.rest), std::move(respond)});
}

void LocalApi::enroll(const platform::HttpRequest& request, const platform::Respond& respond) {
  if (station_)
    return respond(platform::error_response(409, "enrolled-already", "This workstation is enrolled already."));
  auto json = platform::JsonObject::parse(request.body);
  const std::string code = json.text("code");
  if (auto read = json.checked(); !read) return respond(platform::error_response(read.error()));
  // An enrolment that was not followed by a start is gone on with: another one would name another workstation than the
  // outbox that was made for it.
  const auto enrolled = load_identity(config_.directory);
  if (!enrolled) return respond(platform::error_response(enrolled.error()));
  // Blocks the I/O thread for one request: nobody else is served before the workstation is enrolled.
  if (!*enrolled) {
    auto identity = agent::enroll(code, config_.directory, config_.proxy, deps_.entropy);
    if (!identity) return respond(platform::error_response(identity.error()));
  }
  if (auto started = start(); !started) return respond(platform::error_response(started.error()));
  const WorkstationIdentity& own = station_->identity();
  respond(json_response(201, {{"device", own.device.text()}, {"name", own.name}, {"hub", own.hub}}));
}

}  // namespace holdline::agent
