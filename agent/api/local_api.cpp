#include "agent/api/local_api.hpp"

#include <algorithm>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/api/forms.hpp"
#include "agent/identity/enrollment.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

using platform::HttpResponse;

struct LocalApi::Route {
  std::string_view method;
  std::string_view path;  // below /api/v1; one that ends in '/' takes what follows as `rest`
  Handler handler;
  bool needs_enrolment = true;
};

const std::vector<LocalApi::Route>& LocalApi::routes() {
  static const std::vector<Route> table = {
      {"GET", "/status", &LocalApi::status, false},
      {"POST", "/enroll", &LocalApi::enroll, false},
      {"POST", "/login", &LocalApi::sign_in},
      {"POST", "/logout", &LocalApi::sign_out},
      {"POST", "/sync", &LocalApi::sync_now},
      {"GET", "/customers", &LocalApi::search},
      {"POST", "/customers", &LocalApi::add_customer},
      {"GET", "/customers/", &LocalApi::show_customer},
      {"PATCH", "/customers/", &LocalApi::edit_customer},
      {"GET", "/entries", &LocalApi::list_entries},
      {"POST", "/entries", &LocalApi::add_entry},
      {"GET", "/entries/", &LocalApi::show_entry},
      {"GET", "/callbacks", &LocalApi::list_callbacks},
      {"POST", "/callbacks", &LocalApi::add_callback},
      {"GET", "/callbacks/", &LocalApi::show_callback},
      {"GET", "/outbox", &LocalApi::list_outbox},
      {"GET", "/outbox/export", &LocalApi::export_outbox},
      {"GET", "/outbox/", &LocalApi::show_action},
      {"GET", "/conflicts", &LocalApi::list_conflicts},
      {"GET", "/conflicts/", &LocalApi::show_conflict},
      {"POST", "/conflicts/", &LocalApi::resolve_conflict},
      {"GET", "/verify", &LocalApi::verify},
  };
  return table;
}

