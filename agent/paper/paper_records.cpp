#include "agent/paper/paper_records.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "agent/outbox/outbox.hpp"
#include "sync/action/groups.hpp"

namespace holdline::agent {

namespace {

using contingency::Pad;
using contingency::pad_collection;
using contingency::Pads;
using contingency::SheetUse;
using contingency::use_collection;

template <class Take>
Result<void> each_record(PersonView view, const sync::Collection& collection, Take take) {
  HOLDLINE_TRY(each_shown(view, collection, std::numeric_limits<std::size_t>::max(), [&take](const Shown& shown) {
    if (shown.attention.empty() && !shown.record.deleted) take(shown.record);
    return true;
  }));
  return {};
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
  const PersonView all = view.with_practice();  // a sheet of a drill has to come back as well
  HOLDLINE_TRY(
      each_record(all, kept, [&](const sync::Record& record) { pads.take(contingency::pad_of(kept, record)); }));
  HOLDLINE_TRY(
      each_record(all, used, [&](const sync::Record& record) { pads.take(contingency::sheet_use_of(used, record)); }));
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
  FieldValues said{{"kind", std::string(name_of(use.kind))},
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
