// What comes back of paper: sheets are entered, or accounted for as spoiled or missing.
#include <algorithm>
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/paper/paper_parts.hpp"
#include "agent/api/records/asked_about.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/contingency/by_hand.hpp"
#include "agent/paper/paper_records.hpp"
#include "contingency/forms/page.hpp"
#include "contingency/manual/checks.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::Pad;
using contingency::PaperForm;
using contingency::SheetUse;

void give_value(const sync::Collection& collection, std::string_view name, sync::Value value, bool replaces,
                std::vector<sync::FieldChange>& changes) {
  const auto field = collection.field(name);
  if (!field) return;
  const auto at = std::ranges::lower_bound(changes, *field, {}, &sync::FieldChange::field);
  const bool there = at != changes.end() && at->field == *field;
  if (there && replaces) at->value = std::move(value);
  if (!there) changes.insert(at, {*field, sync::Value(sync::Null{}), std::move(value), {}, {}});
}

struct BackEntry {
  std::string number, written_by, form, event_time;
  bool elsewhere = false;
  Json rest;  // for addition_of()
};

Result<BackEntry> back_entry_of(const Call& call) {
  auto json = platform::JsonObject::parse(call.request.body);
  BackEntry entry;
  HOLDLINE_ASSIGN(entry.number,
                  contingency::read_form_number(std::string_view(call.rest).substr(0, call.rest.find('/'))));
  entry.written_by = json.text("written_by");
  entry.form = json.text("form");
  entry.event_time = json.text("event_time");
  entry.elsewhere = json.boolean("elsewhere", false);
  // addition_of() reads these.
  json.object("fields");
  json.text("scope");
  json.object("accept");
  HOLDLINE_TRY(json.checked_whole());
  entry.rest = json.whole();
  for (const char* own : {"written_by", "form", "elsewhere"}) entry.rest.erase(own);
  return entry;
}

SheetUse use_here(const Workstation& station, const Call& call, std::string number, SheetUse::Kind kind) {
  const Desk desk = desk_of(station, call);
  SheetUse use;
  use.number = std::move(number);
  use.kind = kind;
  use.person = desk.person;
  use.station = desk.workstation;
  use.at_ms = desk.now_ms;
  return use;
}

// The entry bears the number of the sheet as its reference, which is what the caller was told.
void fill_from_sheet(const PaperForm& form, const Pad* pad, const std::string& number, Addition& addition) {
  const sync::Collection& collection = *form.collection;
  auto& changes = addition.ops.front().changes;
  give_value(collection, collection.fields[*collection.reference].name, number, true, changes);
  give_value(collection, "paper", true, false, changes);
  if (!pad) return;
  if (pad->customer) give_value(collection, "customer", *pad->customer, false, changes);
  if (!pad->incident.empty()) give_value(collection, "incident", pad->incident, false, changes);
  if (pad->drill) give_value(collection, "drill", true, false, changes);
  if (pad->version == form.version) return;
  give_value(collection, "form_version", std::int64_t{pad->version}, true, changes);
  addition.findings.push_back({"form_version", "older-form",
                               "The paper is of version " + std::to_string(pad->version) + " of the form, and " +
                                   std::to_string(form.version) + " holds now.",
                               sync::Weight::told});
}

// As often as the plan asks for it somebody else compares what was typed with the paper.
void ask_second_person(const contingency::ManualLimits& limits, const std::string& number, Addition& addition,
                       const sync::Collection& collection) {
  const auto needs = collection.field("needs");
  if (!needs || !contingency::is_compared(number, limits.second_person_percent)) return;
  add_element(addition.ops.front(), *needs, std::string(contingency::name_of(contingency::Need::second_check)));
  addition.findings.push_back(
      {"", "second-check", "A second person compares this one with its paper: keep the sheet.", sync::Weight::told});
}

Result<Addition> addition_from(const Workstation& station, const Call& call, BackEntry& entry, const PaperForm& form,
                               const Pad* pad) {
  const sync::Collection& collection = *form.collection;
  if (form.form) entry.rest["fields"][collection.fields[*collection.form].name] = form.form->name;
  auto addition = addition_of(station.schema(), collection, pad ? pad->scope : station.default_scope(call.rights()),
                              desk_of(station, call), entry.rest.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!addition) return addition;
  if (entry.event_time.empty())
    addition->findings.push_back({"event_time", "required",
                                  "Say when it happened, as it stands on the paper: event_time, like "
                                  "2026-03-01T09:30:00Z."});
  fill_from_sheet(form, pad, entry.number, *addition);
  ask_second_person(station.contingency().policy().limits, entry.number, *addition, collection);
  return addition;
}

