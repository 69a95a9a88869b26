// How much may be promised: what this workstation may offer, also without the hub; and what supervisors set and promise
// anew, which the hub decides.
#include "agent/api/callbacks/asking.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/callbacks/promise_room.hpp"
#include "sync/action/rights.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::size_t windows_told = 200;

std::string scope_asked(Workstation& station, const Call& call) {
  const auto scope = call.request.query.find("scope");
  return scope == call.request.query.end() ? station.default_scope(call.rights()) : scope->second;
}

Json windows_json(const contingency::PromiseRoom& room, const std::string& queue, std::int64_t now_ms) {
  Json windows = Json::array();
  for (const auto& one : room.coming(queue, now_ms))
    if (windows.size() < windows_told)
      windows.push_back({{"start", sync::format_time(one.window.start_ms)},
                         {"end", sync::format_time(one.window.end_ms)},
                         {"share", one.share},
                         {"promised", one.promised},
                         {"room", one.room()}});
  return windows;
}

void show_windows(Workstation& station, Call call) {
  const std::string queue = scope_asked(station, call);
  if (!sync::is_within(queue, call.rights().scopes))
    return call.respond(platform::error_response(403, "scope-refused", "This scope is not the person's."));
  const PromisingDesk desk{station.identity().name, station.site(), station.clock().now().wall_ms};
  read(station, call, [&station, queue, desk, respond = call.respond](PersonView& view) {
    const auto room = promise_room(desk, view, station.schema(), queue);
    if (!room) return respond(platform::error_response(room.error()));
    respond(json_response(200, {{"schema", "holdline.promise-windows/1"},
                                {"scope", queue},
                                {"divided", room->has_value()},
                                {"windows", *room ? windows_json(**room, queue, desk.now_ms) : Json::array()}}));
  });
}

void show_capacity(Workstation& station, Call call) {
  const Json body{{"scope", scope_asked(station, call)}};
  ask_about_callbacks(station, call, "capacity", body,
                      [call](const Json& told) { call.respond(json_response(200, told)); });
}

void set_capacity(Workstation& station, Call call) { pass_on(station, std::move(call), "set-capacity", 201); }
void promise_anew(Workstation& station, Call call) { pass_on(station, std::move(call), "promise", 201); }
void promise_breaking(Workstation& station, Call call) { pass_on(station, std::move(call), "promise-breaking", 201); }

}  // namespace

std::span<const Route> promise_routes() {
  static constexpr Route table[] = {
      {"GET", "/callbacks/windows", show_windows},
      {"GET", "/callbacks/capacity", show_capacity},
      {"POST", "/callbacks/capacity", set_capacity},
      {"POST", "/callbacks/promise", promise_anew},
      {"POST", "/callbacks/promise-breaking", promise_breaking},
  };
  return table;
}

}  // namespace holdline::agent
