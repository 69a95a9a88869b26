// Conflicts: what two people changed at once, listed, shown, resolved.

#include <algorithm>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/view/conflict_choice.hpp"
#include "agent/view/open_conflicts.hpp"
#include "sync/form/same_customer.hpp"
#include "sync/merge/conflicts.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// A person by name where the roster knows them.
std::string person_name(const Accounts& accounts, const Json& id_text, const std::string& import = {}) {
  const auto id = id_text.is_string() ? sync::Id::parse(id_text.get_ref<const std::string&>()) : std::nullopt;
  if (id && id->is_nil()) return import.empty() ? "an import at the hub" : import;
  return id ? accounts.name_of(*id).value_or(std::string()) : std::string();
}

// Which customer the record is, hangs on or names.
std::optional<sync::Id> customer_of(const sync::Collection& customers, const sync::Collection& subject,
                                    const sync::Record& record) {
  if (subject.no == customers.no) return record.key.id;
  for (std::size_t i = 0; i < subject.fields.size(); ++i)
    if (subject.fields[i].target == customers.no)
      if (const auto* id = std::get_if<sync::Id>(&record.fields[i])) return *id;
  return std::nullopt;
}

// Whom it is about, as far as this workstation has them: whoever decides has to know.
Json about_json(const sync::Schema& schema, PersonView& view, const sync::Collection* subject, const Json& record) {
  Json about{{"customer", nullptr}, {"name", ""}};
  const auto id = record.is_string() ? sync::Id::parse(record.get_ref<const std::string&>()) : std::nullopt;
  const auto found = subject && id ? view.find({subject->no, *id}) : View::RecordResult{};
  if (!found || !found->shown) return about;
  const sync::Collection& customers = *schema.collection(of::customer);
  if (const auto customer = customer_of(customers, *subject, found->shown->record)) {
    about["customer"] = customer->text();
    if (const auto known = view.find({customers.no, *customer}); known && known->shown)
      about["name"] = sync::full_name(customers, known->shown->record);
  } else if (const auto name = subject->field("name")) {
    if (const auto* text = std::get_if<std::string>(&found->shown->record.fields[*name])) about["name"] = *text;
  }
  return about;
}

// The other record of a conflict about two, as far as it is here and the person sees it.
Json other_json(const sync::Schema& schema, PersonView& view, const sync::RecordKey& key, bool deleted) {
  Json json{{"id", key.id.text()}, {"name", ""}, {"deleted", deleted}};
  const sync::Collection* collection = schema.collection(key.collection);
  const auto found = collection ? view.find(key) : Result<View::RecordResult>(View::RecordResult{});
  if (found && found->shown) json["name"] = display_name(*collection, found->shown->record);
  return json;
}

// Both values of each field, what stood before them, and what stands by now.
Json values_json(const sync::Collection& subject, PersonView& view, const sync::ConflictValues& values,
                 const sync::ConflictTexts& texts) {
  Json list = Json::array();
  const auto& unit = subject.units[values.unit].fields;
  const std::size_t told = std::min({unit.size(), texts.base.size(), texts.current.size(), texts.other.size()});
  const auto found = told == 0 ? View::RecordResult{} : view.find(values.record).value_or(View::RecordResult{});
  for (std::size_t i = 0; i < told; ++i)
    list.push_back({{"field", subject.fields[unit[i]].name},
                    {"label", subject.fields[unit[i]].label},
                    {"base", texts.base[i]},
                    {"current", texts.current[i]},
                    {"other", texts.other[i]},
                    {"now", found.shown ? Json(sync::display(found.shown->record.fields[unit[i]])) : Json()}});
  return list;
}

