#include "agent/api/input.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include "agent/api/forms.hpp"
#include "agent/outbox/action_draft.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/form/due.hpp"
#include "sync/form/numbers.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

// Creates a child of `parent`: the record that op 0 of the action creates, or one that is there.
sync::Op child_op(const sync::Collection& collection, const std::string& scope, const Json& fields,
                  std::vector<sync::Finding>& findings, const sync::Id& parent = created_here(0)) {
  sync::Op op{sync::OpKind::create, {collection.no, {}}, scope, 0, {}, {}};
  op.changes = created_fields(collection, fields, findings);
  op.changes.push_back({*collection.parent, sync::Value(sync::Null{}), parent, {}, {}});
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

void append(std::vector<sync::Finding>& findings, std::vector<sync::Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

void put_right(const sync::Collection& collection, const Desk& desk, std::int64_t event_ms, sync::Op& op,
               std::vector<sync::Finding>& findings) {
  append(findings, sync::put_right(collection, desk.site, nullptr, op.changes));
  append(findings, sync::look_over(collection, op.changes, nullptr, event_ms, desk.now_ms));
}

const sync::FieldChange* event_of(const sync::Collection& collection, const sync::Op& op) {
  const auto found = std::ranges::find_if(op.changes, [&](const sync::FieldChange& change) {
    return collection.fields[change.field].filled_with == sync::Filling::event_time;
  });
  return found == op.changes.end() ? nullptr : &*found;
}

bool is_to_come(const Desk& desk, std::int64_t ms) {
  constexpr std::int64_t tolerance_ms = 5 * 60'000;  // clocks of two people at two desks
  return ms > desk.now_ms + desk.clock_behind_ms + tolerance_ms;
}

// When it happened, told beside the fields or in the one that is for it; the desk's now when nobody says so.
std::int64_t event_time(const sync::Collection& collection, const Desk& desk, const std::string& beside,
                        const sync::Op& op, std::vector<sync::Finding>& findings) {
  const auto told = sync::parse_time(beside);
  if (!beside.empty() && !told)
    findings.push_back({"event_time", "not-a-time", "The time must look like 2026-03-01T09:30:00Z."});
  if (told && is_to_come(desk, *told))
    findings.push_back(
        {"event_time", "yet-to-come", "The time at which it happened is yet to come: look at the day and the clock."});
  const sync::FieldChange* field = event_of(collection, op);
  const auto* given = field ? std::get_if<std::int64_t>(&field->value) : nullptr;
  if (given && told && *given != *told)
    findings.push_back(
        {collection.fields[field->field].name, "two-times",
         collection.fields[field->field].label + " is another time than `event_time`: give one of them."});
  return told ? *told : given ? *given : desk.now_ms;
}

// The form that it is taken down with, if it names one.
const sync::FormTemplate* form_of(const sync::Schema& schema, const sync::Collection& collection, const sync::Op& op) {
  if (!collection.form) return nullptr;
  const auto change = std::ranges::find(op.changes, *collection.form, &sync::FieldChange::field);
  const auto* name = change == op.changes.end() ? nullptr : std::get_if<std::string>(&change->value);
  const sync::FormTemplate* form = name ? schema.form(*name) : nullptr;
  return form && form->collection == collection.no ? form : nullptr;
}

// What follows from the form, where nobody said otherwise.
void set_by_form(const sync::FormTemplate& form, sync::Op& op) {
  for (const auto& [field, option] : form.sets) {
    const auto at = std::ranges::lower_bound(op.changes, field, {}, &sync::FieldChange::field);
    if (at == op.changes.end() || at->field != field)
      op.changes.insert(at, {field, sync::Value(sync::Null{}), option, {}, {}});
  }
}

// What the schema says the desk puts in, where nobody gave it; references are given when it is saved.
void fill_in(const sync::Schema& schema, const sync::Collection& collection, const Desk& desk,
             const sync::FormTemplate* form, std::int64_t event_ms, sync::Op& op) {
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const sync::Field& field = collection.fields[i];
    const auto index = static_cast<sync::FieldIndex>(i);
    if (field.filled_with == sync::Filling::none ||
        std::ranges::count(op.changes, index, &sync::FieldChange::field) != 0)
      continue;
    sync::Value value;
    switch (field.filled_with) {
      case sync::Filling::none:
        break;
      case sync::Filling::person:
        value = desk.person;
        break;
      case sync::Filling::workstation:
        value = desk.workstation;
        break;
      case sync::Filling::event_time:
        value = event_ms;
        break;
      case sync::Filling::first_option:
        value = field.options.front();
        break;
      case sync::Filling::reference:
      case sync::Filling::incident:
      case sync::Filling::drill:
        break;  // when it is saved
      case sync::Filling::form_version:
        if (form) value = std::int64_t{form->version};
        break;
    }
    const auto* text = std::get_if<std::string>(&value);
    if (sync::is_null(value) || (text && text->empty())) continue;
    op.changes.push_back({index, sync::Value(sync::Null{}), std::move(value), {}, {}});
  }
  std::ranges::move(sync::due_times(schema, collection, nullptr, op.changes), std::back_inserter(op.changes));
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
}

}  // namespace

