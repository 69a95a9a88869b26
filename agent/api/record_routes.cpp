// Records through the local API: found, shown, added, edited.

#include <algorithm>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/local_api.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

platform::HttpResponse unknown_record() {
  return platform::error_response(404, "unknown-record", "There is no such record on this workstation.");
}

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

platform::HttpResponse saved_response(int http_status, const Saved& saved) {
  Json created = Json::array();
  for (const sync::Id& id : saved.created) created.push_back(id.text());
  return json_response(http_status,
                       {{"schema", "holdline.saved/1"},
                        {"action", {{"lane", saved.ref.lane}, {"number", std::to_string(saved.ref.number)}}},
                        {"created", created},
                        {"state", "saved"},
                        {"repeated", saved.repeated}});
}

}  // namespace

Json shown_json(const sync::Collection& collection, const Shown& shown, const AsOf& as_of) {
  Json pending = Json::array();
  for (std::size_t i = 0; i < collection.fields.size(); ++i)
    if (shown.own >> i & 1) pending.push_back(collection.fields[i].name);
  return {{"schema", "holdline.record/1"},
          {"id", shown.record.key.id.text()},
          {"collection", collection.name},
          {"scope", shown.record.scope},
          {"fields", to_json(collection, shown.record)},
          {"pending", pending},
          {"deletion_asked", shown.record.deletion_asked},
          {"cn", std::to_string(shown.cn)},
          {"as_of", as_of.hub_wall_ms == 0 ? Json() : Json(sync::format_time(as_of.hub_wall_ms))}};
}

void LocalApi::search(const Request& request, std::string_view, Respond respond) {
  const auto typed = request.query.find("q");
  if (typed == request.query.end() || typed->second.empty())
    return respond(platform::error_response(400, "no-query", "Say what to look for: ?q=TEXT"));
  const std::size_t limit = limit_of(request.query, 20, most_hits);
  station_->read([this, text = typed->second, limit, respond = std::move(respond)](View& view) {
    const auto found = view.search(text, limit, station_->schema().collection("customer")->no);
    if (!found) return respond(platform::error_response(found.error()));
    Json items = Json::array();
    for (const Hit& hit : found->hits) items.push_back(hit_json(station_->schema(), hit, view));
    respond(json_response(200, {{"schema", "holdline.hits/1"},
                                {"items", items},
                                {"more", found->more},
                                {"as_of", sync::format_time(found->as_of.hub_wall_ms)}}));
  });
}

void LocalApi::show(std::string_view collection_name, std::string_view id_text, std::vector<std::string> children,
                    Respond respond) {
  const auto id = sync::Id::parse(id_text);
  if (!id) return respond(unknown_record());
  const sync::Collection& collection = *station_->schema().collection(collection_name);
  station_->read(
      [this, &collection, id = *id, children = std::move(children), respond = std::move(respond)](View& view) {
        const auto found = view.find({collection.no, id});
        if (!found) return respond(platform::error_response(found.error()));
        if (!found->shown || found->shown->record.deleted) return respond(unknown_record());
        Json json = shown_json(collection, *found->shown, found->as_of);
        for (const std::string& name : children) {
          const sync::Collection& kind = *station_->schema().collection(name);
          Json list = Json::array();
          if (const auto many = view.children(kind, id))
            for (const Shown& child : many->shown) list.push_back(shown_json(kind, child, many->as_of));
          json["children"][name] = std::move(list);
        }
        respond(json_response(200, json));
      });
}

void LocalApi::show_customer(const Request&, std::string_view id, Respond respond) {
  show("customer", id, {"phone", "email", "address"}, std::move(respond));
}
void LocalApi::show_entry(const Request&, std::string_view id, Respond respond) {
  show("manual_entry", id, {}, std::move(respond));
}
void LocalApi::show_callback(const Request&, std::string_view id, Respond respond) {
  show("callback_request", id, {}, std::move(respond));
}

void LocalApi::list(const Request& request, std::string_view collection_name, Respond respond) {
  constexpr std::size_t most = 200;
  const auto before = before_of(request.query);
  if (!before) return respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  const sync::Collection& collection = *station_->schema().collection(collection_name);
  station_->read([&collection, before = *before, limit = limit_of(request.query, 50, most),
                  respond = std::move(respond)](View& view) {
    const auto many = view.list(collection, before, limit);
    if (!many) return respond(platform::error_response(many.error()));
    Json items = Json::array();
    for (const Shown& shown : many->shown) items.push_back(shown_json(collection, shown, many->as_of));
    respond(json_response(
        200,
        {{"schema", "holdline.records/1"}, {"items", items}, {"as_of", sync::format_time(many->as_of.hub_wall_ms)}}));
  });
}

