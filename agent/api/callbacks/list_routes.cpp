// What supervisors see and decide about the list of callbacks: the hub makes it, this workstation shows the promises.
#include "agent/api/callbacks/asking.hpp"
#include "agent/api/callbacks/showing.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::size_t cases_listed = 50, most_cases_listed = 300;

void show_cases(Workstation& station, Call call) {
  const std::size_t limit = limit_of(call.request.query, cases_listed, most_cases_listed);
  ask_about_callbacks(station, call, "list", {{"limit", limit}}, [&station, call](Json list) {
    read(station, call, [&station, call, list = std::move(list)](PersonView& view) mutable {
      for (Json& one : list["items"]) show_promises(station.schema(), view, one);
      call.respond(json_response(200, list));
    });
  });
}

void preview(Workstation& station, Call call) { pass_on(station, std::move(call), "preview", 200); }
void release(Workstation& station, Call call) { pass_on(station, std::move(call), "release", 201); }
void change(Workstation& station, Call call) { pass_on(station, std::move(call), "change", 200); }
void decide_cases(Workstation& station, Call call) { pass_on(station, std::move(call), "decide", 201); }
void free_case(Workstation& station, Call call) { pass_on(station, std::move(call), "free", 200); }
// Asked again after a lost answer it is the same batch: what was handed over is not lost, and nothing more leaves.
void export_cases(Workstation& station, Call call) {
  Json body = Json::parse(call.request.body, nullptr, false);
  const auto key = sync::Id::parse(call.request.header("idempotency-key"));
  if (body.is_object() && key && !body.contains("batch")) body["batch"] = key->text();
  if (body.is_object()) call.request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  pass_on(station, std::move(call), "export", 201);
}
void read_outcomes(Workstation& station, Call call) { pass_on(station, std::move(call), "outcomes", 200); }
void take_back(Workstation& station, Call call) { pass_on(station, std::move(call), "take-back", 200); }

// One urgent case to one agent, who finds it among their work.
void hand(Workstation& station, Call call) {
  auto json = platform::JsonObject::parse(call.request.body);
  Json body{{"case", json.text("case")}, {"reason", json.text("reason")}};
  if (const std::string agent = json.text("agent"); !agent.empty()) body["agent"] = agent;
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  ask_about_callbacks(station, call, "hand", std::move(body), [call](const Json& claim) {
    call.respond(json_response(201, {{"schema", "holdline.callback-handed/1"},
                                     {"claim", claim.value("claim", std::uint64_t{0})},
                                     {"until", claim.value("until", "")}}));
  });
}

}  // namespace

std::span<const Route> callback_list_routes() {
  static constexpr Route table[] = {
      {"GET", "/callbacks/cases", show_cases},        {"POST", "/callbacks/preview", preview},
      {"POST", "/callbacks/release", release},        {"POST", "/callbacks/change", change},
      {"POST", "/callbacks/decide", decide_cases},    {"POST", "/callbacks/hand", hand},
      {"POST", "/callbacks/free", free_case},         {"POST", "/callbacks/export", export_cases},
      {"POST", "/callbacks/outcomes", read_outcomes}, {"POST", "/callbacks/take-back", take_back},
  };
  return table;
}

}  // namespace holdline::agent