std::vector<sync::Finding> times_to_come(const sync::Collection& collection, const Desk& desk,
                                         const std::vector<sync::FieldChange>& changes) {
  std::vector<sync::Finding> findings;
  for (const sync::FieldChange& change : changes) {
    const sync::Field& field = collection.fields[change.field];
    const auto* ms = std::get_if<std::int64_t>(&change.value);
    if (field.filled_with == sync::Filling::event_time && ms && is_to_come(desk, *ms))
      findings.push_back({field.name, "yet-to-come", field.label + " is yet to come: leave it out for now."});
  }
  return findings;
}

std::size_t limit_of(const platform::HttpFields& query, std::size_t otherwise, std::size_t most) {
  const auto found = query.find("limit");
  if (found == query.end()) return otherwise;
  std::size_t limit = 0;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), limit);
  return std::clamp<std::size_t>(limit, 1, most);
}

std::optional<sync::Id> id_of(const platform::HttpFields& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? sync::Id{} : sync::Id::parse(found->second);
}

platform::HttpResponse wrong_practice() {
  return platform::error_response(400, "malformed", "`practice` can be without, with or only.");
}

std::optional<Practice> practice_of(const platform::HttpFields& query, Practice otherwise) {
  const auto found = query.find("practice");
  if (found == query.end()) return otherwise;
  if (found->second == "without") return Practice::without;
  if (found->second == "with") return Practice::with;
  return found->second == "only" ? std::optional(Practice::only) : std::nullopt;
}

std::optional<sync::ActionRef> action_ref_of(std::string_view text) {
  sync::ActionRef ref;
  unsigned lane = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, lane);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '/' || lane >= sync::lane_count) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, ref.number);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  ref.lane = static_cast<sync::Lane>(lane);
  return ref;
}

Result<std::optional<sync::Acceptance>> acceptance_of(platform::JsonObject& json) {
  if (!json.has("accept")) return std::optional<sync::Acceptance>();
  platform::JsonObject told(json.object("accept"));
  sync::Acceptance accepted{told.texts("hints"), told.text("because")};
  HOLDLINE_TRY(told.checked_whole());
  const bool blank = accepted.reason.find_first_not_of(" \t\n") == std::string::npos;
  if (accepted.hints.empty() || blank || accepted.reason.size() > sync::limits::reason_bytes)
    return fail(ErrorKind::ask_person, "invalid",
                "`accept` names the hints, and `because` says why in at most " +
                    std::to_string(sync::limits::reason_bytes) + " bytes.");
  return std::optional(std::move(accepted));
}

