// Paper forms: pads are printed, sheets are entered or accounted for otherwise, and what is still out is listed.
#include <algorithm>
#include <memory>
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/paper/drawing.hpp"
#include "agent/paper/paper_records.hpp"
#include "contingency/incident/name.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::Pad;
using contingency::PadBalance;
using contingency::Pads;
using contingency::PaperForm;
using contingency::SheetUse;

platform::HttpResponse refused_paper(const Error& error) {
  const bool state =
      error.code == "form-number-taken" || error.code == "form-number-unknown" || error.code == "numbers-used-up";
  return state ? platform::error_response(409, error.code, error.message) : platform::error_response(error);
}

// Answers and says so when the hub's version of the schema has no paper forms.
bool refused_without_paper(const Workstation& station, const Call& call) {
  if (knows_paper(station.schema())) return false;
  call.respond(platform::error_response(409, "no-paper-forms",
                                        "The forms of this centre are of a version without paper. Ask IT to take the "
                                        "newer one: holdline-hub schema apply"));
  return true;
}

std::string label_of_form(const sync::Schema& schema, const std::string& name) {
  const auto form = contingency::paper_form(schema, name);
  return form ? form->label : name;
}

// --- what is out ---

Json pad_json(const sync::Schema& schema, const PadBalance& balance) {
  const Pad& pad = *balance.pad;
  Json outstanding = Json::array();
  for (const std::uint32_t sheet : balance.outstanding)
    outstanding.push_back({{"sheet", sheet}, {"number", pad.numbers[sheet - 1]}});
  return {{"id", pad.id.text()},
          {"form", pad.form},
          {"label", label_of_form(schema, pad.form)},
          {"version", pad.version},
          {"scope", pad.scope},
          {"held_by", pad.held_by},
          {"customer", pad.customer ? Json(pad.customer->text()) : Json()},
          {"incident", pad.incident},
          {"person", pad.person},
          {"station", pad.station},
          {"printed", sync::format_time(pad.at_ms)},
          {"sheets", pad.numbers.size()},
          {"entered", balance.entered},
          {"voided", balance.voided},
          {"missing", balance.missing},
          {"outstanding_sheets", contingency::sheet_ranges(balance.outstanding)},
          {"outstanding", std::move(outstanding)}};
}

void list_paper(Workstation& station, Call call) {
  agent::read(station, call, [&station, call](PersonView& view) {
    const sync::Schema& schema = station.schema();
    const auto pads = read_pads(schema, view);
    if (!pads) return call.respond(platform::error_response(pads.error()));
    const auto& query = call.request.query;
    const auto incident = query.find("incident");
    const bool out_only = query.contains("outstanding");
    Json forms = Json::array(), listed = Json::array();
    for (const std::string& name : contingency::paper_forms(schema)) {
      const auto form = contingency::paper_form(schema, name);
      forms.push_back({{"name", name}, {"label", form->label}, {"version", form->version}});
    }
    std::size_t outstanding = 0;
    for (const PadBalance& balance : pads->balance(incident == query.end() ? std::string() : incident->second)) {
      outstanding += balance.outstanding.size();
      if (!out_only || !balance.outstanding.empty()) listed.push_back(pad_json(schema, balance));
    }
    call.respond(json_response(200, {{"schema", "holdline.paper/1"},
                                     {"forms", std::move(forms)},
                                     {"pads", std::move(listed)},
                                     {"outstanding", outstanding},
                                     {"numbers_left", station.references_left()}}));
  });
}

