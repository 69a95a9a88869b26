// What became of what was saved: the outbox, conflicts and the proof that both sides hold the same.

#include <algorithm>

#include "agent/api/conflict_choice.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/local_api.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/merge/conflicts.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

platform::HttpResponse unknown(const char* what) {
  return platform::error_response(404, "unknown", std::string("There is no such ") + what + " on this workstation.");
}

const char* kind_name(sync::OpKind kind) {
  switch (kind) {
    case sync::OpKind::create:
      return "create";
    case sync::OpKind::edit:
      return "edit";
    case sync::OpKind::erase_row:
      return "delete";
  }
  return "edit";
}

Json action_json(const sync::Schema& schema, const PendingAction& pending,
                 const std::optional<sync::ActionResult>& result) {
  const sync::Op& first = pending.action.ops.front();
  const sync::Collection* collection = schema.collection(first.record.collection);
  Json json{{"lane", pending.stored.lane},
            {"number", std::to_string(pending.stored.number)},
            {"event_time", sync::format_time(pending.action.header.event_ms)},
            {"collection", collection ? collection->name : ""},
            {"kind", kind_name(first.kind)},
            {"record", first.record.id.text()},
            {"state", state_of(result)},
            {"verdict", result ? Json(verdict_of(*result)) : Json()},
            {"code", result ? result->code : ""},
            {"text", result ? result->text : ""}};
  Json conflicts = Json::array();
  if (result)
    for (const sync::Id& id : result->conflicts) conflicts.push_back(id.text());
  json["conflicts"] = std::move(conflicts);
  return json;
}

Json ops_json(const sync::Schema& schema, const PendingAction& pending) {
  Json ops = Json::array();
  for (const sync::Op& op : pending.action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection) continue;
    Json changes = Json::object();
    for (const sync::FieldChange& change : op.changes) {
      const sync::Field& field = collection->fields[change.field];
      Json told{{"value", to_json(field, change.value)}};
      if (const auto* base = std::get_if<sync::Value>(&change.base)) told["base"] = to_json(field, *base);
      if (!change.adds.empty()) told["add"] = change.adds;
      changes[field.name] = std::move(told);
    }
    ops.push_back({{"kind", kind_name(op.kind)},
                   {"collection", collection->name},
                   {"record", op.record.id.text()},
                   {"scope", op.scope},
                   {"changes", changes}});
  }
  return ops;
}

// The list of display texts that a conflict keeps for people.
std::vector<std::string> kept_texts(const sync::Collection& collection, const sync::Record& conflict,
                                    std::string_view name) {
  const auto* text = std::get_if<std::string>(&conflict.fields[*collection.field(name)]);
  const Json json = text ? Json::parse(*text, nullptr, false) : Json();
  std::vector<std::string> texts;
  if (json.is_array())
    for (const Json& one : json) texts.push_back(one.is_string() ? one.get<std::string>() : "");
  return texts;
}

// A person by name where the roster knows them.
std::string person_name(const Accounts& accounts, const Json& id_text) {
  const auto id = id_text.is_string() ? sync::Id::parse(id_text.get_ref<const std::string&>()) : std::nullopt;
  return id ? accounts.name_of(*id).value_or(std::string()) : std::string();
}

Json conflict_json(const sync::Schema& schema, const Accounts& accounts, const Shown& shown) {
  const sync::Collection& collection = *schema.collection("conflict");
  const sync::Record& record = shown.record;
  const Json fields = to_json(collection, record);
  Json json{{"schema", "holdline.conflict/1"}, {"id", record.key.id.text()}};
  for (const char* name : {"record", "unit", "state", "policy", "about_deletion", "at", "resolution", "resolved_at"})
    json[name] = fields.value(name, Json());
  const Json person = fields.value("by_person", Json());
  json["by"] = {
      {"device", fields.value("by_device", Json())}, {"person", person}, {"name", person_name(accounts, person)}};
  const auto values = sync::conflict_values(schema, record);
  const sync::Collection* subject = values ? schema.collection(values->record.collection) : nullptr;
  json["collection"] = subject ? subject->name : "";
  Json list = Json::array();
  if (subject && !values->about_deletion) {
    const auto base = kept_texts(collection, record, "base"), current = kept_texts(collection, record, "current"),
               other = kept_texts(collection, record, "other");
    const auto& unit = subject->units[values->unit].fields;
    for (std::size_t i = 0; i < unit.size() && i < std::min({base.size(), current.size(), other.size()}); ++i)
      list.push_back(
          {{"field", subject->fields[unit[i]].name}, {"base", base[i]}, {"current", current[i]}, {"other", other[i]}});
  }
  json["fields"] = std::move(list);
  return json;
}

