#include "agent/callbacks/promise_room.hpp"

#include "sync/action/record_fields.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t room_page = 200, most_capacities = 1'000, most_promises = 5'000;

// Newest first, until `take` has seen enough.
Result<void> each_record(PersonView& view, const sync::Collection& collection, std::size_t most,
                         const std::function<bool(const sync::RecordFields&, const sync::Record&)>& take) {
  sync::Id before;
  for (std::size_t seen = 0; seen < most; seen += room_page) {
    HOLDLINE_ASSIGN(const auto page, view.list(collection, before, room_page));
    for (const Shown& shown : page.shown)
      if (!take(sync::RecordFields(collection, shown.record), shown.record)) return {};
    if (page.shown.size() < room_page) break;
    before = page.shown.back().record.key.id;
  }
  return {};
}

}  // namespace

Result<std::optional<contingency::PromiseRoom>> promise_room(const PromisingDesk& desk, PersonView& view,
                                                             const sync::Schema& schema, const std::string& queue) {
  const sync::Collection* divided = schema.collection("promise_capacity");
  const sync::Collection& promises = *schema.collection("callback_request");
  if (divided == nullptr) return std::nullopt;
  std::vector<contingency::PromiseCapacity> capacities;
  HOLDLINE_TRY(each_record(view, *divided, most_capacities, [&](const auto&, const sync::Record& record) {
    if (record.scope == queue) capacities.push_back(contingency::capacity_of(*divided, record));
    return true;
  }));
  if (capacities.empty()) return std::nullopt;
  auto room = contingency::room_of(capacities, desk.station, desk.site.offset, desk.now_ms);
  // Nobody promises further ahead, so what was taken before that is over.
  const std::int64_t oldest_ms = desk.now_ms - 2 * contingency::promised_ahead_ms;
  HOLDLINE_TRY(
      each_record(view, promises, most_promises, [&](const sync::RecordFields& fields, const sync::Record& record) {
        const bool own = record.scope == queue && fields.text("station") == desk.station;
        if (own && fields.text("state") != "cancelled" && !sync::is_practice(promises, record))
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
