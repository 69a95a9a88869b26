// Records through the local API: found, shown, added, edited.

#include <algorithm>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

const char* name_of(sync::SearchKind kind) {
  switch (kind) {
    case sync::SearchKind::none:
      return "none";
    case sync::SearchKind::name:
      return "name";
    case sync::SearchKind::phone:
      return "phone";
    case sync::SearchKind::reference:
      return "reference";
  }
  return "none";
}

std::string text_field(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto index = collection.field(name);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text ? *text : std::string();
}

// "Ada Lovelace", "Lovelace Ltd", whatever there is.
std::string display_name(const sync::Collection& collection, const sync::Record& record) {
  std::string name;
  for (const char* part : {"given", "family", "org", "name"})
    if (const std::string text = text_field(collection, record, part); !text.empty())
      name += (name.empty() ? "" : " ") + text;
  return name;
}

Json hit_json(const sync::Schema& schema, const Hit& hit, View& view) {
  const sync::Collection& collection = *schema.collection(hit.root.record.key.collection);
  const sync::Collection& phone = *schema.collection("phone");
  Json phones = Json::array();
  if (const auto children = view.children(phone, hit.root.record.key.id))
    for (const Shown& child : children->shown) phones.push_back(text_field(phone, child.record, "e164"));
  return {{"id", hit.root.record.key.id.text()},
          {"ref", text_field(collection, hit.root.record, "ref")},
          {"name", display_name(collection, hit.root.record)},
          {"city", text_field(collection, hit.root.record, "city")},
          {"phones", phones},
          {"matched", name_of(hit.why.kind)},
          {"pending", !hit.root.pending.empty()}};
}

void search(Workstation& station, Call call) {
  const auto typed = call.request.query.find("q");
  if (typed == call.request.query.end() || typed->second.empty())
    return call.respond(platform::error_response(400, "no-query", "Say what to look for: ?q=TEXT"));
  const std::size_t limit = limit_of(call.request.query, 20, max_hits);
  station.read([&station, text = typed->second, limit, respond = std::move(call.respond)](View& view) {
    const auto found = view.search(text, limit, station.schema().collection("customer")->no);
    if (!found) return respond(platform::error_response(found.error()));
    Json items = Json::array();
    for (const Hit& hit : found->hits) items.push_back(hit_json(station.schema(), hit, view));
    respond(json_response(200, {{"schema", "holdline.hits/1"},
                                {"items", items},
                                {"more", found->more},
                                {"as_of", sync::format_time(found->as_of.hub_wall_ms)}}));
  });
}

void show(Workstation& station, Call call, std::string_view collection_name, std::vector<std::string> children) {
  const auto id = sync::Id::parse(call.rest);
  if (!id) return call.respond(unknown_record("record"));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  station.read(
      [&station, &collection, id = *id, children = std::move(children), respond = std::move(call.respond)](View& view) {
        const auto found = view.find({collection.no, id});
        if (!found) return respond(platform::error_response(found.error()));
        if (!found->shown || found->shown->record.deleted) return respond(unknown_record("record"));
        Json json = shown_json(collection, *found->shown, found->as_of);
        for (const std::string& name : children) {
          const sync::Collection& kind = *station.schema().collection(name);
          Json list = Json::array();
          if (const auto many = view.children(kind, id))
            for (const Shown& child : many->shown) list.push_back(shown_json(kind, child, many->as_of));
          json["children"][name] = std::move(list);
        }
        respond(json_response(200, json));
      });
}

void list(Workstation& station, Call call, std::string_view collection_name) {
  constexpr std::size_t most = 200;
  const auto before = before_of(call.request.query);
  if (!before) return call.respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  station.read([&collection, before = *before, limit = limit_of(call.request.query, 50, most),
                respond = std::move(call.respond)](View& view) {
    const auto many = view.list(collection, before, limit);
    if (!many) return respond(platform::error_response(many.error()));
    Json items = Json::array();
    for (const Shown& shown : many->shown) items.push_back(shown_json(collection, shown, many->as_of));
    respond(json_response(
        200,
        {{"schema", "holdline.records/1"}, {"items", items}, {"as_of", sync::format_time(many->as_of.hub_wall_ms)}}));
  });
}

void add(Workstation& station, const Call& call, std::string_view collection_name) {
  const sync::Schema& schema = station.schema();
  auto addition = addition_of(schema, *schema.collection(collection_name), station.default_scope(), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  if (!addition->findings.empty()) return call.respond(findings_response(addition->findings));
  save(station, call, std::move(addition->ops), addition->event_ms, 201);
}

void edit_customer(Workstation& station, Call call) {
  const auto id = sync::Id::parse(call.rest);
  if (!id) return call.respond(unknown_record("record"));
  const sync::Collection& collection = *station.schema().collection("customer");
  auto edit = edit_of(collection, call.request.body);
  if (!edit) return call.respond(platform::error_response(edit.error()));
  if (!edit->findings.empty()) return call.respond(findings_response(edit->findings));
  // The record as it stands tells its scope and how far this workstation had seen it.
  station.read([&station, call, id = *id, &collection, changes = std::move(edit->changes)](View& view) {
    const auto found = view.find({collection.no, id});
    if (!found) return call.respond(platform::error_response(found.error()));
    if (!found->shown || found->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("record"));
    save(station, call,
         {{sync::OpKind::edit, {collection.no, id}, found->shown->record.scope, found->shown->cn, changes, {}}}, 0,
         200);
  });
}

}  // namespace

std::span<const Route> record_routes() {
  static constexpr Route table[] = {
      {"GET", "/customers", search},
      {"POST", "/customers", [](Workstation& station, Call call) { add(station, call, "customer"); }},
      {"GET", "/customers/",
       [](Workstation& station, Call call) {
         show(station, std::move(call), "customer", {"phone", "email", "address"});
       }},
      {"PATCH", "/customers/", edit_customer},
      {"GET", "/entries", [](Workstation& station, Call call) { list(station, std::move(call), "manual_entry"); }},
      {"POST", "/entries", [](Workstation& station, Call call) { add(station, call, "manual_entry"); }},
      {"GET", "/entries/", [](Workstation& station, Call call) { show(station, std::move(call), "manual_entry", {}); }},
      {"GET", "/callbacks",
       [](Workstation& station, Call call) { list(station, std::move(call), "callback_request"); }},
      {"POST", "/callbacks", [](Workstation& station, Call call) { add(station, call, "callback_request"); }},
      {"GET", "/callbacks/",
       [](Workstation& station, Call call) { show(station, std::move(call), "callback_request", {}); }},
  };
  return table;
}

}  // namespace holdline::agent
