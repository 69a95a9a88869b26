#include "hub/callbacks/promising.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "hub/callbacks/asked.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/list/fields.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using contingency::CallbackCase;
using contingency::PromiseCapacity;
using platform::HttpResponse;

constexpr std::int64_t promise_minute_ms = 60'000, promise_quarter_ms = 15 * promise_minute_ms;
constexpr std::uint32_t usual_window_minutes = 120;
constexpr std::size_t most_at_once = sync::limits::records_per_change - 100, told_at_most = 200;

std::vector<PromiseCapacity> capacities_of(const CallbackDesk& desk, const std::string& queue) {
  std::vector<PromiseCapacity> capacities;
  for (const auto& [id, one] : desk.list().capacities)
    if (one.queue == queue) capacities.push_back(one);
  return capacities;
}

Result<std::vector<std::string>> stations_of(const CallbackDesk& desk, const std::string& scope) {
  HOLDLINE_ASSIGN(const auto devices, desk.ledger.devices());
  std::vector<std::string> names;
  for (const Device& device : devices)
    if (device.state != DeviceState::revoked && std::ranges::find(device.scopes, scope) != device.scopes.end())
      names.push_back(device.name);
  return names;
}

Result<std::string> one_scope(const CallbackDesk& desk, platform::JsonObject& json) {
  HOLDLINE_ASSIGN(const auto filter, asked_filter(json));
  if (filter.scope.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Say whose promises these are: a scope like acme/london.");
  HOLDLINE_TRY(check_asked_scope(desk, filter.scope));
  return filter.scope;
}

// What is promised of each window, of all that is known here.
contingency::PromiseRoom known_room(const CallbackDesk& desk, const std::string& queue) {
  contingency::PromiseRoom room;
  const auto capacities = capacities_of(desk, queue);
  for (const auto& one :
       contingency::windows_between(capacities, platform::zone_offset_ms, desk.now_ms - 24 * 60 * promise_minute_ms,
                                    desk.now_ms + contingency::promised_ahead_ms))
    room.take(one.window, one.window.calls);
  for (const auto& [id, of] : desk.list().cases.all())
    if (of.scope == queue && of.promise_start_ms != 0) room.count(queue, of.promise_start_ms);
  return room;
}

Result<HttpResponse> capacity_answer(const CallbackDesk& desk, const std::string& queue, int status) {
  Json divided = Json::array(), windows = Json::array();
  for (const PromiseCapacity& one : capacities_of(desk, queue))
    divided.push_back({{"zone", one.zone},
                       {"opens", one.opens},
                       {"closes", one.closes},
                       {"days", one.days},
                       {"minutes", one.minutes},
                       {"calls", one.calls},
                       {"stations", one.stations.size()},
                       {"since", sync::format_time(one.since_ms)}});
  for (const auto& one : known_room(desk, queue).coming(queue, desk.now_ms))
    if (windows.size() < told_at_most)
      windows.push_back({{"start", sync::format_time(one.window.start_ms)},
                         {"end", sync::format_time(one.window.end_ms)},
                         {"calls", one.window.calls},
                         {"promised", one.promised}});
  return callback_answer(
      status,
      {{"schema", "holdline.promise-capacity/1"}, {"scope", queue}, {"divided", divided}, {"windows", windows}});
}

sync::Op capacity_op(const CallbackDesk& desk, const Id& id, const PromiseCapacity& wanted, const std::string& person) {
  RecordOp op(*desk.ledger.schema().collection("promise_capacity"), sync::OpKind::create, id, wanted.queue);
  op.set("zone", wanted.zone)
      .set("opens", wanted.opens)
      .set("closes", wanted.closes)
      .add("days", wanted.days)
      .set("minutes", std::int64_t{wanted.minutes})
      .set("calls", std::int64_t{wanted.calls})
      .add("stations", wanted.stations)
      .set("since", wanted.since_ms)
      .set("person", person);
  return std::move(op).op();
}

// --- promised anew ---

struct NewPromise {
  const CallbackCase* of = nullptr;
  std::int64_t start_ms = 0, end_ms = 0;
};

Json promise_json(const NewPromise& one) {
  return {{"case", one.of->id.text()},
          {"from", sync::format_time(one.start_ms)},
          {"until", sync::format_time(one.end_ms)},
          {"promised_until",
           one.of->promise_end_ms == 0 ? Json(nullptr) : Json(sync::format_time(one.of->promise_end_ms))}};
}

Result<HttpResponse> keep_promises(const CallbackDesk& desk, const std::vector<NewPromise>& promises,
                                   const contingency::Signature& by, std::size_t left) {
  const sync::Collection& decisions = *desk.ledger.schema().collection("callback_decision");
  if (!decisions.field("promise_end"))
    return fail(
        ErrorKind::ask_person, "schema-older",
        "This ledger's schema is older than promises made anew: holdline-hub schema apply brings it up to date.");
  std::vector<OwnRow> rows;
  Json told = Json::array();
  std::int64_t at_ms = std::max(by.at_ms, desk.list().decided_ms + 1);
  for (const NewPromise& one : promises) {
    told.push_back(promise_json(one));
    std::vector<std::string> open;
    for (const Id& id : one.of->open) open.push_back(id.text());
    RecordOp op(decisions, sync::OpKind::create, desk.entropy.id(), one.of->scope);
    op.set("kind", std::string(contingency::name_of(contingency::CaseDecision::Kind::promised)))
        .add("requests", open)
        .set("reason", by.reason)
        .set("person", by.person)
        .set("promise_start", one.start_ms)
        .set("promise_end", one.end_ms)
        .set("at", at_ms++);
    rows.push_back({{std::move(op).op()}});
  }
  HOLDLINE_TRY(keep_all(desk, std::move(rows)));
  return callback_answer(201, {{"schema", "holdline.callback-promised/1"}, {"promised", told}, {"left", left}});
}

Result<void> check_reason(const contingency::Signature& by) {
  if (by.reason.empty())
    return fail(ErrorKind::ask_person, "reason-missing", "Say why what was promised cannot be kept; they will ask.");
  return {};
}

}  // namespace