Json conflict_json(const sync::Schema& schema, const Accounts& accounts, PersonView& view, const Shown& shown) {
  const sync::Collection& collection = *schema.collection("conflict");
  const sync::Record& record = shown.record;
  const sync::ConflictOrigin origin = sync::conflict_origin(schema, record);
  const Json fields = to_json(collection, record);
  Json json{{"schema", "holdline.conflict/1"}, {"id", record.key.id.text()}};
  for (const char* name : {"record", "unit", "state", "policy", "about_deletion", "at", "resolution", "resolved_at"})
    json[name] = fields.value(name, Json());
  const Json resolver = fields.value("resolved_by", Json());
  json["resolved_by"] = {{"person", resolver}, {"name", person_name(accounts, resolver)}};
  const Json person = fields.value("by_person", Json());
  json["by"] = {{"device", fields.value("by_device", Json())},
                {"person", person},
                {"name", person_name(accounts, person, origin.import)}};
  // In lists the values are left out, and the collection stands by its number alone.
  const auto* number = std::get_if<std::int64_t>(&record.fields[*collection.field("collection")]);
  const sync::Collection* subject = number ? schema.collection(static_cast<sync::CollectionNo>(*number)) : nullptr;
  const auto values = sync::conflict_values(schema, record);
  json["collection"] = subject ? subject->name : "";
  json["about"] = about_json(schema, view, subject, json["record"]);
  json["duplicate_of"] =
      origin.duplicate_of ? other_json(schema, view, *origin.duplicate_of, origin.other_deleted) : Json();
  const auto texts = sync::conflict_texts(schema, record);
  const bool valued = subject && values && texts && !values->about_deletion;
  json["fields"] = valued ? values_json(*subject, view, *values, *texts) : Json::array();
  json["hidden"] = values && values->hidden;
  return json;
}

std::int64_t time_of(const sync::Collection& collection, const Shown& conflict) {
  const auto* at = std::get_if<std::int64_t>(&conflict.record.fields[*collection.field("at")]);
  return at ? *at : 0;
}

// The oldest conflicts of one state, or of all, after one of them, and how many there are in all.
struct Conflicts {
  std::vector<Shown> oldest;
  std::size_t total = 0;
  bool more = false;
};
Result<Conflicts> conflicts_in(const Workstation& station, PersonView& view, const std::string& state,
                               const sync::Id& after, std::size_t limit) {
  const sync::Collection& collection = *station.schema().collection("conflict");
  const bool practised = station.contingency().had_drill();
  constexpr std::size_t page = 500;
  Conflicts found;
  const auto age = [&](const Shown& shown) { return std::pair(time_of(collection, shown), shown.record.key); };
  using Age = std::pair<std::int64_t, sync::RecordKey>;
  std::optional<Age> from;
  if (!after.is_nil()) {
    HOLDLINE_ASSIGN(const auto last_shown, view.find({collection.no, after}));
    if (last_shown.shown) from = age(*last_shown.shown);
  }
  sync::Id before;
  for (;;) {
    HOLDLINE_ASSIGN(auto many, view.list(collection, before, page));
    const bool last = many.shown.size() < page;
    if (!last) before = many.shown.back().record.key.id;
    for (Shown& shown : many.shown) {
      if (state != "all" && shown.record.fields[*collection.field("state")] != sync::Value(state)) continue;
      if (practised && is_about_practice(view, station.schema(), shown.record)) continue;
      ++found.total;
      if (!from || age(shown) > *from) found.oldest.push_back(std::move(shown));
    }
    std::ranges::sort(found.oldest, {}, age);
    found.more = found.more || found.oldest.size() > limit;
    if (found.oldest.size() > limit) found.oldest.resize(limit);
    if (last) return found;
  }
}

void list_conflicts(Workstation& station, Call call) {
  constexpr std::size_t most = 200;
  const auto asked = call.request.query.find("state");
  const std::string state = asked == call.request.query.end() ? "open" : asked->second;
  if (state != "open" && state != "decided" && state != "resolved" && state != "all")
    return call.respond(platform::error_response(400, "malformed", "`state` can be open, decided, resolved or all."));
  const auto after = id_of(call.request.query, "after");
  if (!after) return call.respond(platform::error_response(400, "malformed", "`after` must be the id of a conflict."));
  read(
      station, call,
      [&station, state, after = *after, limit = limit_of(call.request.query, most, most),
       respond = call.respond](PersonView& view) {
        const auto found = conflicts_in(station, view, state, after, limit);
        if (!found) return respond(platform::error_response(found.error()));
        Json items = Json::array();
        for (const Shown& shown : found->oldest) {
          items.push_back(conflict_json(station.schema(), station.accounts(), view, shown));
          items.back().erase("hidden");  // in lists all values are left out
        }
        respond(json_response(200, {{"schema", "holdline.conflicts/1"},
                                    {"total", found->total},
                                    {"items", items},
                                    {"next", found->more ? Json(found->oldest.back().record.key.id.text()) : Json()}}));
      });
}