std::int64_t time_of(const sync::Collection& collection, const Shown& conflict) {
  const auto* at = std::get_if<std::int64_t>(&conflict.record.fields[*collection.field("at")]);
  return at ? *at : 0;
}

// The oldest conflicts of one state, or of all, and how many there are.
struct Conflicts {
  std::vector<Shown> oldest;
  std::size_t total = 0;
};
Result<Conflicts> conflicts_in(View& view, const sync::Collection& collection, const std::string& state,
                               std::size_t limit) {
  constexpr std::size_t page = 500;
  Conflicts found;
  const auto age = [&](const Shown& shown) { return std::pair(time_of(collection, shown), shown.record.key); };
  sync::Id before;
  for (;;) {
    HOLDLINE_ASSIGN(auto many, view.list(collection, before, page));
    const bool last = many.shown.size() < page;
    if (!last) before = many.shown.back().record.key.id;
    for (Shown& shown : many.shown) {
      if (state != "all" && shown.record.fields[*collection.field("state")] != sync::Value(state)) continue;
      ++found.total;
      found.oldest.push_back(std::move(shown));
    }
    std::ranges::sort(found.oldest, {}, age);
    if (found.oldest.size() > limit) found.oldest.resize(limit);
    if (last) return found;
  }
}

}  // namespace

void LocalApi::list_outbox(const Request& request, std::string_view, Respond respond) {
  constexpr std::size_t most = 1'000;
  const std::size_t limit = limit_of(request.query, 50, most);
  const auto items = station_->outbox().run([&](Outbox& outbox) -> Result<Json> {
    HOLDLINE_ASSIGN(const auto refs, outbox.list(limit));
    Json list = Json::array();
    for (const sync::ActionRef& ref : refs) {
      HOLDLINE_ASSIGN(const auto pending, outbox.find(station_->schema(), ref));
      if (pending) list.push_back(action_json(station_->schema(), *pending, outbox.result_of(ref)));
    }
    return list;
  });
  respond(items ? json_response(200, {{"schema", "holdline.outbox/1"}, {"items", *items}})
                : platform::error_response(items.error()));
}

void LocalApi::show_action(const Request&, std::string_view rest, Respond respond) {
  const auto ref = action_ref_of(rest);
  if (!ref) return respond(unknown("action"));
  const auto shown = station_->outbox().run([&](Outbox& outbox) -> Result<std::optional<Json>> {
    HOLDLINE_ASSIGN(const auto pending, outbox.find(station_->schema(), *ref));
    if (!pending) return std::optional<Json>();
    Json json = action_json(station_->schema(), *pending, outbox.result_of(*ref));
    json["schema"] = "holdline.action/1";
    json["ops"] = ops_json(station_->schema(), *pending);
    return std::optional(std::move(json));
  });
  if (!shown) return respond(platform::error_response(shown.error()));
  respond(*shown ? json_response(200, **shown) : unknown("action"));
}

void LocalApi::export_outbox(const Request&, std::string_view, Respond respond) {
  const auto text = station_->outbox().run([&](Outbox& outbox) { return outbox.export_pending(station_->schema()); });
  if (!text) return respond(platform::error_response(text.error()));
  platform::HttpResponse response;
  response.body = *text;
  respond(std::move(response));
}

void LocalApi::list_conflicts(const Request& request, std::string_view, Respond respond) {
  constexpr std::size_t most = 200;
  const auto asked = request.query.find("state");
  const std::string state = asked == request.query.end() ? "open" : asked->second;
  station_->read([this, state, limit = limit_of(request.query, most, most), respond = std::move(respond)](View& view) {
    const auto found = conflicts_in(view, *station_->schema().collection("conflict"), state, limit);
    if (!found) return respond(platform::error_response(found.error()));
    Json items = Json::array();
    for (const Shown& shown : found->oldest)
      items.push_back(conflict_json(station_->schema(), station_->accounts(), shown));
    respond(json_response(200, {{"schema", "holdline.conflicts/1"}, {"total", found->total}, {"items", items}}));
  });
}

