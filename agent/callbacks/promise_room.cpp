#include "agent/callbacks/promise_room.hpp"

#include "sync/action/record_fields.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t most_capacities = 1'000, most_promises = 5'000;

}  // namespace

Result<std::optional<contingency::PromiseRoom>> promise_room(const PromisingDesk& desk, PersonView& view,
                                                             const sync::Schema& schema, const std::string& queue) {
  const sync::Collection* divided = schema.collection("promise_capacity");
  const sync::Collection& promises = *schema.collection("callback_request");
  if (divided == nullptr) return std::nullopt;
  std::vector<contingency::PromiseCapacity> capacities;
  HOLDLINE_TRY(each_shown(view, *divided, most_capacities, [&](const Shown& shown) {
    if (shown.record.scope == queue) capacities.push_back(contingency::capacity_of(*divided, shown.record));
    return true;
  }));
  if (capacities.empty()) return std::nullopt;
  auto room = contingency::room_of(capacities, desk.station, desk.site.offset, desk.now_ms);
  // Nobody promises further ahead, so what was taken before that is over.
  const std::int64_t oldest_ms = desk.now_ms - 2 * contingency::promised_ahead_ms;
  HOLDLINE_TRY(each_shown(view, promises, most_promises, [&](const Shown& shown) {
    const sync::RecordFields fields(promises, shown.record);
    const bool own = shown.record.scope == queue && fields.text("station") == desk.station;
    if (own && fields.text("state") != "cancelled" && !sync::is_practice(promises, shown.record))
      room.count(queue, fields.number("promise_start"));
    return fields.number("recorded_at", desk.now_ms) > oldest_ms;
  }));
  return room;
}

void ask_about_room(const PromisingDesk& desk, PersonView& view, const sync::Schema& schema,
                    const sync::Record& callback, std::vector<sync::Finding>& findings) {
  const sync::RecordFields fields(*schema.collection("callback_request"), callback);
  const std::int64_t from_ms = fields.number("promise_start");
  if (from_ms == 0 || fields.flag("drill")) return;
  auto room = promise_room(desk, view, schema, callback.scope);
  if (!room || !*room) return;
  if (const auto promised = (*room)->promise(callback.scope, from_ms); !promised)
    findings.push_back({"promise_start", promised.error().code, promised.error().message, sync::Weight::asked});
}

}  // namespace holdline::agent
