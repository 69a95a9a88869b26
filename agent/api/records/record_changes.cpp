// Records through the local API: added, changed, deleted.

#include <algorithm>
#include <iterator>
#include <map>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/records/asked_about.hpp"
#include "agent/api/records/near_number.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/contingency/incident_records.hpp"
#include "agent/outbox/action_draft.hpp"
#include "agent/paper/paper_records.hpp"
#include "agent/runbook/run_records.hpp"
#include "agent/view/duplicates.hpp"
#include "agent/view/merging.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/groups.hpp"
#include "sync/form/due.hpp"
#include "sync/merge/merge.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

bool names_others(std::span<const sync::Op> ops) {
  return std::ranges::any_of(ops, [](const sync::Op& op) {
    return std::ranges::any_of(
        op.changes, [](const sync::FieldChange& change) { return std::holds_alternative<sync::Id>(change.value); });
  });
}

void add(Workstation& station, Call call, std::string_view collection_name) {
  const sync::Schema& schema = station.schema();
  auto addition = addition_of(schema, *schema.collection(collection_name), station.default_scope(call.rights()),
                              desk_of(station, call), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  const auto save_it = [&station](const Call& of, Addition added) {
    save(station, of, std::move(added.ops), saving_of(added));
  };
  if (collection_name == "manual_entry" && !names_others(addition->ops)) return save_it(call, *std::move(addition));
  read(station, call, [&station, call, save_it, addition = *std::move(addition)](PersonView& view) mutable {
    ask_about_others(station, view, addition);
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
  auto edit = edit_of(call.request.body);
  if (!edit) return call.respond(platform::error_response(edit.error()));
  // The record as it stands tells its scope, how far this workstation had seen it, and the rest of a merge group.
  read(station, call, [&station, call, id = *id, &collection, edit = *std::move(edit)](PersonView& view) mutable {
    const auto found = view.find({collection.no, id});
    if (!found) return call.respond(platform::error_response(found.error()));
    if (!found->shown || found->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("record"));
    const Shown& shown = *found->shown;
    const Desk desk = desk_of(station, call);
    read_changes(collection, desk, shown.record, edit);
    if (edit.cn && *edit.cn != shown.cn && sync::missing_of_group(collection, edit.changes))
      return refuse_unless_saved(station, call, changed_meanwhile());
    std::ranges::move(sync::put_right(collection, desk.site, &shown.record, edit.changes),
                      std::back_inserter(edit.findings));
    std::ranges::move(sync::due_times(station.schema(), collection, &shown.record, edit.changes),
                      std::back_inserter(edit.changes));
    std::ranges::sort(edit.changes, {}, &sync::FieldChange::field);
    sync::complete_groups(collection, shown.record, edit.changes);
    sync::Record after = with_changes(shown.record, edit.changes);
    ask_about_edit(station, view, shown.record, after, edit);
    std::ranges::move(sync::look_over(collection, edit.changes, &shown.record, desk.now_ms, desk.now_ms),
                      std::back_inserter(edit.findings));
    std::vector<sync::Op> ops{
        {sync::OpKind::edit, {collection.no, id}, shown.record.scope, shown.cn, std::move(edit.changes), {}}};
    refuse_unknown_targets(view, station.schema(), ops, edit.findings);
    save(station, call, std::move(ops),
         {desk.now_ms, {}, std::move(edit.findings), std::move(edit.accept), {}, std::move(after)});
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
  auto addition = child_addition_of(collection, *parent, desk_of(station, call), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  read(station, call,
       [&station, call, &customers, id = *parent, added = *std::move(addition)](PersonView& view) mutable {
         const auto found = view.find({customers.no, id});
         if (!found) return call.respond(platform::error_response(found.error()));
         if (!found->shown || found->shown->record.deleted)
           return refuse_unless_saved(station, call, unknown_record("customer"));
         added.ops.front().scope = found->shown->record.scope;
         refuse_other_extension(view, station.schema(), id, added.ops.front(), added.findings);
         ask_about_exchanged_digits(view, station.schema(), id, added.ops.front().record, added.ops.front().changes,
                                    station.site().region, added.findings);
         ask_about(duplicates_of(station.schema(), view, found->shown->record, Compared::keys, added.ops),
                   added.findings);
         save(station, call, std::move(added.ops), saving_of(added));
       });
}

// An entry that keeps why something was deleted or merged, in the same action. It is its first op.
sync::Op note_about(const sync::Schema& schema, const sync::Collection& collection, const Shown& shown,
                    const std::string& text) {
  const sync::Collection& entries = *schema.collection("manual_entry");
  sync::Op note{sync::OpKind::create, {entries.no, created_here(0)}, shown.record.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    note.changes.push_back({*entries.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  set("kind", std::string("note"));
  set("note", text);
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
    const Shown& shown = *found->shown;
    std::vector<sync::Op> ops{
        note_about(station.schema(), collection, shown, collection.label + " deleted: " + reason)};
    auto erased = erasing_ops(view, own, shown);
    if (!erased) return call.respond(platform::error_response(erased.error()));
    std::ranges::move(*erased, std::back_inserter(ops));
    save(station, call, std::move(ops), {});
  });
}

// Two customers who are one, or who were taken for one. Refused to whoever may not decide it by the rules of save().
void merge_customer(Workstation& station, Call call, std::string_view id_text, bool parts) {
  const auto id = sync::Id::parse(id_text);
  auto json = platform::JsonObject::parse(call.request.body);
  const auto other = parts ? id : sync::Id::parse(json.text("into"));
  const std::string reason = json.text("reason");
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  if (!id || !other) return call.respond(unknown_record("customer"));
  if (reason.empty()) return call.respond(platform::error_response(422, "invalid", "Give the reason; it is kept."));
  read(station, call, [&station, call, id = *id, other = *other, reason, parts](PersonView& view) {
    const sync::Schema& schema = station.schema();
    const sync::Collection& customers = *schema.collection(of::customer);
    const auto one = view.find({customers.no, id}), into = view.find({customers.no, other});
    if (!one || !into) return call.respond(platform::error_response(one ? into.error() : one.error()));
    const auto is_live = [](const View::RecordResult& found) { return found.shown && !found.shown->record.deleted; };
    if (!is_live(*one) || !is_live(*into)) return refuse_unless_saved(station, call, unknown_record("customer"));
    const auto refused = [](const Error& error) { return platform::error_response(409, error.code, error.message); };
    std::vector<sync::Op> ops{note_about(schema, customers, *into->shown,
                                         parts ? "Customer stands for itself again: " + reason
                                               : "Customer " + id.text() + " merged into this one: " + reason)};
    if (parts) {
      auto op = parting_op(schema, *one->shown);
      if (!op) return refuse_unless_saved(station, call, refused(op.error()));
      ops.push_back(*std::move(op));
    } else {
      auto merging = merging_ops(view, schema, *one->shown, *into->shown);
      if (!merging) return refuse_unless_saved(station, call, refused(merging.error()));
      std::ranges::move(*merging, std::back_inserter(ops));
    }
    save(station, call, std::move(ops), {});
  });
}

// POST /customers/ID/merge and …/part
void merge_or_part(Workstation& station, Call call) {
  const std::string rest = call.rest;
  const std::string_view id = std::string_view(rest).substr(0, rest.find('/'));
  merge_customer(station, std::move(call), id, rest.ends_with("/part"));
}

// The scope of a child is that of the record it hangs on.
void add_anywhere(Workstation& station, Call call, const sync::Collection& collection) {
  if (!collection.parent) return add(station, std::move(call), collection.name);
  const sync::Schema& schema = station.schema();
  auto addition =
      addition_of(schema, collection, station.default_scope(call.rights()), desk_of(station, call), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  read(station, call, [&station, call, &collection, added = *std::move(addition)](PersonView& view) mutable {
    sync::Op& op = added.ops.front();
    const auto at = std::ranges::find(op.changes, *collection.parent, &sync::FieldChange::field);
    const auto* parent = at == op.changes.end() ? nullptr : std::get_if<sync::Id>(&at->value);
    if (parent) {
      const auto found = view.find({collection.fields[*collection.parent].target, *parent});
      if (!found) return call.respond(platform::error_response(found.error()));
      if (!found->shown || found->shown->record.deleted)
        return refuse_unless_saved(station, call, unknown_record("customer"));
      op.scope = found->shown->record.scope;
    }
    refuse_unknown_targets(view, station.schema(), added.ops, added.findings);
    save(station, call, std::move(added.ops), saving_of(added));
  });
}

void add_any(Workstation& station, Call call) {
  if (!is_open_to_all(station.schema(), call.rest)) return call.respond(unknown_record("collection"));
  const sync::Collection& collection = *station.schema().collection(call.rest);
  add_anywhere(station, std::move(call), collection);
}

void edit_any(Workstation& station, Call call) {
  const std::string rest = call.rest;
  const auto slash = rest.find('/');
  const std::string kind = rest.substr(0, slash);
  if (slash == std::string::npos || !is_open_to_all(station.schema(), kind))
    return call.respond(unknown_record("collection"));
  call.rest = rest.substr(slash + 1);
  edit(station, std::move(call), kind);
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

bool is_open_to_all(const sync::Schema& schema, std::string_view name) {
  const sync::Collection* collection = schema.collection(name);
  return collection && !collection->built_in && name != "suppression" && name != "data_export" &&
         name != "outage_report" && name != "service_state" && name != contingency::pad_collection &&
         name != contingency::use_collection && name != "posting" && name != "promise_capacity" &&
         (name == "callback_request" || !name.starts_with("callback_")) && !is_of_incidents(schema, collection->no) &&
         !is_of_runs(schema, collection->no);
}

std::span<const Route> record_change_routes() {
  static constexpr Route table[] = {
      {"POST", "/customers", add_one<of::customer>},
      {"POST", "/customers/check", check_customer},  // while it is typed
      {"PATCH", "/customers/{id}", edit_one<of::customer>},
      {"DELETE", "/customers/{id}", erase_one<of::customer>},
      {"POST", "/customers/{id}/phones", add_child},
      {"POST", "/customers/{id}/emails", add_child},
      {"POST", "/customers/{id}/addresses", add_child},
      {"POST", "/customers/{id}/merge", merge_or_part},
      {"POST", "/customers/{id}/part", merge_or_part},
      {"PATCH", "/phones/{id}", edit_one<of::phone>},
      {"DELETE", "/phones/{id}", erase_one<of::phone>},
      {"PATCH", "/emails/{id}", edit_one<of::email>},
      {"DELETE", "/emails/{id}", erase_one<of::email>},
      {"PATCH", "/addresses/{id}", edit_one<of::address>},
      {"DELETE", "/addresses/{id}", erase_one<of::address>},
      {"POST", "/entries", add_one<of::entry>},
      {"PATCH", "/entries/{id}", edit_one<of::entry>},
      {"DELETE", "/entries/{id}", erase_one<of::entry>},
      {"POST", "/callbacks", add_one<of::callback>},
      {"POST", "/callbacks/check", check_callback},  // likewise
      {"PATCH", "/callbacks/{id}", edit_one<of::callback>},
      {"POST", "/records/{collection}", add_any},
      {"PATCH", "/records/{collection}/{id}", edit_any},
  };
  return table;
}

}  // namespace holdline::agent
