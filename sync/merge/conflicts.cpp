#include "sync/merge/conflicts.hpp"

#include <nlohmann/json.hpp>

#include "sync/base/hash.hpp"
#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

const Collection& conflicts(const Schema& schema) { return *schema.collection("conflict"); }

Value& field(const Collection& collection, Record& record, std::string_view name) {
  return record.fields[*collection.field(name)];
}
const Value& field(const Collection& collection, const Record& record, std::string_view name) {
  return record.fields[*collection.field(name)];
}

std::string texts(const std::vector<Value>& values) {
  nlohmann::json list = nlohmann::json::array();
  for (const Value& value : values) list.push_back(display(value));
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string raw(const std::vector<Value>& values) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (const Value& value : values) encode_value(out, value);
  return to_hex(bytes);
}

// Bases that travelled as a hash can be compared but not shown.
std::vector<Value> shown_bases(const std::vector<Base>& bases) {
  std::vector<Value> shown;
  for (const Base& base : bases) {
    const auto* value = std::get_if<Value>(&base);
    shown.push_back(value ? *value
                          : Value(std::string(std::holds_alternative<Hash>(base) ? "(a longer text)" : "(unknown)")));
  }
  return shown;
}

std::string_view policy_name(MergePolicy policy) {
  switch (policy) {
    case MergePolicy::review:
      return "review";
    case MergePolicy::latest:
      return "latest";
    case MergePolicy::central:
      return "central";
    case MergePolicy::transition:
      return "transition";
    case MergePolicy::strictest:
      return "strictest";
    case MergePolicy::unite:
      return "union";
    case MergePolicy::append:
      return "append";
  }
  return "review";
}

Result<std::vector<Value>> values_from(const Value& stored, std::size_t count) {
  const auto damaged = [] {
    return fail(ErrorKind::stop, "conflict-damaged", "A conflict's kept values cannot be read back.");
  };
  const auto* hex = std::get_if<std::string>(&stored);
  std::string bytes;
  if (!hex || !from_hex(*hex, bytes)) return damaged();
  ByteReader in(bytes);
  std::vector<Value> values;
  for (std::size_t i = 0; i < count && in.ok(); ++i) values.push_back(decode_value(in, limits::text_bytes));
  if (!in.done()) return damaged();
  return values;
}

}  // namespace

std::string display(const Value& value) {
  struct Text {
    std::string operator()(Null) const { return ""; }
    std::string operator()(bool v) const { return v ? "yes" : "no"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const Id& v) const { return v.text(); }
    std::string operator()(const Elements& v) const {
      std::string all;
      for (const Element& element : v)
        if (!element.removed) all += (all.empty() ? "" : ", ") + element.text;
      return all;
    }
  };
  return std::visit(Text{}, value);
}

RecordKey conflict_key(const Schema& schema, const Incoming& incoming, const LosingValue& losing) {
  Bytes place;
  ByteWriter out(place);
  out.raw(incoming.maker.device.view());
  if (incoming.by_value) {
    out.blob("by value");
    for (const Value& value : losing.value) encode_value(out, value);
  } else {
    out.raw(incoming.maker.incarnation.view());
    out.u8(incoming.header.lane);
    out.varint(incoming.header.number);
    out.svarint(incoming.header.made.wall_ms);
    out.varint(incoming.index);
  }
  out.u8(losing.about_deletion ? 0xff : losing.unit);
  out.u8(losing.incoming_lost ? 1 : 0);
  const auto no = conflicts(schema).no;
  return {no, natural_id(no, incoming.op.record.id, place)};
}

Record conflict_record(const Schema& schema, const Incoming& incoming, const LosingValue& losing,
                       const std::string& scope) {
  const Collection& collection = conflicts(schema);
  const Collection& subject = *schema.collection(incoming.op.record.collection);
  Record record;
  record.key = conflict_key(schema, incoming, losing);
  record.scope = scope;
  record.fields.resize(collection.fields.size());
  const auto set = [&](std::string_view name, Value value) { field(collection, record, name) = std::move(value); };
  set("collection", std::int64_t{subject.no});
  set("record", incoming.op.record.id);
  set("unit", losing.about_deletion ? std::string("deletion") : subject.units[losing.unit].name);
  set("state", std::string(losing.state == LosingState::open ? "open" : "decided"));
  set("policy", std::string(policy_name(losing.policy)));
  set("about_deletion", losing.about_deletion);
  set("base", texts(shown_bases(losing.base)));
  set("current", texts(losing.winner));
  set("other", texts(losing.value));
  set("current_raw", raw(losing.winner));
  set("other_raw", raw(losing.value));
  set("by_device", incoming.maker.device);
  set("by_person", incoming.header.person);
  set("at", incoming.corrected_ms);
  set("of_device", incoming.maker.device);
  set("of_lane", std::int64_t{incoming.header.lane});
  set("of_number", static_cast<std::int64_t>(incoming.header.number));
  return record;
}

