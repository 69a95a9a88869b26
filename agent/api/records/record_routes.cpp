// Records through the local API: shown, listed.

#include <algorithm>

#include "agent/api/do_not_call.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/records/broad.hpp"
#include "agent/api/records/search.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/view/referenced.hpp"
#include "sync/action/merged.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Of a record that can be merged: into which it was, and which ones were merged into it.
Result<void> tell_merged(const sync::Collection& collection, const Shown& shown, PersonView& view, Json& json) {
  if (!collection.merged_into) return {};
  const auto brief = [&](const sync::Record& record) {
    return Json{{"id", record.key.id.text()},
                {"ref", text_field(collection, record, "ref")},
                {"name", display_name(collection, record)}};
  };
  json["merged_into"] = nullptr;
  if (const auto into = sync::merged_into(collection, shown.record)) {
    HOLDLINE_ASSIGN(const auto found, view.find({collection.no, *into}));
    const bool gone = !found.shown || found.shown->record.deleted;  // then it stands for itself
    if (!gone) json["merged_into"] = brief(found.shown->record);
  }
  HOLDLINE_ASSIGN(const auto aliases, view.aliases(shown.record.key));
  json["aliases"] = Json::array();
  for (const Shown& alias : aliases) json["aliases"].push_back(brief(alias.record));
  return {};
}

// As shown_json, with telephone numbers as people here write them.
Json displayed_json(const sync::Collection& collection, const Shown& shown, const AsOf& as_of,
                    std::string_view region) {
  Json json = shown_json(collection, shown, as_of);
  if (Json display = display_json(collection, shown.record, region); !display.empty())
    json["display"] = std::move(display);
  return json;
}

// Which of its fields two people changed at once, as far as nobody has decided. Of a deletion: no fields.
void tell_conflicts(const Workstation& station, const sync::Collection& collection, const sync::Id& id,
                    PersonView& view, Json& json) {
  const sync::Schema& schema = station.schema();
  const sync::Collection& conflicts = *schema.collection("conflict");
  Json list = Json::array();
  for (const sync::Id& conflict : station.conflicts_about(id)) {
    const auto found = view.find({conflicts.no, conflict});
    if (!found || !found->shown || text_field(conflicts, found->shown->record, "state") != "open") continue;
    Json fields = Json::array();
    if (const auto values = sync::conflict_values(schema, found->shown->record);
        values && !values->about_deletion && !values->hidden)
      for (const sync::FieldIndex field : collection.units[values->unit].fields)
        fields.push_back(collection.fields[field].name);
    list.push_back({{"id", conflict.text()}, {"fields", std::move(fields)}});
  }
  if (!list.empty()) json["conflicts"] = std::move(list);
}

// 404, and what there is instead: one of another kind by that reference, or whose reference is like it.
platform::HttpResponse not_named(const sync::Schema& schema, PersonView& view, const sync::Collection& collection,
                                 std::string_view typed) {
  const auto elsewhere = referenced(schema, view, typed);
  const auto alike = misheard(schema, view, typed);
  const std::string meant = did_you_mean(elsewhere && !elsewhere->found.empty() ? elsewhere->found
                                         : alike                                ? *alike
                                                                                : std::vector<Referenced::Found>{});
  if (meant.empty()) return unknown_record("record");
  return platform::error_response(
      404, "unknown-record",
      "No " + collection.label + " on this PC has the reference " + std::string(typed) + ". " + meant);
}

void show(Workstation& station, Call call, std::string_view collection_name, std::vector<std::string> children) {
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call,
       [&station, &collection, typed = std::string(call.rest), children = std::move(children),
        respond = call.respond](PersonView& view) {
         const auto named = record_named(collection, view, typed);
         if (!named) return respond(platform::error_response(named.error()));
         if (!*named) return respond(not_named(station.schema(), view, collection, typed));
         const sync::Id id = **named;
         const auto found = view.find({collection.no, id});
         if (!found) return respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted) return respond(unknown_record("record"));
         const std::string region = station.site().region;
         Json json = displayed_json(collection, *found->shown, found->as_of, region);
         tell_conflicts(station, collection, id, view, json);
         if (auto told = tell_merged(collection, *found->shown, view, json); !told)
           return respond(platform::error_response(told.error()));
         for (const std::string& name : children) {
           const sync::Collection& kind = *station.schema().collection(name);
           Json list = Json::array();
           if (const auto many = view.children(kind, id))
             for (const Shown& child : many->shown) {
               list.push_back(displayed_json(kind, child, many->as_of, region));
               const auto wishes = do_not_call_json(station, view, kind, child.record);
               if (!wishes) return respond(platform::error_response(wishes.error()));
               if (!wishes->empty()) list.back()["do_not_call"] = *wishes;
               tell_conflicts(station, kind, child.record.key.id, view, list.back());
             }
           json["children"][name] = std::move(list);
         }
         respond(json_response(200, json));
       });
}

// The names of the collections whose records belong to one of this.
std::vector<std::string> children_of(const sync::Schema& schema, std::string_view parent) {
  std::vector<std::string> names;
  const sync::CollectionNo no = schema.collection(parent)->no;
  for (const sync::Collection& one : schema.collections())
    if (one.parent && one.fields[*one.parent].target == no) names.push_back(one.name);
  return names;
}

constexpr std::size_t most_listed = 200, usually_listed = 50;

