#include "agent/paper/paper_records.hpp"

#include <algorithm>
#include <utility>

#include "agent/contingency/incident_fields.hpp"
#include "agent/outbox/outbox.hpp"
#include "sync/action/groups.hpp"

namespace holdline::agent {

namespace {

using contingency::Pad;
using contingency::Pads;
using contingency::SheetUse;

constexpr std::size_t page_of_records = 200;

constexpr ValueNames<SheetUse::Kind, 3> use_names{
    {{{"entered", SheetUse::Kind::entered}, {"voided", SheetUse::Kind::voided}, {"missing", SheetUse::Kind::missing}}}};

const sync::Value& value_at(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  static const sync::Value nothing{sync::Null{}};
  const auto field = collection.field(name);
  return field && *field < record.fields.size() ? record.fields[*field] : nothing;
}

std::string text_at(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto* text = std::get_if<std::string>(&value_at(collection, record, name));
  return text ? *text : std::string();
}

std::int64_t number_at(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto* number = std::get_if<std::int64_t>(&value_at(collection, record, name));
  return number ? *number : 0;
}

Pad pad_of(const sync::Collection& collection, const sync::Record& record) {
  const auto text = [&](std::string_view name) { return text_at(collection, record, name); };
  Pad pad;
  pad.id = record.key.id;
  pad.scope = record.scope;
  pad.form = text("form");
  pad.version = static_cast<std::uint32_t>(number_at(collection, record, "form_version"));
  const std::string numbers = text("numbers");
  for (std::size_t at = 0; at < numbers.size();) {
    const std::size_t end = std::min(numbers.find(',', at), numbers.size());
    pad.numbers.push_back(numbers.substr(at, end - at));
    at = end + 1;
  }
  if (const auto* customer = std::get_if<sync::Id>(&value_at(collection, record, "customer"))) pad.customer = *customer;
  pad.incident = text("incident");
  pad.held_by = text("held_by");
  pad.person = text("person");
  pad.station = text("station");
  pad.at_ms = number_at(collection, record, "at");
  const auto* drill = std::get_if<bool>(&value_at(collection, record, "drill"));
  pad.drill = drill && *drill;
  return pad;
}

SheetUse sheet_use_of(const sync::Collection& collection, const sync::Record& record) {
  const auto text = [&](std::string_view name) { return text_at(collection, record, name); };
  return {text("number"),     use_names.value(text("kind")).value_or(SheetUse::Kind::entered),
          text("person"),     text("station"),
          text("written_by"), text("reason"),
          text("incident"),   number_at(collection, record, "at")};
}

template <class Take>
Result<void> each_record(PersonView& view, const sync::Collection& collection, Take take) {
  sync::Id before;
  while (true) {
    HOLDLINE_ASSIGN(const auto page, view.list(collection, before, page_of_records));
    for (const Shown& shown : page.shown)
      if (shown.attention.empty() && !shown.record.deleted) take(shown.record);
    if (page.shown.size() < page_of_records) return {};
    before = page.shown.back().record.key.id;
  }
}

using FieldValues = std::vector<std::pair<std::string_view, sync::Value>>;

// Nulls and empty texts say nothing.
std::vector<sync::FieldChange> changes_of(const sync::Collection& collection, const FieldValues& values) {
  std::vector<sync::FieldChange> changes;
  for (const auto& [name, value] : values) {
    const auto* text = std::get_if<std::string>(&value);
    if (!sync::is_null(value) && !(text && text->empty()))
      changes.push_back({*collection.field(name), sync::Value(sync::Null{}), value, {}, {}});
  }
  std::ranges::sort(changes, {}, &sync::FieldChange::field);
  return changes;
}

}  // namespace

bool knows_paper(const sync::Schema& schema) {
  return schema.collection(pad_collection) && schema.collection(use_collection);
}

Result<Pads> read_pads(const sync::Schema& schema, PersonView& view) {
  Pads pads;
  if (!knows_paper(schema)) return pads;
  const sync::Collection &kept = *schema.collection(pad_collection), &used = *schema.collection(use_collection);
  HOLDLINE_TRY(each_record(view, kept, [&](const sync::Record& record) { pads.take(pad_of(kept, record)); }));
  HOLDLINE_TRY(each_record(view, used, [&](const sync::Record& record) { pads.take(sheet_use_of(used, record)); }));
  return pads;
}

sync::Op pad_op(const sync::Schema& schema, const Pad& pad) {
  const sync::Collection& collection = *schema.collection(pad_collection);
  std::string numbers;
  for (const std::string& number : pad.numbers) numbers += (numbers.empty() ? "" : ",") + number;
  return {sync::OpKind::create,
          {collection.no, created_here(0)},
          pad.scope,
          0,
          changes_of(collection, {{"form", pad.form},
                                  {"form_version", std::int64_t{pad.version}},
                                  {"numbers", numbers},
                                  {"customer", pad.customer ? sync::Value(*pad.customer) : sync::Value(sync::Null{})},
                                  {"held_by", pad.held_by},
                                  {"person", pad.person},
                                  {"station", pad.station},
                                  {"at", pad.at_ms}}),
          {}};
}

Result<sync::Op> use_op(const sync::Schema& schema, PersonView& view, const SheetUse& use, const std::string& scope,
                        std::uint32_t place) {
  const sync::Collection& collection = *schema.collection(use_collection);
  FieldValues said{{"kind", use_names.text(use.kind)},
                   {"written_by", use.written_by},
                   {"reason", use.reason},
                   {"person", use.person},
                   {"station", use.station},
                   {"at", use.at_ms}};
  const sync::RecordKey key{collection.no, sync::child_id(collection, {}, use.number)};
  HOLDLINE_ASSIGN(const auto found, view.find(key));
  if (found.shown && !found.shown->record.deleted) {
    const Shown& shown = *found.shown;
    sync::Op edit{sync::OpKind::edit, key, shown.record.scope, shown.cn, changes_of(collection, said), {}};
    for (sync::FieldChange& change : edit.changes) change.base = sync::make_base(shown.record.fields[change.field]);
    sync::complete_groups(collection, shown.record, edit.changes);
    return edit;
  }
  said.emplace_back("number", use.number);
  return sync::Op{
      sync::OpKind::create, {collection.no, created_here(place)}, scope, 0, changes_of(collection, said), {}};
}

}  // namespace holdline::agent
