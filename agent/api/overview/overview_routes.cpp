// What a supervisor wants to know at one look: what was taken since a moment, what was promised and is not kept yet,
// what people have to decide.
#include <algorithm>
#include <map>

#include "agent/api/checks/checks.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/view/open_conflicts.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/table/filled.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Looked at of one collection; a number that reaches it is told as "or more".
constexpr std::size_t most_looked_at = 20'000;
constexpr std::int64_t quarter_hour_ms = 15 * 60'000;
constexpr std::size_t most_quarter_hours = 192;  // the latest two days in which something was taken at any time

struct Counts {
  std::size_t taken = 0, callbacks_open = 0, callbacks_overdue = 0, conflicts_open = 0, approvals_open = 0;
  bool more = false;                                  // than were looked at
  std::map<std::int64_t, std::size_t> quarter_hours;  // what was taken in each, by when it happened
};

// Calls `look` with a collection's records, latest first, until it answers false.
template <class Look>
Result<void> look_through(PersonView& view, const sync::Collection& collection, Counts& counts, Look look) {
  HOLDLINE_ASSIGN(const bool all,
                  each_shown(view, collection, most_looked_at, [&](const Shown& shown) { return look(shown.record); }));
  counts.more = counts.more || !all;
  return {};
}

template <class T>
const T* value_of(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  return index ? std::get_if<T>(&record.fields[*index]) : nullptr;
}

// What is not at the hub yet has no time there, and stands before everything that has.
Result<void> count_taken(PersonView& view, const sync::Collection& collection, std::int64_t since_ms, Counts& counts) {
  return look_through(view, collection, counts, [&](const sync::Record& record) {
    const auto* recorded_ms = value_of<std::int64_t>(collection, record, "recorded_at");
    if (recorded_ms != nullptr && *recorded_ms < since_ms) return false;
    ++counts.taken;
    const std::int64_t at_ms = sync::happened_ms(collection, record);
    ++counts.quarter_hours[at_ms - at_ms % quarter_hour_ms];
    if (counts.quarter_hours.size() > most_quarter_hours) counts.quarter_hours.erase(counts.quarter_hours.begin());
    return true;
  });
}

Result<void> count_callbacks(PersonView& view, const sync::Collection& collection, std::int64_t now_ms,
                             Counts& counts) {
  return look_through(view, collection, counts, [&](const sync::Record& record) {
    const auto* state = value_of<std::string>(collection, record, "state");
    if (state != nullptr && (*state == "reached" || *state == "cancelled")) return true;
    ++counts.callbacks_open;
    const auto* promised_ms = value_of<std::int64_t>(collection, record, "promise_end");
    if (promised_ms != nullptr && *promised_ms < now_ms) ++counts.callbacks_overdue;
    return true;
  });
}

Result<void> count_conflicts(PersonView& view, const Workstation& station, const sync::Collection& collection,
                             Counts& counts) {
  const bool practised = station.contingency().had_drill();
  return look_through(view, collection, counts, [&](const sync::Record& record) {
    const auto* state = value_of<std::string>(collection, record, "state");
    const bool open = state != nullptr && *state == "open";
    if (open && !(practised && is_about_practice(view, station.schema(), record))) ++counts.conflicts_open;
    return true;
  });
}

Result<Counts> counted(PersonView& view, const Workstation& station, std::int64_t since_ms, std::int64_t now_ms) {
  const sync::Schema& schema = station.schema();
  Counts counts;
  for (const char* name : {"manual_entry", "callback_request", "complaint"})
    if (const sync::Collection* collection = schema.collection(name))
      HOLDLINE_TRY(count_taken(view, *collection, since_ms, counts));
  if (const sync::Collection* callbacks = schema.collection("callback_request"))
    HOLDLINE_TRY(count_callbacks(view, *callbacks, now_ms, counts));
  if (const sync::Collection* entries = schema.collection("manual_entry")) {
    HOLDLINE_ASSIGN(counts.approvals_open, approvals_open(view, *entries));
  }
  if (const sync::Collection* conflicts = schema.collection("conflict"))
    HOLDLINE_TRY(count_conflicts(view, station, *conflicts, counts));
  return counts;
}

Json quarter_hours_json(const Counts& counts) {
  Json list = Json::array();
  for (const auto& [from_ms, taken] : counts.quarter_hours)
    list.push_back({{"from", sync::format_time(from_ms)}, {"taken", taken}});
  return list;
}

void show_overview(Workstation& station, Call call) {
  const auto given = call.request.query.find("since");
  const auto since_ms =
      given == call.request.query.end() ? std::optional<std::int64_t>(0) : sync::parse_time(given->second);
  if (!since_ms)
    return call.respond(
        platform::error_response(400, "malformed", "`since` must be a time like 2026-11-30T10:40:00Z."));
  read(station, call, [&station, since_ms = *since_ms, respond = call.respond](PersonView& view) {
    const std::int64_t now_ms = station.clock().now().wall_ms;
    const auto counts = counted(view, station, since_ms, now_ms);
    if (!counts) return respond(platform::error_response(counts.error()));
    const std::int64_t as_of_ms = station.sync_status().replica.as_of_ms;
    respond(json_response(200, {{"schema", "holdline.overview/1"},
                                {"taken", counts->taken},
                                {"callbacks_open", counts->callbacks_open},
                                {"callbacks_overdue", counts->callbacks_overdue},
                                {"conflicts_open", counts->conflicts_open},
                                {"approvals_open", counts->approvals_open},
                                {"more", counts->more},
                                {"quarter_hours", quarter_hours_json(*counts)},
                                {"as_of", as_of_ms == 0 ? Json() : Json(sync::format_time(as_of_ms))}}));
  });
}

}  // namespace

std::span<const Route> overview_routes() {
  static constexpr Route table[] = {{"GET", "/overview", show_overview}};
  return table;
}

}  // namespace holdline::agent
