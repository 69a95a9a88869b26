// Records through the local API: found, shown, added, edited.

#include <algorithm>
#include <iterator>
#include <map>

#include "agent/api/doubles.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/outbox/outbox.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/groups.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/merge/merge.hpp"

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

Json hit_json(const sync::Schema& schema, const Hit& hit, PersonView& view) {
  const sync::Collection& collection = *schema.collection(hit.root.record.key.collection);
  const sync::Collection& phone = *schema.collection("phone");
  Json phones = Json::array();
  if (const auto children = view.children(phone, hit.root.record.key.id))
    for (const Shown& child : children->shown) {
      const std::string extension = text_field(phone, child.record, "extension");
      phones.push_back(text_field(phone, child.record, "e164") + (extension.empty() ? "" : " ext. " + extension));
    }
  return {{"id", hit.root.record.key.id.text()},
          {"ref", text_field(collection, hit.root.record, "ref")},
          {"name", display_name(collection, hit.root.record)},
          {"city", text_field(collection, hit.root.record, "city")},
          {"phones", phones},
          {"matched", matched(schema, hit)},
          {"pending", !hit.root.pending.empty()}};
}

void search(Workstation& station, Call call) {
  const auto typed = call.request.query.find("q");
  if (typed == call.request.query.end() || typed->second.empty())
    return call.respond(platform::error_response(400, "no-query", "Say what to look for: ?q=TEXT"));
  const std::size_t limit = limit_of(call.request.query, 20, max_hits);
  read(station, call, [&station, text = typed->second, limit, respond = call.respond](PersonView& view) {
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
  read(station, call,
       [&station, &collection, id = *id, children = std::move(children), respond = call.respond](PersonView& view) {
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
  const auto before = id_of(call.request.query, "before");
  if (!before) return call.respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  read(station, call,
       [&collection, before = *before, limit = limit_of(call.request.query, 50, most),
        respond = call.respond](PersonView& view) {
         auto many = view.list(collection, before, limit + 1);  // one more, to know whether there is more
         if (!many) return respond(platform::error_response(many.error()));
         const bool more = many->shown.size() > limit;
         many->shown.resize(std::min(limit, many->shown.size()));
         Json items = Json::array();
         for (const Shown& shown : many->shown) items.push_back(shown_json(collection, shown, many->as_of));
         respond(json_response(200, {{"schema", "holdline.records/1"},
                                     {"items", items},
                                     {"next", more ? Json(many->shown.back().record.key.id.text()) : Json()},
                                     {"as_of", sync::format_time(many->as_of.hub_wall_ms)}}));
       });
}

// Asked when somebody of that name with that number or address is here already.
void ask_about_doubles(const sync::Schema& schema, PersonView& view, Addition& addition) {
  for (const sync::Op& op : addition.ops)
    if (auto found = double_of(schema, view, addition.ops.front(), op)) addition.findings.push_back(*std::move(found));
}

void add(Workstation& station, Call call, std::string_view collection_name) {
  const sync::Schema& schema = station.schema();
  auto addition = addition_of(schema, *schema.collection(collection_name), station.default_scope(call.rights()),
                              desk_of(station), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  const auto save_it = [&station](const Call& of, Addition added) {
    save(station, of, std::move(added.ops),
         {added.event_ms, 201, {}, std::move(added.findings), std::move(added.accept)});
  };
  if (addition->ops.size() == 1) return save_it(call, *std::move(addition));
  read(station, call, [&station, call, save_it, addition = *std::move(addition)](PersonView& view) mutable {
    ask_about_doubles(station.schema(), view, addition);
    save_it(call, std::move(addition));
  });
}

platform::HttpResponse changed_meanwhile() {
  return platform::error_response(409, "changed-meanwhile",
                                  "The record has changed since it was shown, and what was changed belongs together "
                                  "with other fields. Look at it again and decide anew.");
}

void edit(Workstation& station, Call call, std::string_view collection_name) {
  const auto id = sync::Id::parse(call.rest);
  if (!id) return call.respond(unknown_record("record"));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  auto edit = edit_of(collection, call.request.body);
  if (!edit) return call.respond(platform::error_response(edit.error()));
  // The record as it stands tells its scope, how far this workstation had seen it, and the rest of a merge group.
  read(station, call, [&station, call, id = *id, &collection, edit = *std::move(edit)](PersonView& view) mutable {
    const auto found = view.find({collection.no, id});
    if (!found) return call.respond(platform::error_response(found.error()));
    if (!found->shown || found->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("record"));
    const Shown& shown = *found->shown;
    if (edit.cn && *edit.cn != shown.cn && sync::missing_of_group(collection, edit.changes))
      return refuse_unless_saved(station, call, changed_meanwhile());
    const Desk desk = desk_of(station);
    std::ranges::move(sync::put_right(collection, desk.site, &shown.record, edit.changes),
                      std::back_inserter(edit.findings));
    sync::complete_groups(collection, shown.record, edit.changes);
    std::ranges::move(sync::look_over(collection, edit.changes, &shown.record, desk.now_ms, desk.now_ms),
                      std::back_inserter(edit.findings));
    save(station, call,
         {{sync::OpKind::edit, {collection.no, id}, shown.record.scope, shown.cn, std::move(edit.changes), {}}},
         {desk.now_ms, 200, {}, std::move(edit.findings), std::move(edit.accept)});
  });
}

// A number, e-mail address or postal address of a customer.
void add_child(Workstation& station, Call call) {
  static const std::map<std::string, std::string, std::less<>> kinds{
      {"phones", "phone"}, {"emails", "email"}, {"addresses", "address"}};
  const std::string_view rest = call.rest;
  const auto slash = rest.find('/');
  const auto parent = sync::Id::parse(rest.substr(0, slash));
  const auto kind = slash == std::string_view::npos ? kinds.end() : kinds.find(rest.substr(slash + 1));
  if (!parent || kind == kinds.end()) return call.respond(unknown_record("record"));
  const sync::Collection& customers = *station.schema().collection("customer");
  const sync::Collection& collection = *station.schema().collection(kind->second);
  auto addition = child_addition_of(collection, *parent, desk_of(station), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  read(station, call,
       [&station, call, &customers, id = *parent, added = *std::move(addition)](PersonView& view) mutable {
         const auto found = view.find({customers.no, id});
         if (!found) return call.respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted)
           return refuse_unless_saved(station, call, unknown_record("customer"));
         added.ops.front().scope = found->shown->record.scope;
         save(station, call, std::move(added.ops),
              {added.event_ms, 201, {}, std::move(added.findings), std::move(added.accept)});
       });
}

// An entry that keeps why something was deleted, in the same action.
sync::Op note_of_deletion(const sync::Schema& schema, const sync::Collection& collection, const Shown& shown,
                          const std::string& reason) {
  const sync::Collection& entries = *schema.collection("manual_entry");
  sync::Op note{sync::OpKind::create, {entries.no, created_here(0)}, shown.record.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    note.changes.push_back({*entries.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  set("kind", std::string("note"));
  set("note", collection.label + " deleted: " + reason);
  if (collection.name == "customer") set("customer", shown.record.key.id);
  std::ranges::sort(note.changes, {}, &sync::FieldChange::field);
  return note;
}

// Deletes with the digest of the record and its children as shown: what somebody changed meanwhile is not lost.
void erase(Workstation& station, Call call, std::string_view collection_name) {
  const auto id = sync::Id::parse(call.rest);
  if (!id) return call.respond(unknown_record("record"));
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string reason = json.text("reason");
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  if (reason.empty()) return call.respond(platform::error_response(422, "invalid", "Give the reason; it is kept."));
  const sync::Collection& collection = *station.schema().collection(collection_name);
  // Through the whole view: the digest is over all fields, also those that the person does not see.
  station.read([&station, call, id = *id, &collection, reason](View& view) {
    PersonView own(view, call.rights());
    const auto permitted = own.find({collection.no, id});
    const auto found = view.find({collection.no, id});
    if (!permitted || !found)
      return call.respond(platform::error_response(permitted ? found.error() : permitted.error()));
    if (!permitted->shown || !found->shown || found->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("record"));
    std::vector<sync::Record> children;
    for (const sync::Collection& kind : station.schema().collections()) {
      if (!kind.parent || kind.fields[*kind.parent].target != collection.no) continue;
      const auto many = view.children(kind, id);
      if (!many) return call.respond(platform::error_response(many.error()));
      for (const Shown& child : many->shown) children.push_back(child.record);
    }
    const Shown& shown = *found->shown;
    sync::Op erased{sync::OpKind::erase_row, {collection.no, id}, shown.record.scope, shown.cn, {}, {}};
    erased.seen_digest = sync::seen_digest(collection, shown.record, children);
    save(station, call, {note_of_deletion(station.schema(), collection, shown, reason), std::move(erased)}, {});
  });
}

constexpr char customer[] = "customer", phone[] = "phone", email[] = "email", address[] = "address",
               entry[] = "manual_entry", callback[] = "callback_request";

template <const char* collection>
void show_one(Workstation& station, Call call) {
  show(station, std::move(call), collection, {});
}
void show_customer(Workstation& station, Call call) {
  constexpr std::string_view past = "/history";
  const std::string rest = call.rest;
  if (rest.ends_with(past))
    return show_history(station, std::move(call), customer,
                        std::string_view(rest).substr(0, rest.size() - past.size()));
  show(station, std::move(call), customer, {phone, email, address});
}
template <const char* collection>
void list_all(Workstation& station, Call call) {
  list(station, std::move(call), collection);
}
template <const char* collection>
void add_one(Workstation& station, Call call) {
  add(station, std::move(call), collection);
}
template <const char* collection>
void edit_one(Workstation& station, Call call) {
  edit(station, std::move(call), collection);
}
template <const char* collection>
void erase_one(Workstation& station, Call call) {
  erase(station, std::move(call), collection);
}

}  // namespace

std::span<const Route> record_routes() {
  static constexpr Route table[] = {
      {"GET", "/customers", search},
      {"POST", "/customers", add_one<customer>},
      {"GET", "/customers/", show_customer},
      {"PATCH", "/customers/", edit_one<customer>},
      {"POST", "/customers/", add_child},
      {"DELETE", "/customers/", erase_one<customer>},
      {"GET", "/phones/", show_one<phone>},
      {"PATCH", "/phones/", edit_one<phone>},
      {"DELETE", "/phones/", erase_one<phone>},
      {"GET", "/emails/", show_one<email>},
      {"PATCH", "/emails/", edit_one<email>},
      {"DELETE", "/emails/", erase_one<email>},
      {"GET", "/addresses/", show_one<address>},
      {"PATCH", "/addresses/", edit_one<address>},
      {"DELETE", "/addresses/", erase_one<address>},
      {"GET", "/entries", list_all<entry>},
      {"POST", "/entries", add_one<entry>},
      {"GET", "/entries/", show_one<entry>},
      {"PATCH", "/entries/", edit_one<entry>},
      {"DELETE", "/entries/", erase_one<entry>},
      {"GET", "/callbacks", list_all<callback>},
      {"POST", "/callbacks", add_one<callback>},
      {"GET", "/callbacks/", show_one<callback>},
      {"PATCH", "/callbacks/", edit_one<callback>},
  };
  return table;
}

}  // namespace holdline::agent
