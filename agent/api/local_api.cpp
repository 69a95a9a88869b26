#include "agent/api/local_api.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/api/description/description.hpp"
#include "agent/api/practice.hpp"
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

// Call::rest when the path is one of the pattern, part by part; nothing when it is not.
std::optional<std::string> rest_of(std::string_view pattern, std::string_view path) {
  const auto same = std::min(pattern.find('{'), pattern.size());
  if (!path.starts_with(pattern.substr(0, same))) return std::nullopt;
  pattern.remove_prefix(same);
  path.remove_prefix(same);
  const std::string rest(path);
  for (;;) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/')), part = path.substr(0, path.find('/'));
    if (wanted.starts_with('{') ? part.empty() : part != wanted) return std::nullopt;
    const bool last = wanted.size() == pattern.size();
    if (last != (part.size() == path.size())) return std::nullopt;
    if (last) return rest;
    pattern.remove_prefix(wanted.size() + 1);
    path.remove_prefix(part.size() + 1);
  }
}

// What is answered whether or not somebody has enrolled the workstation.
constexpr Route own_routes[] = {
    {"GET", "/status", nullptr, Access::anybody},    {"GET", "/openapi.json", nullptr, Access::anybody},
    {"GET", "/events", nullptr, Access::anybody},    {"POST", "/enroll", nullptr, Access::anybody},
    {"POST", "/reenroll", nullptr, Access::anybody}, {"POST", "/practice", nullptr, Access::person},
};

struct Matched {
  const Route* route = nullptr;
  std::string rest;
  std::string methods;  // that the path has; empty: there is no such path
};

Matched find_route(std::string_view method, std::string_view path) {
  static const std::vector<Route> routes = all_routes();
  Matched found;
  bool written_out = false;  // the path; then it is not one with {parts} as well
  for (const Route& route : routes) {
    auto rest = rest_of(route.path, path);
    if (!rest) continue;
    if (written_out && !rest->empty()) break;
    written_out = rest->empty();
    found.methods.append(found.methods.empty() ? "" : ", ").append(route.method);
    if (route.method == method && !found.route) {
      found.route = &route;
      found.rest = *std::move(rest);
    }
  }
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
  return platform::error_response(404, "unknown-path",
                                  "There is nothing here; GET /api/v1/openapi.json tells what is.");
}

platform::HttpResponse wrong_method(const std::string& methods) {
  auto response = platform::error_response(405, "wrong-method", "This path takes " + methods + " only.");
  response.headers.emplace_back("Allow", methods);
  return response;
}

// Lists take what they can of it, but a limit has to be a number.
bool has_wrong_limit(const platform::HttpFields& query) {
  const auto limit = query.find("limit");
  return limit != query.end() &&
         (limit->second.empty() || limit->second.find_first_not_of("0123456789") != std::string::npos);
}

constexpr std::size_t most_practising = 512;

std::string hash_of_token(const platform::HttpRequest& request) {
  return sync::to_hex(sync::sha256(token_of(request)).view());
}

bool is_known(const platform::Peer& peer) { return peer.kind == platform::Peer::Kind::unix_socket; }

}  // namespace

std::vector<Route> all_routes() {
  std::vector<Route> all(std::begin(own_routes), std::end(own_routes));
  for (const auto& table :
       {session_routes(), form_routes(),          draft_routes(),    record_routes(),          record_change_routes(),
        outbox_routes(),  decision_routes(),      conflict_routes(), do_not_call_routes(),     export_routes(),
        fleet_routes(),   overview_routes(),      paper_routes(),    incident_routes(),        drill_routes(),
        code_routes(),    outage_report_routes(), run_routes(),      callback_work_routes(),   callback_list_routes(),
        posting_routes(), check_routes(),         promise_routes(),  incident_report_routes(), taken_routes()})
    all.insert(all.end(), table.begin(), table.end());
  std::ranges::stable_partition(all, [](const Route& route) { return route.path.find('{') == route.path.npos; });
  return all;
}

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
  station.read([who = call.rights(), practice = station.shown_practice(), work = std::move(work)](View& view) {
    PersonView own(view, who);
    own.show_practice(practice);
    work(own);
  });
}

LocalApi::LocalApi(AgentConfig config, Workstation::Dependencies deps)
    : config_(std::move(config)), deps_(deps), enrolling_(deps.clock) {}
LocalApi::~LocalApi() = default;

Result<void> LocalApi::start() {
  PracticeWorld::forget(config_);
  HOLDLINE_ASSIGN(auto identity, load_identity(config_.directory));
  if (!identity) return {};
  HOLDLINE_ASSIGN(station_, Workstation::open(config_, std::move(*identity), deps_));
  return {};
}