void LocalApi::list_entries(const Request& request, std::string_view, Respond respond) {
  list(request, "manual_entry", std::move(respond));
}
void LocalApi::list_callbacks(const Request& request, std::string_view, Respond respond) {
  list(request, "callback_request", std::move(respond));
}

std::optional<Draft> LocalApi::draft_of(const Request& request, const Respond& respond) {
  const auto session = station_->accounts().session(request.peer.uid);
  if (!session) {
    respond(platform::error_response(401, "not-signed-in", "Sign in first: holdline login NAME"));
    return std::nullopt;
  }
  const std::string key(request.header("idempotency-key"));
  constexpr std::size_t longest_key = 64;
  if (key.empty() || key.size() > longest_key) {
    respond(
        platform::error_response(400, "no-idempotency-key", "Send an Idempotency-Key header of 1 to 64 characters."));
    return std::nullopt;
  }
  Draft draft;
  draft.idempotency_key = key;
  draft.fingerprint = sync::sha256({request.method, "\n", request.path, "\n", request.body});
  draft.person = session->person.id;
  draft.assertion = session->assertion;
  return draft;
}

void LocalApi::save(const Request& request, std::vector<sync::Op> ops, std::int64_t event_ms, int http_status,
                    Respond respond) {
  auto draft = draft_of(request, respond);
  if (!draft) return;
  draft->event_ms = event_ms != 0 ? event_ms : around_.clock.now().wall_ms;
  draft->ops = std::move(ops);
  station_->outbox().submit(std::move(*draft), [http_status, respond = std::move(respond)](Result<Saved> saved) {
    respond(saved ? saved_response(http_status, *saved) : platform::error_response(saved.error()));
  });
}

// A draft without ops is never saved, but answered when its key is known.
void LocalApi::refuse(const Request& request, platform::HttpResponse refusal, Respond respond) {
  auto draft = draft_of(request, respond);
  if (!draft) return;
  station_->outbox().submit(
      std::move(*draft), [refusal = std::move(refusal), respond = std::move(respond)](const Result<Saved>& saved) {
        if (saved) return respond(saved_response(200, *saved));
        respond(saved.error().code == "invalid" ? refusal : platform::error_response(saved.error()));
      });
}

void LocalApi::add(const Request& request, std::string_view collection_name, Respond respond) {
  const sync::Schema& schema = station_->schema();
  auto addition = addition_of(schema, *schema.collection(collection_name), station_->default_scope(), request.body);
  if (!addition) return respond(platform::error_response(addition.error()));
  if (!addition->findings.empty()) return respond(findings_response(addition->findings));
  save(request, std::move(addition->ops), addition->event_ms, 201, std::move(respond));
}

void LocalApi::add_customer(const Request& request, std::string_view, Respond respond) {
  add(request, "customer", std::move(respond));
}
void LocalApi::add_entry(const Request& request, std::string_view, Respond respond) {
  add(request, "manual_entry", std::move(respond));
}
void LocalApi::add_callback(const Request& request, std::string_view, Respond respond) {
  add(request, "callback_request", std::move(respond));
}

void LocalApi::edit_customer(const Request& request, std::string_view id_text, Respond respond) {
  const auto id = sync::Id::parse(id_text);
  if (!id) return respond(unknown_record());
  const sync::Collection& collection = *station_->schema().collection("customer");
  auto edit = edit_of(collection, request.body);
  if (!edit) return respond(platform::error_response(edit.error()));
  if (!edit->findings.empty()) return respond(findings_response(edit->findings));
  // The record as it stands tells its scope and how far this workstation had seen it.
  station_->read([this, request, id = *id, &collection, changes = std::move(edit->changes),
                  respond = std::move(respond)](View& view) {
    const auto found = view.find({collection.no, id});
    if (!found) return respond(platform::error_response(found.error()));
    if (!found->shown || found->shown->record.deleted) return refuse(request, unknown_record(), respond);
    save(request,
         {{sync::OpKind::edit, {collection.no, id}, found->shown->record.scope, found->shown->cn, changes, {}}}, 0, 200,
         respond);
  });
}

}  // namespace holdline::agent
