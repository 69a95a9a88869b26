// What everybody took down, of all that the person sees, the newest first: entries, callbacks and complaints in one
// list.
#include <algorithm>
#include <array>
#include <set>

#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/table/filled.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Of each kind of record; with a filter that fits few of them the list may end before all of them were looked at.
constexpr std::size_t taken_looked_at = 20'000, usually_taken = 50, most_taken = 1'000;
constexpr std::array kinds_taken{of::entry, of::callback, of::complaint};

struct TakenFilter {
  std::string kind, person;  // empty: all
  std::size_t limit = usually_taken;
};

struct TakenRow {
  const sync::Collection* collection;
  Shown shown;
  bool at_hub;
  std::int64_t recorded_ms;
};

struct TakenList {
  std::vector<TakenRow> rows;
  std::set<std::string> people;  // of all that was looked at
  bool more = false;
};

Result<void> add_taken(PersonView& view, const sync::Collection& collection, const TakenFilter& filter,
                       TakenList& list) {
  const auto recorded = collection.field("recorded_at");
  std::size_t found = 0;
  HOLDLINE_ASSIGN(const bool all, each_shown(view, collection, taken_looked_at, [&](const Shown& shown) {
                    const std::string person = sync::filled_text(collection, shown.record, sync::Filling::person);
                    list.people.insert(person);
                    const bool of_kind = filter.kind.empty() || filter.kind == collection.name ||
                                         filter.kind == text_field(collection, shown.record, "kind");
                    if (!of_kind || (!filter.person.empty() && filter.person != person)) return true;
                    const auto* ms = recorded ? std::get_if<std::int64_t>(&shown.record.fields[*recorded]) : nullptr;
                    list.rows.push_back({&collection, shown, ms != nullptr, ms == nullptr ? 0 : *ms});
                    return ++found <= filter.limit;
                  }));
  list.more = list.more || !all;
  return {};
}

// What is not at the hub yet has no time there, and stands before everything that has.
auto newest_first(const TakenRow& row) {
  return std::tuple(row.at_hub, -row.recorded_ms, -sync::happened_ms(*row.collection, row.shown.record));
}

Json taken_json(const TakenRow& row) {
  const sync::Collection& collection = *row.collection;
  const sync::Record& record = row.shown.record;
  const auto text = [&](const char* field) { return text_field(collection, record, field); };
  const auto customer = collection.field(of::customer);
  const auto* about = customer ? std::get_if<sync::Id>(&record.fields[*customer]) : nullptr;
  const std::int64_t at_ms = sync::happened_ms(collection, record);
  return {{"id", record.key.id.text()},
          {"collection", collection.name},
          {"label", collection.label},
          {"kind", text("kind")},
          {"reference", text("reference")},
          {"name", text("name")},
          {"customer", about == nullptr ? Json() : Json(about->text())},
          {"person", sync::filled_text(collection, record, sync::Filling::person)},
          {"workstation", sync::filled_text(collection, record, sync::Filling::workstation)},
          {"at", at_ms == 0 ? Json() : Json(sync::format_time(at_ms))},
          {"incident", text("incident")},
          {"pending", !row.at_hub}};
}

Result<TakenList> taken_here(const sync::Schema& schema, PersonView& view, const TakenFilter& filter) {
  TakenList list;
  for (const char* name : kinds_taken)
    if (const sync::Collection* collection = schema.collection(name))
      HOLDLINE_TRY(add_taken(view, *collection, filter, list));
  std::ranges::stable_sort(list.rows, {}, newest_first);
  list.more = list.more || list.rows.size() > filter.limit;
  if (list.rows.size() > filter.limit)
    list.rows.erase(list.rows.begin() + static_cast<std::ptrdiff_t>(filter.limit), list.rows.end());
  list.people.erase(std::string());
  return list;
}

void list_taken(Workstation& station, Call call) {
  const auto given = [&call](const char* name) {
    const auto found = call.request.query.find(name);
    return found == call.request.query.end() ? std::string() : found->second;
  };
  const auto practice = practice_of(call.request.query, station.shown_practice());
  if (!practice) return call.respond(wrong_practice());
  TakenFilter filter{given("kind"), given("person"), limit_of(call.request.query, usually_taken, most_taken)};
  read(station, call, [&station, filter, practice = *practice, respond = call.respond](PersonView& view) {
    view.show_practice(practice);
    const auto list = taken_here(station.schema(), view, filter);
    if (!list) return respond(platform::error_response(list.error()));
    Json items = Json::array();
    for (const TakenRow& row : list->rows) items.push_back(taken_json(row));
    const std::int64_t as_of_ms = station.sync_status().replica.as_of_ms;
    respond(json_response(200, {{"schema", "holdline.taken/1"},
                                {"items", items},
                                {"people", list->people},
                                {"more", list->more},
                                {"as_of", as_of_ms == 0 ? Json() : Json(sync::format_time(as_of_ms))}}));
  });
}

}  // namespace

std::span<const Route> taken_routes() {
  static constexpr Route table[] = {{"GET", "/taken", list_taken}};
  return table;
}

}  // namespace holdline::agent