void show_sheet(Workstation& station, Call call) {
  auto number = contingency::read_form_number(call.rest);
  if (!number) return call.respond(refused_paper(number.error()));
  agent::read(station, call, [&station, call, number = *std::move(number)](PersonView& view) {
    const sync::Schema& schema = station.schema();
    const auto pads = read_pads(schema, view);
    if (!pads) return call.respond(platform::error_response(pads.error()));
    const auto [pad, sheet] = pads->pad_of(number);
    const SheetUse* use = pads->use_of(number);
    const auto form = pad ? contingency::paper_form(schema, pad->form) : std::nullopt;
    Json told;
    if (use)
      told = {{"kind", use->kind == SheetUse::Kind::entered  ? "entered"
                       : use->kind == SheetUse::Kind::voided ? "voided"
                                                             : "missing"},
              {"person", use->person},
              {"station", use->station},
              {"written_by", use->written_by},
              {"reason", use->reason},
              {"at", sync::format_time(use->at_ms)}};
    call.respond(json_response(200, {{"schema", "holdline.paper-form/1"},
                                     {"number", number},
                                     {"known", pad != nullptr},
                                     {"form", pad ? pad->form : ""},
                                     {"label", pad ? label_of_form(schema, pad->form) : ""},
                                     {"collection", form ? form->collection->name : ""},
                                     {"sheet", sheet},
                                     {"customer", pad && pad->customer ? Json(pad->customer->text()) : Json()},
                                     {"use", std::move(told)}}));
  });
}

// --- printing ---

struct PrintAsked {
  Pad pad;
  std::size_t count = 0;
};

Result<PrintAsked> print_asked(const Workstation& station, const Call& call) {
  auto json = platform::JsonObject::parse(call.request.body);
  const Desk desk = desk_of(station, call);
  PrintAsked asked;
  Pad& pad = asked.pad;
  pad.form = json.text("form");
  pad.scope = json.text("scope", station.default_scope(call.rights()));
  pad.held_by = json.text("held_by");
  const std::string customer = json.text("customer");
  const std::int64_t count = json.number("count", 1);
  HOLDLINE_TRY(json.checked_whole());
  const auto form = contingency::paper_form(station.schema(), pad.form);
  if (!form) {
    std::string names;
    for (const std::string& name : contingency::paper_forms(station.schema()))
      names += (names.empty() ? "" : ", ") + name;
    return fail(ErrorKind::ask_person, "invalid", "`form` is one of: " + names + ".");
  }
  if (count < 1 || count > static_cast<std::int64_t>(contingency::pad_sheets_most))
    return fail(ErrorKind::ask_person, "invalid",
                "`count` is 1 to " + std::to_string(contingency::pad_sheets_most) + " sheets at once.");
  if (!customer.empty()) {
    pad.customer = sync::Id::parse(customer);
    if (!pad.customer) return fail(ErrorKind::ask_person, "malformed", "`customer` must be the id of a customer.");
  }
  asked.count = static_cast<std::size_t>(count);
  pad.version = form->version;
  pad.person = desk.person;
  pad.station = desk.workstation;
  pad.at_ms = desk.now_ms;
  return asked;
}

// The numbers are used up only by what is saved; the pages are drawn from what is kept, so they can be drawn again.
void print_pad(Workstation& station, Call call) {
  if (refused_without_paper(station, call)) return;
  auto asked = print_asked(station, call);
  if (!asked) return call.respond(platform::error_response(asked.error()));
  // Before any number is taken; saving asks again.
  if (const auto refusal = refuse_by_right(station, call, {pad_op(station.schema(), asked->pad)}))
    return call.respond(*refusal);
  station.aside([&station, call, asked = *std::move(asked)]() mutable {
    auto numbers = station.take_references(asked.count);
    if (!numbers) return refuse_unless_saved(station, call, refused_paper(numbers.error()));
    asked.pad.numbers = *std::move(numbers);
    save(station, call, {pad_op(station.schema(), asked.pad)}, {});
  });
}

std::string minute_of(std::int64_t ms) {
  std::string text = sync::format_time(ms).substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return text + " UTC";
}

