#include "agent/api/records/asked_about.hpp"

#include <algorithm>

#include "agent/api/do_not_call.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/records/near_number.hpp"
#include "agent/api/records/saved_queries.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/callbacks/promise_room.hpp"
#include "agent/view/calling_hours.hpp"
#include "agent/view/duplicates.hpp"

namespace holdline::agent {

sync::Record with_changes(sync::Record record, std::span<const sync::FieldChange> changes) {
  for (const sync::FieldChange& change : changes)
    if (change.adds.empty() && change.removes.empty()) record.fields[change.field] = change.value;
  return record;
}

namespace {

using Json = nlohmann::json;

Json json_of(const std::vector<Duplicate>& duplicates) {
  Json list = Json::array();
  for (const Duplicate& one : duplicates)
    list.push_back({{"id", one.id.text()},
                    {"name", one.name},
                    {"city", one.city},
                    {"same", one.field},
                    {"label", one.label},
                    {"similarity", one.similarity}});
  return list;
}

// A new record by itself.
sync::Record record_of(const sync::Schema& schema, const sync::Op& op) {
  sync::Record record;
  record.key = op.record;
  record.scope = op.scope;
  record.fields.resize(schema.collection(op.record.collection)->fields.size());
  return with_changes(std::move(record), op.changes);
}

// The numbers and e-mail addresses that a customer has, as duplicates_of() takes those that are added.
std::vector<sync::Op> keys_of(const sync::Schema& schema, PersonView& view, const sync::Id& customer) {
  std::vector<sync::Op> keys;
  for (const char* name : {"phone", "email"}) {
    const sync::Collection& kind = *schema.collection(name);
    const auto children = view.children(kind, customer);
    if (!children) continue;
    for (const Shown& child : children->shown) {
      const sync::Value& key = child.record.fields[*kind.natural_key];
      keys.push_back({sync::OpKind::create,
                      child.record.key,
                      child.record.scope,
                      0,
                      {{*kind.natural_key, sync::Value(sync::Null{}), key, {}, {}}},
                      {}});
    }
  }
  return keys;
}

// Of whom the change makes the customer look like another, or more like one: who did before was asked about then.
std::vector<Duplicate> made_alike(const sync::Schema& schema, PersonView& view, const sync::Record& before,
                                  const sync::Record& after) {
  const auto keys = keys_of(schema, view, before.key.id);
  auto alike = duplicates_of(schema, view, after, Compared::all, keys);
  const auto known = alike.empty() ? alike : duplicates_of(schema, view, before, Compared::all, keys);
  std::erase_if(alike, [&](const Duplicate& one) {
    return std::ranges::any_of(known, [&](const Duplicate& old) {
      return old.id == one.id && old.field == one.field && old.similarity >= one.similarity;
    });
  });
  return alike;
}

// Of a customer: whether the changes may make it look like another one.
bool tells_who(const sync::Collection& customers, const std::vector<sync::FieldChange>& changes) {
  return std::ranges::any_of(changes, [&](const sync::FieldChange& change) {
    const sync::SearchKind search = customers.fields[change.field].search;
    return search == sync::SearchKind::name || search == sync::SearchKind::place ||
           search == sync::SearchKind::reference;
  });
}

// Of a callback: whether it is another call than was promised.
bool tells_whom_to_call(const sync::Collection& callbacks, const std::vector<sync::FieldChange>& changes) {
  return std::ranges::any_of(changes, [&](const sync::FieldChange& change) {
    const std::string& name = callbacks.fields[change.field].name;
    return name == "phone" || name == "purpose";
  });
}

// The customer whom a record names, or on whom it hangs; none for customers themselves.
std::optional<sync::Id> customer_of(const sync::Schema& schema, const sync::Record& record) {
  const sync::Collection& collection = *schema.collection(record.key.collection);
  const auto field = collection.parent ? collection.parent : collection.field("customer");
  if (!field || collection.fields[*field].target != schema.collection(of::customer)->no) return std::nullopt;
  const auto* id = std::get_if<sync::Id>(&record.fields[*field]);
  return id ? std::optional(*id) : std::nullopt;
}

void ask_about_number(Workstation& station, PersonView& view, const sync::Record& record,
                      std::span<const sync::FieldChange> changes, std::vector<sync::Finding>& findings) {
  if (const auto customer = customer_of(station.schema(), record))
    ask_about_exchanged_digits(view, station.schema(), *customer, record.key, changes, station.site().region, findings);
}

// An entry says what was taken down at the time. Whoever puts another value in the place of one says why: that is kept
// with the action (Acceptance), and the hub keeps what stood there. Steps of its state are work, not corrections.
void ask_why(const sync::Collection& collection, const sync::Record& shown,
             const std::vector<sync::FieldChange>& changes, std::vector<sync::Finding>& findings) {
  if (collection.name != of::entry) return;
  for (const sync::FieldChange& change : changes) {
    const sync::Field& field = collection.fields[change.field];
    const sync::Value& stands = shown.fields[change.field];
    const bool takes_one_value = change.adds.empty() && change.removes.empty();
    if (!takes_one_value || field.policy == sync::MergePolicy::transition || sync::is_null(stands) ||
        stands == change.value)
      continue;
    // What is refused already is not asked about.
    if (std::ranges::find(findings, field.name, &sync::Finding::field) != findings.end()) continue;
    return findings.push_back({field.name, "correction",
                               field.label + " was taken down otherwise: say why it is corrected. What stood there is "
                                             "kept in the history.",
                               sync::Weight::asked});
  }
}

}  // namespace

void ask_about_others(Workstation& station, PersonView& view, Addition& addition) {
  const sync::Schema& schema = station.schema();
  refuse_unknown_targets(view, schema, addition.ops, addition.findings);
  const sync::Record record = record_of(schema, addition.ops.front());
  const std::string& name = schema.collection(record.key.collection)->name;
  if (name == of::callback) {
    ask_about_do_not_call(station, view, record, addition.findings);
    ask_about_room({station.identity().name, station.site(), station.clock().now().wall_ms}, view, schema, record,
                   addition.findings);
    hint_at_hours(schema, station.site(), view, record, addition.ops.front().changes, addition.findings);
  }
  ask_about_number(station, view, record, addition.ops.front().changes, addition.findings);
  refuse_same_query(view, schema, record, addition.findings);
  if (name == of::customer) {
    const auto others = duplicates_of(schema, view, record, Compared::all, addition.ops);
    ask_about(others, addition.findings);
    if (others.empty()) ask_about_deleted(view, schema, record, addition.findings);
  }
}

void ask_about_edit(Workstation& station, PersonView& view, const sync::Record& shown, const sync::Record& after,
                    Edit& edit) {
  const sync::Schema& schema = station.schema();
  const sync::Collection& collection = *schema.collection(shown.key.collection);
  if (collection.name == of::customer && tells_who(collection, edit.changes))
    ask_about(made_alike(schema, view, shown, after), edit.findings);
  if (collection.name == of::callback && tells_whom_to_call(collection, edit.changes))
    ask_about_do_not_call(station, view, after, edit.findings);
  ask_about_number(station, view, after, edit.changes, edit.findings);
  ask_why(collection, shown, edit.changes, edit.findings);
  refuse_same_query(view, schema, after, edit.findings);
  hint_at_hours(schema, station.site(), view, after, edit.changes, edit.findings);
}

namespace {

// Who is here already that a new customer looks like.
std::vector<Duplicate> others_alike(const sync::Schema& schema, PersonView& view, Addition& addition) {
  const sync::Record record = record_of(schema, addition.ops.front());
  refuse_unknown_targets(view, schema, addition.ops, addition.findings);
  auto others = duplicates_of(schema, view, record, Compared::all, addition.ops);
  if (others.empty()) ask_about_deleted(view, schema, record, addition.findings);
  return others;
}

void check_new(Workstation& station, Call call, std::string_view collection_name) {
  const sync::Schema& schema = station.schema();
  auto addition = addition_of(schema, *schema.collection(collection_name), station.default_scope(call.rights()),
                              desk_of(station, call), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  const bool is_customer = collection_name == of::customer;
  read(station, call, [&station, call, is_customer, addition = *std::move(addition)](PersonView& view) mutable {
    std::vector<Duplicate> others;
    if (is_customer)
      others = others_alike(station.schema(), view, addition);
    else
      ask_about_others(station, view, addition);
    const Judged judged = judge_here(station, call, addition.ops, addition.findings, addition.event_ms);
    if (judged.refusal) return call.respond(*judged.refusal);
    call.respond(json_response(
        200,
        {{"schema", "holdline.check/1"}, {"findings", to_json(judged.findings)}, {"duplicates", json_of(others)}}));
  });
}

}  // namespace

void check_customer(Workstation& station, Call call) { check_new(station, std::move(call), of::customer); }
void check_callback(Workstation& station, Call call) { check_new(station, std::move(call), of::callback); }

}  // namespace holdline::agent
