// A pad of numbered forms: its numbers are taken and kept, then its pages are drawn from what is kept.
#include <algorithm>
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/paper/paper_parts.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/paper/drawing.hpp"
#include "agent/paper/paper_records.hpp"
#include "contingency/forms/page.hpp"
#include "contingency/incident/name.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/text/phone.hpp"

namespace holdline::agent {

namespace {

using contingency::Pad;

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

}  // namespace

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
    station.aside([&station, call, pages = *std::move(pages)] {
      auto drawn = draw_forms(pages);
      station.forms_drawn(drawn.has_value());
      if (!drawn) return call.respond(platform::error_response(drawn.error()));
      call.respond({200, "application/pdf", {}, *std::move(drawn)});
    });
  });
}

}  // namespace holdline::agent