// What is filled in for a customer, as the person sees them.
Result<void> fill_in_customer(const sync::Schema& schema, const std::string& region, PersonView& view,
                              const sync::Id& id, contingency::PageContext& context) {
  const sync::Collection &customers = *schema.collection(of::customer), &phones = *schema.collection(of::phone);
  HOLDLINE_ASSIGN(const auto found, view.find({customers.no, id}));
  if (!found.shown || found.shown->record.deleted) return {};
  context.filled["name"] = display_name(customers, found.shown->record);
  context.data_as_of = minute_of(found.as_of.hub_wall_ms);
  HOLDLINE_ASSIGN(const auto numbers, view.children(phones, id));
  if (!numbers.shown.empty())
    context.filled["phone"] = sync::phone_for_people(text_field(phones, numbers.shown.front().record, "e164"), region);
  return {};
}

Result<std::vector<contingency::FormPage>> pages_of(const Workstation& station, PersonView& view, const Pad& pad) {
  const sync::Schema& schema = station.schema();
  const auto form = contingency::paper_form(schema, pad.form);
  if (!form)
    return fail(ErrorKind::ask_person, "no-such-form", "The form " + pad.form + " is not in the schema any more.");
  contingency::PageContext context;
  context.printed = minute_of(pad.at_ms) + ", by " + pad.person + " at " + pad.station;
  if (const auto id = contingency::incident_of_name(pad.incident)) {
    const auto known = station.contingency().incidents();
    const contingency::Incident* incident = known->find(*id);
    context.incident = contingency::incident_short_name(*id);
    if (incident && !incident->declared.title.empty()) context.incident += ", " + incident->declared.title;
    if (pad.drill) context.incident += " (PRACTICE)";
  }
  if (pad.customer) HOLDLINE_TRY(fill_in_customer(schema, station.site().region, view, *pad.customer, context));
  std::vector<contingency::FormPage> pages;
  for (std::uint32_t sheet = 1; sheet <= pad.numbers.size(); ++sheet)
    pages.push_back(contingency::form_page(schema, *form, pad, sheet, context));
  return pages;
}

// The pages of a pad, as often as somebody asks: a printer that jammed costs no number.
void show_pages(Workstation& station, Call call) {
  const auto id = sync::Id::parse(std::string_view(call.rest).substr(0, call.rest.find('/')));
  if (!id) return call.respond(unknown_record("pad"));
  agent::read(station, call, [&station, call, id = *id](PersonView& view) {
    const auto pads = read_pads(station.schema(), view);
    if (!pads) return call.respond(platform::error_response(pads.error()));
    const Pad* pad = pads->pad(id);
    if (!pad) return call.respond(unknown_record("pad"));
    auto pages = pages_of(station, view, *pad);
    if (!pages) return call.respond(platform::error_response(pages.error()));
    station.aside([call, pages = *std::move(pages)] {
      auto drawn = draw_forms(pages);
      if (!drawn) return call.respond(platform::error_response(drawn.error()));
      call.respond({200, "application/pdf", {}, *std::move(drawn)});
    });
  });
}

// --- what comes back ---

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

void enter_sheet(Workstation& station, Call call) {
  if (refused_without_paper(station, call)) return;
  auto entry = back_entry_of(call);
  if (!entry) return call.respond(refused_paper(entry.error()));
  agent::read(station, call, [&station, call, entry = *std::move(entry)](PersonView& view) mutable {
    enter_in(station, call, std::move(entry), view);
  });
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

// Void: spoiled or not used. Missing: somebody looked for it, and a supervisor answers for that.
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

}  // namespace

std::span<const Route> paper_routes() {
  static constexpr Route table[] = {
      {"GET", "/paper", list_paper},           {"POST", "/paper", print_pad},
      {"POST", "/paper/void", account_for},    {"GET", "/paper/{sheet}", show_sheet},
      {"GET", "/paper/{pad}/pdf", show_pages}, {"POST", "/paper/{sheet}/entry", enter_sheet},
  };
  return table;
}

}  // namespace holdline::agent
