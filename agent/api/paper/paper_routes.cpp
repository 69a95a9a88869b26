// Paper forms: pads are printed, sheets are entered or accounted for otherwise, and what is still out is listed.
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/paper/paper_parts.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/paper/paper_records.hpp"
#include "contingency/forms/page.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::Pad;
using contingency::PadBalance;
using contingency::SheetUse;

std::string label_of_form(const sync::Schema& schema, const std::string& name) {
  const auto form = contingency::paper_form(schema, name);
  return form ? form->label : name;
}

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
          {"drill", pad.drill},
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
  // In a drill its sheets are chased like those of an outage.
  const auto leading = station.contingency().standing().leading;
  const bool in_drill = leading && leading->declared.drill;
  const auto practice = practice_of(call.request.query, in_drill ? Practice::with : station.shown_practice());
  if (!practice) return call.respond(wrong_practice());
  agent::read(station, call, [&station, call, practice = *practice](PersonView& view) {
    const sync::Schema& schema = station.schema();
    const auto pads = read_pads(schema, view);
    if (!pads) return call.respond(platform::error_response(pads.error()));
    const auto& query = call.request.query;
    const auto incident = query.find("incident");
    const bool named = incident != query.end() && !incident->second.empty();
    const bool out_only = query.contains("outstanding");
    Json forms = Json::array(), listed = Json::array();
    for (const std::string& name : contingency::paper_forms(schema)) {
      const auto form = contingency::paper_form(schema, name);
      forms.push_back({{"name", name}, {"label", form->label}, {"version", form->version}});
    }
    std::size_t outstanding = 0;
    for (const PadBalance& balance : pads->balance(named ? incident->second : std::string())) {
      const bool listed_so = practice == Practice::with || balance.pad->drill == (practice == Practice::only);
      if (!named && !listed_so) continue;
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

}  // namespace

platform::HttpResponse refused_paper(const Error& error) {
  const bool state =
      error.code == "form-number-taken" || error.code == "form-number-unknown" || error.code == "numbers-used-up";
  return state ? platform::error_response(409, error.code, error.message) : platform::error_response(error);
}

bool refused_without_paper(const Workstation& station, const Call& call) {
  if (knows_paper(station.schema())) return false;
  call.respond(platform::error_response(409, "no-paper-forms",
                                        "The forms of this centre are of a version without paper. Ask IT to take the "
                                        "newer one: holdline-hub schema apply"));
  return true;
}

std::span<const Route> paper_routes() {
  static constexpr Route table[] = {
      {"GET", "/paper", list_paper},           {"POST", "/paper", print_pad},
      {"POST", "/paper/void", account_for},    {"GET", "/paper/{sheet}", show_sheet},
      {"GET", "/paper/{pad}/pdf", show_pages}, {"POST", "/paper/{sheet}/entry", enter_sheet},
  };
  return table;
}

}  // namespace holdline::agent
