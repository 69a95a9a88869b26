// Records through the local API: found, shown, listed.

#include <algorithm>
#include <map>

#include "agent/api/do_not_call.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/outbox/action_draft.hpp"
#include "agent/view/referenced.hpp"
#include "sync/action/merged.hpp"
#include "sync/action/validate.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Why it was found, in a word for people.
const char* matched(const sync::Schema& schema, const Hit& hit) {
  const sync::Collection& collection = *schema.collection(hit.matched.collection);
  if (collection.fields[hit.why.field].type == sync::FieldType::email) return "email";
  switch (hit.why.kind) {
    case sync::SearchKind::none:
      return "none";
    case sync::SearchKind::name:
      return hit.why.near ? "similar-name" : "name";
    case sync::SearchKind::phone:
      return "phone";
    case sync::SearchKind::reference:
      return "reference";
    case sync::SearchKind::place:
      return "address";
  }
  return "none";
}

Json hit_json(const sync::Schema& schema, std::string_view region, const Hit& hit, PersonView& view) {
  const sync::Collection& collection = *schema.collection(hit.root.record.key.collection);
  const sync::Collection& phone = *schema.collection("phone");
  Json phones = Json::array(), display = Json::array();
  if (const auto children = view.children(phone, hit.root.record.key.id))
    for (const Shown& child : children->shown) {
      std::string extension = text_field(phone, child.record, "extension");
      if (!extension.empty()) extension.insert(0, " ext. ");
      const std::string number = text_field(phone, child.record, "e164");
      phones.push_back(number + extension);
      display.push_back(sync::phone_for_people(number, region) + extension);
    }
  return {{"id", hit.root.record.key.id.text()},
          {"ref", text_field(collection, hit.root.record, "ref")},
          {"name", display_name(collection, hit.root.record)},
          {"city", text_field(collection, hit.root.record, "city")},
          {"phones", phones},
          {"display", display},
          {"matched", matched(schema, hit)},
          {"pending", !hit.root.pending.empty()}};
}

// What the text is as a reference; null when it is none.
Json reading_json(const Referenced& read_out) {
  switch (read_out.read.kind) {
    case sync::ReferenceReading::Kind::something_else:
      break;
    case sync::ReferenceReading::Kind::misheard:
      return {{"state", "misheard"},
              {"message",
               "This looks like a reference, but the check character does not fit: one character is wrong, or two "
               "changed places. Ask for it again."}};
    case sync::ReferenceReading::Kind::reference:
      if (!read_out.found.empty()) return {{"state", "found"}, {"message", ""}};
      return {{"state", "unknown"}, {"message", "No entry on this PC has the reference " + read_out.read.text + "."}};
  }
  return nullptr;
}

void add_records(const std::vector<Referenced::Found>& found, const char* matched_by, Json& records) {
  for (const auto& [collection, shown] : found) {
    const bool told = std::ranges::any_of(
        records, [&, id = shown.record.key.id.text()](const Json& other) { return other.at("id") == id; });
    if (told) continue;
    Json json{{"id", shown.record.key.id.text()},
              {"collection", collection->name},
              {"label", collection->label},
              {"reference", text_field(*collection, shown.record, "reference")},
              {"matched", matched_by},
              {"pending", !shown.pending.empty()}};
    for (const char* name : {"name", "customer", "kind", "reason", "recorded_at"})
      if (const auto field = collection->field(name); field && !sync::is_null(shown.record.fields[*field]))
        json[name] = to_json(collection->fields[*field], shown.record.fields[*field]);
    records.push_back(std::move(json));
  }
}

// Why somebody who is known may not be found by what was typed; null when there is nothing to say.
Json advice_for(std::string_view typed, bool found) {
  constexpr std::ptrdiff_t part_of_number = 5;
  const auto digits = std::ranges::count_if(typed, [](char c) { return c >= '0' && c <= '9'; });
  if (found || digits < part_of_number || 2 * digits < static_cast<std::ptrdiff_t>(typed.size())) return nullptr;
  return "Numbers are found by how they begin, with or without the country code, or by their last 4 or more digits; "
         "digits out of the middle find nobody.";
}