void LocalApi::answer(platform::HttpRequest request, platform::Respond respond) {
  if (!request.path.starts_with(root)) return respond(unknown_path());
  const std::string path = request.path.substr(root.size());
  if (request.method == "GET" && path == "/status") return respond(json_response(200, status(request)));
  if (request.method == "POST" && path == "/enroll") return enroll(request, respond, false);
  if (request.method == "POST" && path == "/reenroll") return enroll(request, respond, true);
  if (request.method == "GET" && path == "/openapi.json") return respond(description_response());
  if (request.method == "GET" && path == "/events")  // the console answers it before it comes here
    return respond(platform::error_response(404, "only-at-the-console",
                                            "Events are told to browsers. Ask for GET /status now and then."));
  Matched found = find_route(request.method, path);
  if (found.methods.empty()) return respond(unknown_path());
  if (!found.route) return respond(wrong_method(found.methods));
  if (!station_)
    return respond(
        platform::error_response(409, "not-enrolled", "This workstation is not enrolled yet: holdline enroll CODE"));
  auto session = session_of(request);
  if (auto refusal = refusal_of(*found.route, request.peer, session)) return respond(*std::move(refusal));
  if (has_wrong_limit(request.query))
    return respond(platform::error_response(400, "malformed", "`limit` must be a whole number."));
  if (path == "/practice") return practise(request, respond, *session);
  if (path == "/logout") practising_.erase(hash_of_token(request));
  Workstation& here = practises(request) && path != "/login" ? practice_->station() : *station_;
  auto who = session ? std::optional(*std::move(session)) : std::nullopt;
  found.route->handle(here, {std::move(request), std::move(found.rest), std::move(respond), std::move(who)});
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

nlohmann::json LocalApi::status(const platform::HttpRequest& request) const {
  const bool practised = practises(request);
  nlohmann::json status = status_json(practised ? &practice_->station() : station_.get(), request);
  if (station_) status["practice"] = practised;
  if (practised) status["person"] = person(request);
  for (const HealthNote& note : notes_) status["health"].push_back({{"code", note.code}, {"message", note.message}});
  return told_to(request.peer, std::move(status));
}

nlohmann::json LocalApi::told_to(const platform::Peer& peer, nlohmann::json status) {
  static const std::map<std::string, std::vector<std::string>> of_the_strip{
      {"schema", {}},
      {"enrolled", {}},
      {"mode", {}},
      {"person", {}},
      {"sync", {"connected", "last_contact"}},
      {"replica", {"as_of"}},
      {"outbox", {"health", "advice", "waiting", "oldest", "quarantined"}}};
  if (peer.kind != platform::Peer::Kind::tls || !status.value("person", nlohmann::json()).is_null()) return status;
  nlohmann::json less = nlohmann::json::object();
  for (const auto& [name, members] : of_the_strip) {
    if (!status.contains(name)) continue;
    if (members.empty()) less[name] = status.at(name);
    for (const std::string& member : members) less[name][member] = status.at(name).at(member);
  }
  return less;
}

bool LocalApi::practises(const platform::HttpRequest& request) const {
  return practice_ && !practising_.empty() && practising_.contains(hash_of_token(request));
}

void LocalApi::practise(const platform::HttpRequest& request, const platform::Respond& respond,
                        const Session& session) {
  auto json = platform::JsonObject::parse(request.body);
  const bool on = json.boolean("on", true);
  if (auto whole = json.checked_whole(); !whole) return respond(platform::error_response(whole.error()));
  const auto done = [respond, on] { respond(json_response(200, {{"schema", "holdline.practice/1"}, {"on", on}})); };
  const std::string token = hash_of_token(request);
  if (!on) {
    practising_.erase(token);
    return done();
  }
  if (practising_.size() >= most_practising) practising_.clear();  // of sign-ins that are long over
  if (practice_) {
    practising_.insert(token);
    return done();
  }
  auto world = PracticeWorld::open(config_, *station_, deps_);
  if (!world) return respond(platform::error_response(world.error()));
  practice_ = *std::move(world);
  practice_->invent(session, [this, token, done] {
    practising_.insert(token);
    done();
  });
}

void LocalApi::note_health(std::string code, std::string message) {
  clear_health(code);
  notes_.push_back({std::move(code), std::move(message)});
}

void LocalApi::clear_health(std::string_view code) {
  std::erase_if(notes_, [&](const HealthNote& note) { return note.code == code; });
}

nlohmann::json LocalApi::person(const platform::HttpRequest& request) const {
  return station_ ? person_json(*station_, request) : nlohmann::json();
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
  respond(json_response(201, {{"schema", "holdline.enrolled/1"},
                              {"device", identity->device.text()},
                              {"name", identity->name},
                              {"hub", identity->hub}}));
}

}  // namespace holdline::agent