Result<Addition> addition_of(const sync::Schema& schema, const sync::Collection& collection,
                             const std::string& default_scope, const Desk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string scope = json.text("scope", default_scope);
  const std::string told = json.text("event_time");
  Addition addition;
  std::vector<sync::Op>& ops = addition.ops;
  std::vector<sync::Finding>& findings = addition.findings;
  Json fields = json.object("fields");
  read_zoned_times(collection, desk.site, nullptr, false, fields, findings);
  ops.push_back({sync::OpKind::create,
                 {collection.no, created_here(0)},
                 scope,
                 0,
                 created_fields(collection, fields, findings),
                 {}});
  const sync::FormTemplate* form = form_of(schema, collection, ops.front());
  if (form) set_by_form(*form, ops.front());
  addition.event_ms = event_time(collection, desk, told, ops.front(), findings);
  append(findings, times_to_come(collection, desk, ops.front().changes));
  fill_in(schema, collection, desk, form, addition.event_ms, ops.front());
  put_right(collection, desk, addition.event_ms, ops.front(), findings);
  Desk beside = desk;
  beside.site = sync::site_beside(desk.site, collection, ops.front().changes);
  for (const auto& [list, kind] : {std::pair{"phones", "phone"}, {"emails", "email"}}) {
    const sync::Collection& of = *schema.collection(kind);
    if (of.fields[*of.parent].target != collection.no) continue;
    std::size_t place = 0;
    for (const Json& child : json.list(list)) {
      const std::size_t before = findings.size();
      ops.push_back(child_op(of, scope, child, findings));
      put_right(of, beside, addition.event_ms, ops.back(), findings);
      sync::refuse_two_extensions(of, ops, findings);
      sync::name_place(of, ++place, std::span(findings).subspan(before));
    }
  }
  HOLDLINE_ASSIGN(addition.accept, acceptance_of(json));
  addition.real = json.boolean("real", false);
  HOLDLINE_TRY(json.checked_whole());
  for (std::uint32_t i = 0; i < ops.size(); ++i) ops[i].record.id = created_here(i);
  return addition;
}

Result<Addition> child_addition_of(const sync::Collection& collection, const sync::Id& parent, const Desk& desk,
                                   std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  Addition addition;
  addition.event_ms = desk.now_ms;
  addition.ops.push_back(child_op(collection, {}, json.object("fields"), addition.findings, parent));
  HOLDLINE_ASSIGN(addition.accept, acceptance_of(json));
  HOLDLINE_TRY(json.checked_whole());
  put_right(collection, desk, desk.now_ms, addition.ops.front(), addition.findings);
  addition.ops.front().record.id = created_here(0);
  return addition;
}

Result<Edit> edit_of(std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  Edit edit;
  edit.typed = json.object("changes");
  if (const std::string cn = json.text("cn"); !cn.empty()) {
    sync::ChangeNumber number = 0;
    const auto [end, error] = std::from_chars(cn.data(), cn.data() + cn.size(), number);
    if (error != std::errc{} || end != cn.data() + cn.size())
      return fail(ErrorKind::ask_person, "malformed", "`cn` is the number that the record was shown with.");
    edit.cn = number;
  }
  HOLDLINE_ASSIGN(edit.accept, acceptance_of(json));
  HOLDLINE_TRY(json.checked_whole());
  return edit;
}

void read_changes(const sync::Collection& collection, const Desk& desk, const sync::Record& shown, Edit& edit) {
  read_zoned_times(collection, desk.site, &shown, true, edit.typed, edit.findings);
  edit.changes = edited_fields(collection, edit.typed, &shown, edit.findings);
  append(edit.findings, times_to_come(collection, desk, edit.changes));
}

Result<Resolution> resolution_of(std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string choice = json.text("choice");
  Resolution resolution{choice == "other", json.text("reason")};
  HOLDLINE_TRY(json.checked_whole());
  if ((choice != "current" && choice != "other") || resolution.reason.empty())
    return fail(ErrorKind::ask_person, "invalid", "Give choice (current or other) and a reason.");
  return resolution;
}

}  // namespace holdline::agent