void LocalApi::show_conflict(const Request&, std::string_view id_text, Respond respond) {
  const auto id = sync::Id::parse(id_text);
  if (!id) return respond(unknown("conflict"));
  station_->read([this, id = *id, respond = std::move(respond)](View& view) {
    const auto found = view.find({station_->schema().collection("conflict")->no, id});
    if (!found) return respond(platform::error_response(found.error()));
    respond(found->shown ? json_response(200, conflict_json(station_->schema(), station_->accounts(), *found->shown))
                         : unknown("conflict"));
  });
}

void LocalApi::resolve_conflict(const Request& request, std::string_view rest, Respond respond) {
  constexpr std::string_view verb = "/resolve";
  const auto id = rest.ends_with(verb) ? sync::Id::parse(rest.substr(0, rest.size() - verb.size())) : std::nullopt;
  if (!id) return respond(unknown("conflict"));
  auto chosen = resolution_of(request.body);
  if (!chosen) return respond(platform::error_response(chosen.error()));
  station_->read([this, request, id = *id, chosen = std::move(*chosen), respond = std::move(respond)](View& view) {
    const sync::Schema& schema = station_->schema();
    const sync::Collection& collection = *schema.collection("conflict");
    const auto found = view.find({collection.no, id});
    if (!found) return respond(platform::error_response(found.error()));
    if (!found->shown) return respond(unknown("conflict"));
    if (found->shown->record.fields[*collection.field("state")] == sync::Value(std::string("resolved")))
      return refuse(request,
                    platform::error_response(409, "resolved-already", "Somebody has resolved this conflict already."),
                    respond);
    const auto values = sync::conflict_values(schema, found->shown->record);
    if (!values) return respond(platform::error_response(values.error()));
    if (values->about_deletion && chosen.take_other)
      return respond(
          platform::error_response(422, "not-here", "Deleting after a conflict is done by deleting the record again."));
    const auto subject = view.find(values->record);
    if (!subject) return respond(platform::error_response(subject.error()));
    const bool gone = !subject->shown || subject->shown->record.deleted;
    if (chosen.take_other && gone)
      return refuse(request,
                    platform::error_response(409, "record-gone",
                                             "The record is not on this workstation any more, so the other value has "
                                             "nowhere to go. Add the record again, or choose the current value."),
                    respond);
    save(request, ops_of_choice(schema, *found->shown, *values, subject->shown, chosen.take_other, chosen.reason), 0,
         200, respond);
  });
}

void LocalApi::verify(const Request&, std::string_view, Respond respond) {
  station_->engine([this, respond = std::move(respond)](Engine& engine, Replica& replica) {
    const auto rows = replica.check_rows();
    const auto& told = engine.ledger_digests();
    const sync::Cursor cursor = replica.position().cursor;
    std::map<sync::DigestKey, sync::Hash> ledger;
    if (told.at == cursor)
      for (const sync::DigestRoot& root : told.roots) ledger[root.key] = root.root;
    bool all = rows.has_value();
    Json items = Json::array();
    for (const auto& [key, leaves] : replica.digests().all()) {
      const std::string own = sync::to_hex(sync::root_of(leaves).view());
      const auto theirs = ledger.find(key);
      const bool known = theirs != ledger.end();
      const bool equal = known && sync::to_hex(theirs->second.view()) == own;
      all = all && equal;
      const sync::Collection* collection = station_->schema().collection(key.collection);
      items.push_back({{"scope", key.scope},
                       {"collection", collection ? collection->name : ""},
                       {"group", key.group},
                       {"replica", own},
                       {"ledger", known ? Json(sync::to_hex(theirs->second.view())) : Json()},
                       {"recomputed", rows ? Json(own) : Json()},
                       {"equal", known ? Json(equal && rows.has_value()) : Json()}});
    }
    Json json{{"schema", "holdline.verify/1"}, {"equal", all}, {"cn", std::to_string(cursor.cn)}, {"digests", items}};
    if (!rows) json["damage"] = rows.error().message;
    respond(json_response(200, json));
    if (!rows && rows.error().code == "replica-damaged") engine.replica_is_damaged();
  });
}

}  // namespace holdline::agent
