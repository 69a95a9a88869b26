// What became of what was saved: the outbox.

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

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

void list_outbox(Workstation& station, Call call) {
  constexpr std::size_t most = 1'000;
  const std::size_t limit = limit_of(call.request.query, 50, most);
  const auto items = station.outbox().run([&](Outbox& outbox) -> Result<Json> {
    HOLDLINE_ASSIGN(const auto refs, outbox.list(limit));
    Json list = Json::array();
    for (const sync::ActionRef& ref : refs) {
      HOLDLINE_ASSIGN(const auto pending, outbox.find(station.schema(), ref));
      if (pending) list.push_back(action_json(station.schema(), *pending, outbox.result_of(ref)));
    }
    return list;
  });
  call.respond(items ? json_response(200, {{"schema", "holdline.outbox/1"}, {"items", *items}})
                     : platform::error_response(items.error()));
}

void show_action(Workstation& station, Call call) {
  const auto ref = action_ref_of(call.rest);
  if (!ref) return call.respond(unknown_record("action"));
  const auto shown = station.outbox().run([&](Outbox& outbox) -> Result<std::optional<Json>> {
    HOLDLINE_ASSIGN(const auto pending, outbox.find(station.schema(), *ref));
    if (!pending) return std::optional<Json>();
    Json json = action_json(station.schema(), *pending, outbox.result_of(*ref));
    json["schema"] = "holdline.action/1";
    json["ops"] = ops_json(station.schema(), *pending);
    return std::optional(std::move(json));
  });
  if (!shown) return call.respond(platform::error_response(shown.error()));
  call.respond(*shown ? json_response(200, **shown) : unknown_record("action"));
}

void export_outbox(Workstation& station, Call call) {
  const auto text = station.outbox().run([&](Outbox& outbox) { return outbox.export_pending(station.schema()); });
  if (!text) return call.respond(platform::error_response(text.error()));
  platform::HttpResponse response;
  response.body = *text;
  call.respond(std::move(response));
}

}  // namespace

std::span<const Route> outbox_routes() {
  static constexpr Route table[] = {
      {"GET", "/outbox", list_outbox},
      {"GET", "/outbox/export", export_outbox},
      {"GET", "/outbox/", show_action},
  };
  return table;
}

}  // namespace holdline::agent
