#include "contingency/forms/pad_record.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

constexpr std::array<std::string_view, 3> use_names{"entered", "voided", "missing"};

}  // namespace

std::string_view name_of(SheetUse::Kind kind) { return use_names[static_cast<std::size_t>(kind)]; }

Pad pad_of(const sync::Collection& pads, const sync::Record& record) {
  const sync::RecordFields fields(pads, record);
  Pad pad;
  pad.id = record.key.id;
  pad.scope = record.scope;
  pad.form = fields.text("form");
  pad.version = static_cast<std::uint32_t>(fields.number("form_version"));
  const std::string numbers = fields.text("numbers");
  for (std::size_t at = 0; at < numbers.size();) {
    const std::size_t end = std::min(numbers.find(',', at), numbers.size());
    pad.numbers.push_back(numbers.substr(at, end - at));
    at = end + 1;
  }
  if (const sync::Id customer = fields.id("customer"); !customer.is_nil()) pad.customer = customer;
  pad.incident = fields.text("incident");
  pad.held_by = fields.text("held_by");
  pad.person = fields.text("person");
  pad.station = fields.text("station");
  pad.at_ms = fields.number("at");
  pad.drill = fields.flag("drill");
  return pad;
}

SheetUse sheet_use_of(const sync::Collection& uses, const sync::Record& record) {
  const sync::RecordFields fields(uses, record);
  const auto kind = std::ranges::find(use_names, fields.text("kind"));
  SheetUse use;
  use.number = fields.text("number");
  if (kind != use_names.end()) use.kind = static_cast<SheetUse::Kind>(kind - use_names.begin());
  use.person = fields.text("person");
  use.station = fields.text("station");
  use.written_by = fields.text("written_by");
  use.reason = fields.text("reason");
  use.incident = fields.text("incident");
  use.at_ms = fields.number("at");
  return use;
}

}  // namespace holdline::contingency
