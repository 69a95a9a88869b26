#include "agent/api/local_api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/identity/enrollment.hpp"
#include "platform/os/account.hpp"
#include "platform/text/json_object.hpp"
#include "platform/text/url.hpp"
#include "sync/wire/enroll_code.hpp"

namespace holdline::agent {

namespace {

constexpr std::string_view root = "/api/v1", another_person = "another-person";

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
  for (const auto& table : {session_routes(), form_routes(), draft_routes(), record_routes(), record_change_routes(),
                            outbox_routes(), decision_routes(), conflict_routes(), do_not_call_routes()})
    for (const Route& route : table)
      if (auto rest = match(route, method, path); rest && (!found.route || rest->empty()))
        found = {&route, std::move(*rest)};
  return found;
}

// Why this route does not answer this request, when it does not.
std::optional<platform::HttpResponse> refusal_of(const Route& route, const platform::Peer& peer,
                                                 const Result<Session>& session) {
  // Whatever the route: a page that takes somebody else for signed in must not sign the present person out either.
  if (!session && session.error().code == another_person)
    return platform::error_response(401, session.error().code, session.error().message);
  switch (route.access) {
    case Access::anybody:
      return std::nullopt;
    case Access::root:
      if (is_root(peer)) return std::nullopt;
      return platform::error_response(403, "not-allowed", "Only root may do this on this computer.");
    case Access::person_or_root:
      if (is_root(peer)) return std::nullopt;
      break;
    case Access::person:
      break;
  }
  if (session) return std::nullopt;
  return platform::error_response(401, session.error().code, session.error().message);
}

platform::HttpResponse unknown_path() {
  return platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is.");
}

bool is_known(const platform::Peer& peer) { return peer.kind == platform::Peer::Kind::unix_socket; }

}  // namespace

bool is_root(const platform::Peer& peer) {
  return is_known(peer) && (peer.uid == 0 || peer.uid == platform::own_uid());
}

std::uint32_t login_of(const platform::Peer& peer) { return is_known(peer) ? peer.uid : console_login; }

std::string_view token_of(const platform::HttpRequest& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view header = request.header("authorization");
  return header.starts_with(scheme) ? header.substr(scheme.size()) : std::string_view();
}

void read(Workstation& station, const Call& call, std::function<void(PersonView&)> work) {
  station.read([who = call.rights(), work = std::move(work)](View& view) {
    PersonView own(view, who);
    work(own);
  });
}

LocalApi::LocalApi(AgentConfig config, Workstation::Dependencies deps)
    : config_(std::move(config)), deps_(deps), enrolling_(deps.clock) {}
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
  if (request.method == "GET" && path == "/status") return show_status(request, respond);
  if (request.method == "POST" && path == "/enroll") return enroll(request, respond, false);
  if (request.method == "POST" && path == "/reenroll") return enroll(request, respond, true);
  Matched found = find_route(request.method, path);
  if (!found.route) return respond(unknown_path());
  if (!station_)
    return respond(
        platform::error_response(409, "not-enrolled", "This workstation is not enrolled yet: holdline enroll CODE"));
  auto session = session_of(request);
  if (auto refusal = refusal_of(*found.route, request.peer, session)) return respond(*std::move(refusal));
  auto who = session ? std::optional(*std::move(session)) : std::nullopt;
  found.route->handle(*station_, {std::move(request), std::move(found.rest), std::move(respond), std::move(who)});
}

// A page of the browser says whom it takes for signed in, because tabs share one session; and which requests nobody
// made, so that a view that keeps itself up to date does not keep a session.
Result<Session> LocalApi::session_of(const platform::HttpRequest& request) {
  const bool watches = request.header("x-holdline-watches") == "1";
  auto session = watches ? station_->sessions().peek(login_of(request.peer), token_of(request))
                         : station_->sessions().find(login_of(request.peer), token_of(request));
  const std::string_view person = request.header("x-holdline-person");
  if (session && !person.empty() && person != platform::percent_encoded(session->person.name))
    return fail(ErrorKind::ask_person, std::string(another_person),
                "Somebody else has signed in at this browser meanwhile. Nothing was done.");
  return session;
}

void LocalApi::show_status(const platform::HttpRequest& request, const platform::Respond& respond) const {
  nlohmann::json status = status_json(station_.get(), request);
  for (const HealthNote& note : notes_) status["health"].push_back({{"code", note.code}, {"message", note.message}});
  respond(json_response(200, status));
}

void LocalApi::enroll(const platform::HttpRequest& request, const platform::Respond& respond, bool again) {
  if (station_ && !again)
    return respond(platform::error_response(
        409, "enrolled-already",
        "This workstation is enrolled already. If the hub asks for it to be enrolled again: holdline reenroll CODE"));
  auto json = platform::JsonObject::parse(request.body);
  EnrollRequest asked{json.text("code"), config_.directory, config_.proxy};
  if (auto read = json.checked_whole(); !read) return respond(platform::error_response(read.error()));
  asked.wall_ms = deps_.clock.now().wall_ms;
  if (station_) {
    const WorkstationIdentity own = station_->identity();
    asked.device = own.device;
    asked.has_outbox = true;
    asked.outbox_lost_ms = own.outbox_lost_ms;
  } else {
    // An enrolment that was not followed by a start is gone on with: another one would name another workstation than
    // the outbox that was made for it.
    auto identity = load_identity(config_.directory);
    if (!identity) return respond(platform::error_response(identity.error()));
    if (*identity) return enrolled(std::move(**identity), respond);
    const auto owner = owner_of_outbox(config_, deps_);
    if (!owner) return respond(platform::error_response(owner.error()));
    asked.device = *owner;
    asked.has_outbox = owner->has_value();
  }
  if (const auto code = sync::EnrollmentCode::parse(asked.code); !code)
    return respond(platform::error_response(code.error()));
  enrolling_.post([this, asked = std::move(asked), respond] {
    auto identity = agent::enroll(asked, deps_.entropy);
    boost::asio::post(deps_.io, [this, identity = std::move(identity), respond]() mutable {
      enrolled(std::move(identity), respond);
    });
  });
}

void LocalApi::enrolled(Result<WorkstationIdentity> identity, const platform::Respond& respond) {
  if (!identity) return respond(platform::error_response(identity.error()));
  if (station_) {
    station_->enrolled_again(*identity);
  } else if (auto started = start(); !started) {
    return respond(platform::error_response(started.error()));
  }
  respond(json_response(201, {{"device", identity->device.text()}, {"name", identity->name}, {"hub", identity->hub}}));
}

}  // namespace holdline::agent