Result<HttpResponse> set_capacity(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  PromiseCapacity wanted;
  const auto queue = one_scope(desk, json);
  wanted.zone = json.text("zone");
  wanted.opens = json.text("opens");
  wanted.closes = json.text("closes");
  wanted.days = json.texts("days");
  wanted.minutes = std::min(1'440U, asked_count(json, "minutes", 60));
  wanted.calls = std::min(100'000U, asked_count(json, "calls", 0));
  const bool at_once = json.boolean("at_once", false);
  const auto by = asked_signature(desk, json);
  HOLDLINE_TRY(json.checked_whole());
  if (!queue) return tl::unexpected<Error>(queue.error());
  if (!by) return tl::unexpected<Error>(by.error());
  wanted.queue = *queue;
  if (desk.ledger.schema().collection("promise_capacity") == nullptr)
    return fail(ErrorKind::ask_person, "schema-older",
                "This ledger's schema is older than capacities: holdline-hub schema apply brings it up to date.");
  const auto zone = platform::time_zone_named(wanted.zone);
  if (!zone)
    return fail(ErrorKind::ask_person, "capacity-malformed",
                "There is no such time zone; write it like Europe/London.");
  wanted.zone = *zone;
  HOLDLINE_ASSIGN(wanted.stations, stations_of(desk, wanted.queue));
  HOLDLINE_TRY(contingency::check_capacity(wanted));
  const bool first = capacities_of(desk, wanted.queue).empty();
  wanted.since_ms = desk.now_ms + (first || at_once ? 0 : contingency::promised_ahead_ms);
  const Id id = desk.entropy.id();
  HOLDLINE_TRY(keep_all(desk, {OwnRow{{capacity_op(desk, id, wanted, by->person)}}}));
  desk.list().capacities.insert_or_assign(id, wanted);
  return capacity_answer(desk, wanted.queue, 201);
}

Result<HttpResponse> show_capacity(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(const std::string queue, one_scope(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  return capacity_answer(desk, queue, 200);
}

Result<HttpResponse> promise_anew(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const auto named = json.texts("cases");
  const auto from = sync::parse_time(json.text("from")), until = sync::parse_time(json.text("until"));
  HOLDLINE_ASSIGN(const auto by, asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(check_reason(by));
  if (!from || !until || *until <= *from || *until <= desk.now_ms || named.empty() || named.size() > most_at_once)
    return fail(ErrorKind::ask_person, "malformed",
                "Name cases, and from when until when they are called, like 2026-12-01T14:00:00Z; it may not be over.");
  std::vector<NewPromise> promises;
  for (const std::string& name : named) {
    const auto id = Id::parse(name);
    const CallbackCase* of = id ? desk.list().cases.find(*id) : nullptr;
    if (of == nullptr || !desk.sees(of->scope) || of->open.empty())
      return fail(ErrorKind::ask_person, "no-such-callback",
                  "No such callback that is open: give ids as the list of callbacks tells them.");
    const auto open = desk.board.next_open(desk.board.screened(*of).where, *from);
    if (open && *open >= *until)
      return fail(ErrorKind::ask_person, "outside-calling-hours",
                  "Nobody may be called then where " + name + " is; from " + sync::format_time(*open) + " on.");
    promises.push_back({of, *from, *until});
  }
  return keep_promises(desk, promises, by, 0);
}

Result<HttpResponse> promise_what_breaks_anew(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  HOLDLINE_ASSIGN(const auto filter, asked_filter(json));
  const auto floor = asked_floor(json);
  const std::uint32_t per_minute = asked_count(json, "per_minute", contingency::ReleaseCaps{}.per_minute);
  const auto minutes = std::clamp(asked_count(json, "minutes", usual_window_minutes), 15U, 1'440U);
  HOLDLINE_ASSIGN(const auto by, asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_TRY(check_reason(by));
  HOLDLINE_TRY(check_asked_scope(desk, filter.scope));
  const auto seen = contingency::preview(listed_for(desk), filter, floor, per_minute, desk.now_ms);
  std::vector<NewPromise> promises;
  for (const auto& breaking : seen.breaking) {
    if (promises.size() == most_at_once) break;
    // A quarter of an hour is what people are told, not 14:07:31.
    const std::int64_t start = breaking.expected_ms / promise_quarter_ms * promise_quarter_ms;
    promises.push_back({desk.list().cases.find(breaking.of), start, start + minutes * promise_minute_ms});
  }
  if (promises.empty()) return fail(ErrorKind::ask_person, "nothing-breaks", "At this pace every promise can be kept.");
  return keep_promises(desk, promises, by, seen.breaking.size() - promises.size());
}

}  // namespace holdline::hub