// Of one record more than `limit`, which says whether there are more.
void respond_list(const platform::Respond& respond, const sync::Collection& collection, std::string_view region,
                  std::size_t limit, Result<View::RecordList> many, bool can_go_on, const std::string& advice = {}) {
  if (!many) return respond(platform::error_response(many.error()));
  const bool more = many->shown.size() > limit;
  many->shown.resize(std::min(limit, many->shown.size()));
  Json items = Json::array();
  for (const Shown& shown : many->shown) items.push_back(displayed_json(collection, shown, many->as_of, region));
  respond(json_response(200, {{"schema", "holdline.records/1"},
                              {"items", items},
                              {"next", more && can_go_on ? Json(many->shown.back().record.key.id.text()) : Json()},
                              {"more", more},
                              {"advice", advice.empty() ? Json() : Json(advice)},
                              {"as_of", as_of_json(many->as_of)}}));
}

// What was taken down about a customer, without a way to go on: who needs more looks in the list of all.
void list_about(Workstation& station, Call call, std::string_view collection_name, std::string_view customer) {
  const auto id = sync::Id::parse(customer);
  if (!id) return call.respond(unknown_record("customer"));
  const sync::Collection* known = station.schema().collection(collection_name);
  if (!known) return call.respond(unknown_record("collection"));  // a site's own schema may do without
  const auto practice = practice_of(call.request.query, station.shown_practice());
  if (!practice) return call.respond(wrong_practice());
  const sync::Collection &collection = *known, &customers = *station.schema().collection(of::customer);
  read(station, call,
       [&station, &collection, &customers, id = *id, practice = *practice,
        limit = limit_of(call.request.query, usually_listed, most_listed), respond = call.respond](PersonView& view) {
         const auto found = view.find({customers.no, id});
         if (!found) return respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted) return respond(unknown_record("customer"));
         // Of somebody who was invented for a drill everything is.
         view.show_practice(sync::is_practice(customers, found->shown->record) ? Practice::with : practice);
         respond_list(respond, collection, station.site().region, limit, view.about(collection, id, limit + 1), false);
       });
}

void list(Workstation& station, Call call, std::string_view collection_name) {
  const auto before = id_of(call.request.query, "before");
  if (!before) return call.respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  const auto practice = practice_of(call.request.query, station.shown_practice());
  if (!practice) return call.respond(wrong_practice());
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call,
       [&station, call, &collection, before = *before, practice = *practice,
        limit = limit_of(call.request.query, usually_listed, most_listed)](PersonView& view) {
         view.show_practice(practice);
         auto many = view.list(collection, before, limit + 1);
         const std::size_t count = many ? std::min(limit, many->shown.size()) : 0;
         const auto most = limit_list(station, call, collection, count, before);
         respond_list(call.respond, collection, station.site().region, most ? std::min(limit, most->shown) : limit,
                      std::move(many), !most, most ? most->advice : std::string());
       });
}

template <const char* collection>
void show_one(Workstation& station, Call call) {
  show(station, std::move(call), collection, {});
}
void show_customer(Workstation& station, Call call) {
  const std::string rest = call.rest;
  const std::string_view id = std::string_view(rest).substr(0, rest.find('/'));
  const std::string_view part = std::string_view(rest).substr(id.size());
  if (part == "/history") return show_history(station, std::move(call), of::customer, id);
  if (part == "/entries") return list_about(station, std::move(call), of::entry, id);
  if (part == "/callbacks") return list_about(station, std::move(call), of::callback, id);
  if (part == "/complaints") return list_about(station, std::move(call), of::complaint, id);
  show(station, std::move(call), of::customer, children_of(station.schema(), of::customer));
}
void show_entry(Workstation& station, Call call) {
  constexpr std::string_view history = "/history";
  const std::string rest = call.rest;
  if (!rest.ends_with(history)) return show(station, std::move(call), of::entry, {});
  show_history(station, std::move(call), of::entry, std::string_view(rest).substr(0, rest.size() - history.size()));
}
// /records/COLLECTION and /records/COLLECTION/ID: of every collection that the schema has, without a route of its own.
void show_any(Workstation& station, Call call) {
  const std::string rest = call.rest;
  const std::string_view kind = std::string_view(rest).substr(0, rest.find('/'));
  if (!is_open_to_all(station.schema(), kind)) return call.respond(unknown_record("collection"));
  if (kind.size() == rest.size()) return list(station, std::move(call), kind);
  call.rest = rest.substr(kind.size() + 1);
  show(station, std::move(call), kind, {});
}

template <const char* collection>
void list_all(Workstation& station, Call call) {
  list(station, std::move(call), collection);
}

}  // namespace

std::span<const Route> record_routes() {
  static constexpr Route table[] = {
      {"GET", "/customers", search_customers},
      {"GET", "/customers/{id}", show_customer},
      {"GET", "/customers/{id}/history", show_customer},
      {"GET", "/customers/{id}/entries", show_customer},
      {"GET", "/customers/{id}/callbacks", show_customer},
      {"GET", "/customers/{id}/complaints", show_customer},
      {"GET", "/phones/{id}", show_one<of::phone>},
      {"GET", "/emails/{id}", show_one<of::email>},
      {"GET", "/addresses/{id}", show_one<of::address>},
      {"GET", "/entries", list_all<of::entry>},
      {"GET", "/entries/{id}", show_entry},
      {"GET", "/entries/{id}/history", show_entry},
      {"GET", "/callbacks", list_all<of::callback>},
      {"GET", "/callbacks/{id}", show_one<of::callback>},
      {"GET", "/records/{collection}", show_any},
      {"GET", "/records/{collection}/{id}", show_any},
  };
  return table;
}

}  // namespace holdline::agent