bool goes_on_from(const Schema& schema, const Record& conflict, const Op& op, std::uint8_t unit) {
  const Collection& collection = conflicts(schema);
  const Collection& subject = *schema.collection(op.record.collection);
  const auto& fields = subject.units[unit].fields;
  if (conflict.deleted || field(collection, conflict, "state") != Value(std::string("open")) ||
      field(collection, conflict, "record") != Value(op.record.id) ||
      field(collection, conflict, "unit") != Value(subject.units[unit].name))
    return false;
  const auto lost = values_from(field(collection, conflict, "other_raw"), fields.size());
  const auto won = values_from(field(collection, conflict, "current_raw"), fields.size());
  if (!lost || !won) return false;
  return std::ranges::all_of(op.changes, [&](const FieldChange& change) {
    if (subject.unit_of[change.field] != unit) return true;
    const auto at = static_cast<std::size_t>(std::ranges::find(fields, change.field) - fields.begin());
    return base_matches(change.base, (*lost)[at]) || (*lost)[at] == (*won)[at];
  });
}

void join(const Schema& schema, Record& conflict, const Incoming& incoming, const Joined& joined) {
  const Collection& collection = conflicts(schema);
  const Collection& subject = *schema.collection(incoming.op.record.collection);
  const MergeUnit& unit = subject.units[joined.unit];
  // The conflict's other value stays for the fields of the group that this change does not mention.
  std::vector<Value> other = joined.value;
  if (auto kept = values_from(field(collection, conflict, "other_raw"), unit.fields.size()))
    for (std::size_t i = 0; i < unit.fields.size(); ++i)
      if (!(joined.told >> unit.fields[i] & 1)) other[i] = (*kept)[i];
  Value& list = field(collection, conflict, "joined");
  if (!std::holds_alternative<Elements>(list)) list = Elements{};
  auto& elements = std::get<Elements>(list);
  const auto index = *collection.field("joined");
  elements.push_back({element_tag(incoming.maker, incoming.header, incoming.index, index, joined.unit),
                      std::to_string(incoming.header.lane) + "/" + std::to_string(incoming.header.number), false});
  std::ranges::sort(elements, {}, &Element::tag);
  field(collection, conflict, "other") = texts(other);
  field(collection, conflict, "other_raw") = raw(other);
  field(collection, conflict, "at") = incoming.corrected_ms;
}

Result<ConflictValues> conflict_values(const Schema& schema, const Record& conflict) {
  const Collection& collection = conflicts(schema);
  const auto damaged = [] {
    return fail(ErrorKind::stop, "conflict-damaged", "A conflict does not name a known record and field.");
  };
  const auto* number = std::get_if<std::int64_t>(&field(collection, conflict, "collection"));
  const auto* id = std::get_if<Id>(&field(collection, conflict, "record"));
  const auto* unit_name = std::get_if<std::string>(&field(collection, conflict, "unit"));
  const Collection* subject = number ? schema.collection(static_cast<CollectionNo>(*number)) : nullptr;
  if (!subject || !id || !unit_name) return damaged();
  ConflictValues values{{subject->no, *id}, 0, field(collection, conflict, "about_deletion") == Value(true), {}, {}};
  if (values.about_deletion) return values;
  const auto unit = std::ranges::find(subject->units, *unit_name, &MergeUnit::name);
  if (unit == subject->units.end()) return damaged();
  values.unit = static_cast<std::uint8_t>(unit - subject->units.begin());
  HOLDLINE_ASSIGN(values.current, values_from(field(collection, conflict, "current_raw"), unit->fields.size()));
  HOLDLINE_ASSIGN(values.other, values_from(field(collection, conflict, "other_raw"), unit->fields.size()));
  return values;
}

}  // namespace holdline::sync