void show_conflict(Workstation& station, Call call) {
  const auto id = sync::Id::parse(call.rest);
  if (!id) return call.respond(unknown_record("conflict"));
  read(station, call, [&station, id = *id, respond = call.respond](PersonView& view) {
    const auto found = view.find({station.schema().collection("conflict")->no, id});
    if (!found) return respond(platform::error_response(found.error()));
    respond(found->shown ? json_response(200, conflict_json(station.schema(), station.accounts(), view, *found->shown))
                         : unknown_record("conflict"));
  });
}

// Of two who decide one conflict at once the second is told what the first one did. Who and when is the hub's to write.
platform::HttpResponse resolved_already(const Workstation& station, const sync::Collection& collection,
                                        const Shown& conflict) {
  const Json fields = to_json(collection, conflict.record);
  const std::string name = person_name(station.accounts(), fields.value("resolved_by", Json())),
                    at = fields.value("resolved_at", ""), reason = fields.value("resolution", "");
  const std::string by = !name.empty()               ? " by " + name
                         : conflict.pending.empty() ? ""
                                                    : " on this PC, and the hub does not have that yet";
  return platform::error_response(409, "resolved-already",
                                  "This conflict was decided already" + by + (at.empty() ? "" : " at " + at) +
                                      (reason.empty() ? "." : ": " + reason));
}

// On the reading thread: what the conflict shows decides what the choice comes to.
void resolve_shown(Workstation& station, const Call& call, PersonView& view, const sync::Id& id,
                   const Resolution& chosen) {
  const sync::Schema& schema = station.schema();
  const sync::Collection& collection = *schema.collection("conflict");
  const auto found = view.find({collection.no, id});
  if (!found) return call.respond(platform::error_response(found.error()));
  if (!found->shown) return refuse_unless_saved(station, call, unknown_record("conflict"));
  if (found->shown->record.fields[*collection.field("state")] == sync::Value(std::string("resolved")))
    return refuse_unless_saved(station, call, resolved_already(station, collection, *found->shown));
  const auto values = sync::conflict_values(schema, found->shown->record);
  if (!values) return call.respond(platform::error_response(values.error()));
  if (values->about_deletion && chosen.take_other)
    return call.respond(
        platform::error_response(422, "not-here", "Deleting after a conflict is done by deleting the record again."));
  if (chosen.take_other && sync::conflict_origin(schema, found->shown->record).duplicate_of)
    return call.respond(platform::error_response(
        422, "not-here",
        "Both records have the same value: merge them, or give one of them another. The conflict is settled by that. "
        "To leave both as they are, choose current."));
  if (values->hidden && chosen.take_other)
    return call.respond(platform::error_response(
        422, "not-visible",
        "This workstation may not hold these values. Resolve the conflict where they are shown, or keep the current "
        "value."));
  const auto subject = view.find(values->record);
  if (!subject) return call.respond(platform::error_response(subject.error()));
  const bool gone = !subject->shown || subject->shown->record.deleted;
  if (chosen.take_other && gone)
    return refuse_unless_saved(
        station, call,
        platform::error_response(409, "record-gone",
                                 "The record is not on this workstation any more, so the other value has nowhere to "
                                 "go. Add the record again, or choose the current value."));
  save(station, call, ops_of_choice(schema, *found->shown, *values, subject->shown, chosen.take_other, chosen.reason),
       {});
}

void resolve_conflict(Workstation& station, Call call) {
  constexpr std::string_view verb = "/resolve";
  const std::string_view rest = call.rest;
  const auto id = rest.ends_with(verb) ? sync::Id::parse(rest.substr(0, rest.size() - verb.size())) : std::nullopt;
  if (!id) return call.respond(unknown_record("conflict"));
  auto chosen = resolution_of(call.request.body);
  if (!chosen) return call.respond(platform::error_response(chosen.error()));
  read(station, call, [&station, call, id = *id, chosen = std::move(*chosen)](PersonView& view) {
    resolve_shown(station, call, view, id, chosen);
  });
}

}  // namespace

std::span<const Route> conflict_routes() {
  static constexpr Route table[] = {
      {"GET", "/conflicts", list_conflicts},
      {"GET", "/conflicts/{id}", show_conflict},
      {"POST", "/conflicts/{id}/resolve", resolve_conflict},
  };
  return table;
}

}  // namespace holdline::agent