HttpResponse json_response(int status, const nlohmann::json& json) {
  HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

HttpResponse findings_response(const std::vector<sync::Finding>& findings) {
  const nlohmann::json error{
      {"code", "invalid"}, {"message", "Some fields need another look."}, {"findings", to_json(findings)}};
  return json_response(422, {{"error", error}});
}

const char* verdict_of(const sync::ActionResult& result) {
  switch (result.verdict) {
    case sync::Verdict::applied:
      return "applied";
    case sync::Verdict::merged:
      return "merged";
    case sync::Verdict::conflict:
      return "conflict";
    case sync::Verdict::quarantined:
      return "quarantined";
    case sync::Verdict::waiting:
      return "waiting";
  }
  return "unknown";
}

std::string state_of(const std::optional<sync::ActionResult>& result) {
  if (!result) return "saved";
  switch (result->verdict) {
    case sync::Verdict::applied:
    case sync::Verdict::merged:
      return "held";
    case sync::Verdict::conflict:
      return "conflict";
    case sync::Verdict::quarantined:
      return "needs-attention";
    case sync::Verdict::waiting:
      return "waiting";
  }
  return "saved";
}

LocalApi::LocalApi(AgentConfig config, Workstation::Surroundings around)
    : config_(std::move(config)), around_(around) {}
LocalApi::~LocalApi() = default;

Result<void> LocalApi::start() {
  HOLDLINE_ASSIGN(auto identity, load_identity(config_.directory));
  if (!identity) return {};
  HOLDLINE_ASSIGN(station_, Workstation::open(config_, std::move(*identity), around_));
  return {};
}

void LocalApi::answer(Request request, Respond respond) {
  constexpr std::string_view root = "/api/v1";
  if (!request.path.starts_with(root))
    return respond(platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is."));
  const std::string path = request.path.substr(root.size());
  const Route* found = nullptr;
  for (const Route& route : routes()) {
    if (route.method != request.method) continue;
    const bool with_rest = route.path.back() == '/' && path.size() > route.path.size() && path.starts_with(route.path);
    if (path == route.path) found = &route;
    if (with_rest && !found) found = &route;
  }
  if (!found)
    return respond(platform::error_response(404, "unknown-path", "There is nothing here; docs/api.md lists what is."));
  if (found->needs_enrolment && !station_)
    return respond(
        platform::error_response(409, "not-enrolled", "This workstation is not enrolled yet: holdline enroll CODE"));
  const std::string_view rest =
      found->path.back() == '/' ? std::string_view(path).substr(found->path.size()) : std::string_view();
  (this->*found->handler)(request, rest, std::move(respond));
}

void LocalApi::enroll(const Request& request, std::string_view, Respond respond) {
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
    auto identity = agent::enroll(code, config_.directory, config_.proxy, around_.entropy);
    if (!identity) return respond(platform::error_response(identity.error()));
  }
  if (auto started = start(); !started) return respond(platform::error_response(started.error()));
  const WorkstationIdentity& own = station_->identity();
  respond(json_response(201, {{"device", own.device.text()}, {"name", own.name}, {"hub", own.hub}}));
}

void LocalApi::sign_in(const Request& request, std::string_view, Respond respond) {
  auto json = platform::JsonObject::parse(request.body);
  std::string name = json.text("person"), password = json.text("password");
  if (auto read = json.checked(); !read) return respond(platform::error_response(read.error()));
  // On the reading thread: unwrapping the key is meant to be slow.
  station_->read([this, uid = request.peer.uid, name = std::move(name), password = std::move(password),
                  respond = std::move(respond)](View&) {
    const auto session = station_->sign_in(uid, name, password);
    if (!session) {
      const bool wrong = session.error().code == "wrong-password";
      return respond(wrong ? platform::error_response(401, "wrong-password", session.error().message)
                           : platform::error_response(session.error()));
    }
    const Account& person = session->person;
    respond(json_response(200, {{"person", {{"id", person.id.text()}, {"name", person.name}, {"role", person.role}}}}));
  });
}

void LocalApi::sign_out(const Request& request, std::string_view, Respond respond) {
  station_->accounts().sign_out(request.peer.uid);
  respond(json_response(200, Json::object()));
}

void LocalApi::sync_now(const Request&, std::string_view, Respond respond) {
  station_->engine([respond = std::move(respond)](Engine& engine, Replica&) {
    engine.wake();
    respond(json_response(200, Json::object()));
  });
}

namespace {

// What people call it: without contact the workstation works for itself; with contact but not yet level it recovers.
const char* mode_of(const SyncStatus& sync) {
  if (!sync.connected) return "contingency";
  return sync.settled ? "online" : "recovering";
}

nlohmann::json time_or_null(std::int64_t ms) {
  return ms == 0 ? nlohmann::json() : nlohmann::json(sync::format_time(ms));
}

nlohmann::json outbox_json(const OutboxStatus& outbox) {
  nlohmann::json lanes = nlohmann::json::array();
  std::uint64_t waiting = 0;
  std::int64_t oldest = 0;
  for (std::size_t lane = 0; lane < outbox.lanes.size(); ++lane) {
    const sync::LaneTip& tip = outbox.lanes[lane];
    lanes.push_back({{"lane", lane},
                     {"last", std::to_string(tip.number)},
                     {"waiting", std::to_string(tip.waiting)},
                     {"oldest", time_or_null(tip.oldest_ms)}});
    waiting += tip.waiting;
    if (tip.oldest_ms != 0 && (oldest == 0 || tip.oldest_ms < oldest)) oldest = tip.oldest_ms;
  }
  return {{"health", outbox.health == OutboxHealth::writable ? "writable" : "read-only"},
          {"advice", outbox.advice},
          {"waiting", std::to_string(waiting)},
          {"oldest", time_or_null(oldest)},
          {"quarantined", std::to_string(outbox.quarantined)},
          {"retained", std::to_string(outbox.retained)},
          {"no_longer_offered", std::to_string(outbox.no_longer_offered)},
          {"lost", std::to_string(outbox.lost)},
          {"bytes", std::to_string(outbox.bytes)},
          {"lanes", lanes}};
}

nlohmann::json sync_json(const SyncStatus& sync, std::int64_t boot_ms) {
  nlohmann::json json{{"state", sync::name_of(sync.state)},
                      {"connected", sync.connected},
                      {"settled", sync.settled},
                      {"last_contact", time_or_null(sync.last_contact_ms)},
                      {"wake_in_ms", sync.connected ? 0 : std::max<std::int64_t>(0, sync.wake_at_ms - boot_ms)},
                      {"bootstrap", {{"done", sync.chunks_done}, {"total", sync.chunks_total}}},
                      {"repairs", std::to_string(sync.repairs)},
                      {"clock_offset_ms", sync.clock_offset_ms}};
  if (sync.last_error) json["error"] = {{"code", sync.last_error->code}, {"message", sync.last_error->message}};
  return json;
}

}  // namespace

void LocalApi::status(const Request& request, std::string_view, Respond respond) {
  Json json{{"schema", "holdline.status/1"}, {"version", "0.1.0"}, {"enrolled", station_ != nullptr}};
  if (!station_) {
    json["mode"] = "not-enrolled";
    return respond(json_response(200, json));
  }
  const SyncStatus sync = station_->sync_status();
  const WorkstationIdentity& own = station_->identity();
  json["workstation"] = {{"id", own.device.text()}, {"name", own.name}};
  json["hub"] = own.hub;
  json["person"] = nullptr;
  if (const auto session = station_->accounts().session(request.peer.uid))
    json["person"] = {{"name", session->person.name}, {"role", session->person.role}};
  json["mode"] = mode_of(sync);
  json["sync"] = sync_json(sync, around_.clock.now().boot_ms);
  json["replica"] = {{"epoch", sync.replica.epoch.text()},
                     {"cn", std::to_string(sync.replica.cursor.cn)},
                     {"as_of", time_or_null(sync.replica.as_of_ms)}};
  json["outbox"] = outbox_json(station_->outbox().status());
  respond(json_response(200, json));
}

}  // namespace holdline::agent