// For the list of who searched broadly.
sync::Op broad_search(const Workstation& station, const Call& call, const std::string& typed, std::int64_t ago_ms,
                      std::uint32_t searches) {
  constexpr std::size_t longest_kept = 80;
  const sync::Collection& list = *station.schema().collection("broad_search");
  const Desk desk = desk_of(station, call);
  sync::Op op{sync::OpKind::create, {list.no, created_here(0)}, station.default_scope(call.rights()), 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    if (const auto at = list.field(field))
      op.changes.push_back({*at, sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  set("person", desk.person);
  set("station", desk.workstation);
  set("at", desk.now_ms);
  set("since", desk.now_ms - ago_ms);
  set("searches", static_cast<std::int64_t>(searches));
  if (typed.size() <= longest_kept && !sync::holds_card_number(typed)) set("typed", typed);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

// Of a search that matches more than is counted: how far it is answered, and whether it goes on record.
void limit_broad(Workstation& station, const Call& call, const std::string& typed, View::Hits& found, Json& advice) {
  const std::int64_t now_ms = station.clock().now().boot_ms;
  const auto verdict = station.broad_searches().searched(call.session->person.id, typed, now_ms);
  if (!verdict.limited) return;
  found.hits.resize(std::min(found.hits.size(), BroadSearches::shown_beyond));
  advice = "You have searched for names that many share " + std::to_string(verdict.searches) +
           " times in ten minutes. Only " + std::to_string(BroadSearches::shown_beyond) +
           " are shown of each until that is over, and it is on record. Type more of the name, or a postcode.";
  if (verdict.on_record && station.schema().collection("broad_search") != nullptr)
    note(station, call, broad_search(station, call, typed, now_ms - verdict.since_ms, verdict.searches),
         [](const Result<Saved>&) {});
}

void search(Workstation& station, Call call) {
  const auto typed = call.request.query.find("q");
  if (typed == call.request.query.end() || typed->second.empty())
    return call.respond(platform::error_response(400, "no-query", "Say what to look for: ?q=TEXT"));
  const std::size_t limit = limit_of(call.request.query, 20, max_hits);
  const sync::Collection& customers = *station.schema().collection(of::customer);
  std::map<std::string, std::string> wanted(call.request.query.begin(), call.request.query.end());
  for (const char* own : {"q", "limit"}) wanted.erase(own);
  auto filter = sync::filter_of(customers, wanted);
  if (!filter) return call.respond(platform::error_response(400, filter.error().code, filter.error().message));
  read(station, call,
       [&station, call, &customers, text = typed->second, limit, filter = *std::move(filter),
        respond = call.respond](PersonView& view) {
         const std::string region = station.site().region;
         auto found = view.search(text, limit, customers.no, {region, true, &filter});
         if (!found) return respond(platform::error_response(found.error()));
         Json too_broad;
         if (!found->total && found->hits.size() == limit) limit_broad(station, call, text, *found, too_broad);
         Json items = Json::array();
         for (const Hit& hit : found->hits) items.push_back(hit_json(station.schema(), region, hit, view));
         const auto read_out = referenced(station.schema(), view, text);
         const auto taken_down = with_number(station.schema(), view, text, region);
         if (!read_out || !taken_down)
           return respond(platform::error_response(read_out ? taken_down.error() : read_out.error()));
         Json records = Json::array();
         add_records(read_out->found, "reference", records);
         add_records(*taken_down, "phone", records);
         const bool any = !items.empty() || !records.empty();
         respond(json_response(200, {{"schema", "holdline.hits/1"},
                                     {"items", items},
                                     {"total", found->total ? Json(*found->total) : Json()},
                                     {"reference", reading_json(*read_out)},
                                     {"records", records},
                                     {"advice", too_broad.is_null() ? advice_for(text, any) : too_broad},
                                     {"more", found->more},
                                     {"as_of", as_of_json(found->as_of)}}));
       });
}

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

void show(Workstation& station, Call call, std::string_view collection_name, std::vector<std::string> children) {
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call,
       [&station, &collection, typed = std::string(call.rest), children = std::move(children),
        respond = call.respond](PersonView& view) {
         const auto named = record_named(collection, view, typed);
         if (!named) return respond(platform::error_response(named.error()));
         if (!*named) return respond(unknown_record("record"));
         const sync::Id id = **named;
         const auto found = view.find({collection.no, id});
         if (!found) return respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted) return respond(unknown_record("record"));
         const std::string region = station.site().region;
         Json json = displayed_json(collection, *found->shown, found->as_of, region);
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
                  std::size_t limit, Result<View::RecordList> many, bool can_go_on) {
  if (!many) return respond(platform::error_response(many.error()));
  const bool more = many->shown.size() > limit;
  many->shown.resize(std::min(limit, many->shown.size()));
  Json items = Json::array();
  for (const Shown& shown : many->shown) items.push_back(displayed_json(collection, shown, many->as_of, region));
  respond(json_response(200, {{"schema", "holdline.records/1"},
                              {"items", items},
                              {"next", more && can_go_on ? Json(many->shown.back().record.key.id.text()) : Json()},
                              {"more", more},
                              {"as_of", as_of_json(many->as_of)}}));
}

// What was taken down about a customer, without a way to go on: who needs more looks in the list of all.
void list_about(Workstation& station, Call call, std::string_view collection_name, std::string_view customer) {
  const auto id = sync::Id::parse(customer);
  if (!id) return call.respond(unknown_record("customer"));
  const sync::Collection* known = station.schema().collection(collection_name);
  if (!known) return call.respond(unknown_record("collection"));  // a site's own schema may do without
  const sync::Collection &collection = *known, &customers = *station.schema().collection(of::customer);
  read(station, call,
       [&station, &collection, &customers, id = *id, limit = limit_of(call.request.query, usually_listed, most_listed),
        respond = call.respond](PersonView& view) {
         const auto found = view.find({customers.no, id});
         if (!found) return respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted) return respond(unknown_record("customer"));
         respond_list(respond, collection, station.site().region, limit, view.about(collection, id, limit + 1), false);
       });
}

void list(Workstation& station, Call call, std::string_view collection_name) {
  const auto before = id_of(call.request.query, "before");
  if (!before) return call.respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call,
       [&station, &collection, before = *before, limit = limit_of(call.request.query, usually_listed, most_listed),
        respond = call.respond](PersonView& view) {
         respond_list(respond, collection, station.site().region, limit, view.list(collection, before, limit + 1),
                      true);
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
      {"GET", "/customers", search},
      {"GET", "/customers/{id}", show_customer},
      {"GET", "/customers/{id}/history", show_customer},
      {"GET", "/customers/{id}/entries", show_customer},
      {"GET", "/customers/{id}/callbacks", show_customer},
      {"GET", "/customers/{id}/complaints", show_customer},
      {"GET", "/phones/{id}", show_one<of::phone>},
      {"GET", "/emails/{id}", show_one<of::email>},
      {"GET", "/addresses/{id}", show_one<of::address>},
      {"GET", "/entries", list_all<of::entry>},
      {"GET", "/entries/{id}", show_one<of::entry>},
      {"GET", "/callbacks", list_all<of::callback>},
      {"GET", "/callbacks/{id}", show_one<of::callback>},
      {"GET", "/records/{collection}", show_any},
      {"GET", "/records/{collection}/{id}", show_any},
  };
  return table;
}

}  // namespace holdline::agent