void enter_in(Workstation& station, const Call& call, BackEntry entry, PersonView& view) {
  const sync::Schema& schema = station.schema();
  const auto pads = read_pads(schema, view);
  if (!pads) return call.respond(platform::error_response(pads.error()));
  if (const auto free = pads->check(entry.number, SheetUse::Kind::entered, entry.elsewhere); !free)
    return refuse_unless_saved(station, call, refused_paper(free.error()));
  const Pad* pad = pads->pad_of(entry.number).first;
  const auto form = contingency::paper_form(schema, pad ? pad->form : entry.form);
  if (!form)
    return call.respond(platform::error_response(
        422, "invalid", "Say which form it is, as it stands under the number: form, like manual_entry."));
  auto addition = addition_from(station, call, entry, *form, pad);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  ask_about_others(station, view, *addition);
  SheetUse use = use_here(station, call, entry.number, SheetUse::Kind::entered);
  use.written_by = entry.written_by;
  auto used = use_op(schema, view, use, addition->ops.front().scope, static_cast<std::uint32_t>(addition->ops.size()));
  if (!used) return call.respond(platform::error_response(used.error()));
  addition->ops.push_back(*std::move(used));
  save(station, call, std::move(addition->ops),
       {addition->event_ms, {}, std::move(addition->findings), std::move(addition->accept)});
}

struct Accounting {
  std::vector<std::string> numbers;
  std::string reason;
  SheetUse::Kind kind = SheetUse::Kind::voided;
};

Result<Accounting> accounting_of(const Call& call) {
  auto json = platform::JsonObject::parse(call.request.body);
  Accounting asked;
  const auto typed = json.texts("numbers");
  asked.reason = json.text("reason");
  if (json.boolean("missing", false)) asked.kind = SheetUse::Kind::missing;
  HOLDLINE_TRY(json.checked_whole());
  for (const std::string& one : typed) {
    HOLDLINE_ASSIGN(asked.numbers.emplace_back(), contingency::read_form_number(one));
  }
  if (asked.numbers.empty() || asked.numbers.size() > contingency::pad_sheets_most ||
      asked.reason.find_first_not_of(" \t\n") == std::string::npos)
    return fail(ErrorKind::ask_person, "invalid",
                "Give `numbers`, at most " + std::to_string(contingency::pad_sheets_most) +
                    ", and a `reason`: it is kept with each of them.");
  std::ranges::sort(asked.numbers);
  const auto twice = std::ranges::unique(asked.numbers);
  asked.numbers.erase(twice.begin(), twice.end());
  return asked;
}

}  // namespace

void enter_sheet(Workstation& station, Call call) {
  if (refused_without_paper(station, call)) return;
  auto entry = back_entry_of(call);
  if (!entry) return call.respond(refused_paper(entry.error()));
  agent::read(station, call, [&station, call, entry = *std::move(entry)](PersonView& view) mutable {
    enter_in(station, call, std::move(entry), view);
  });
}

void account_for(Workstation& station, Call call) {
  if (refused_without_paper(station, call)) return;
  auto asked = accounting_of(call);
  if (!asked) return call.respond(refused_paper(asked.error()));
  if (asked->kind == SheetUse::Kind::missing && call.session->person.role != "supervisor")
    return call.respond(platform::error_response(403, "role-refused", "A supervisor says that a sheet is missing."));
  agent::read(station, call, [&station, call, asked = *std::move(asked)](PersonView& view) {
    const auto pads = read_pads(station.schema(), view);
    if (!pads) return call.respond(platform::error_response(pads.error()));
    std::vector<sync::Op> ops;
    for (const std::string& number : asked.numbers) {
      if (const auto free = pads->check(number, asked.kind, false); !free)
        return refuse_unless_saved(station, call, refused_paper(free.error()));
      SheetUse use = use_here(station, call, number, asked.kind);
      use.reason = asked.reason;
      const Pad* pad = pads->pad_of(number).first;
      auto op = use_op(station.schema(), view, use, pad ? pad->scope : station.default_scope(call.rights()),
                       static_cast<std::uint32_t>(ops.size()));
      if (!op) return call.respond(platform::error_response(op.error()));
      ops.push_back(*std::move(op));
    }
    save(station, call, std::move(ops), {});
  });
}

}  // namespace holdline::agent
