#include "sync/merge/conflicts.hpp"

#include <nlohmann/json.hpp>

#include "sync/base/hash.hpp"
#include "sync/base/limits.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

constexpr std::string_view duplicate_policy = "duplicate";
constexpr std::string_view origin_part = "base_raw";

const Collection& conflicts(const Schema& schema) { return *schema.collection("conflict"); }

Value& field(const Collection& collection, Record& record, std::string_view name) {
  return record.fields[*collection.field(name)];
}
const Value& field(const Collection& collection, const Record& record, std::string_view name) {
  return record.fields[*collection.field(name)];
}

// Where the conflict keeps this part of the unit's values: all fields of a unit are seen by the same workstations.
FieldIndex place_of(const Collection& collection, const Collection& subject, const MergeUnit& unit,
                    std::string_view part) {
  return *collection.field(conflict_value_field(part, subject.fields[unit.fields.front()]));
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

std::string import_text(std::string_view name) {
  return nlohmann::json{{"import", name}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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
    out.raw({reinterpret_cast<const char*>(incoming.salt.data()), incoming.salt.size()});
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
  if (!losing.about_deletion) {
    const auto keep = [&](std::string_view part, std::string value) {
      record.fields[place_of(collection, subject, subject.units[losing.unit], part)] = std::move(value);
    };
    keep("base", texts(shown_bases(losing.base)));
    keep("current", texts(losing.winner));
    keep("other", texts(losing.value));
    keep("current_raw", raw(losing.winner));
    keep("other_raw", raw(losing.value));
    if (!incoming.import.empty()) keep(origin_part, import_text(incoming.import));
  }
  set("by_device", incoming.maker.device);
  set("by_person", incoming.header.person);
  set("at", incoming.corrected_ms);
  set("of_device", incoming.maker.device);
  set("of_lane", std::int64_t{incoming.header.lane});
  set("of_number", static_cast<std::int64_t>(incoming.header.number));
  return record;
}

RecordKey duplicate_key(const Schema& schema, const RecordKey& one, const RecordKey& other, FieldIndex at,
                        const Value& value) {
  Bytes place;
  ByteWriter out(place);
  out.blob("duplicate");
  out.raw(std::max(one.id, other.id).view());
  out.varint(schema.collection(one.collection)->fields[at].no);
  const auto* text = std::get_if<std::string>(&value);
  encode_value(out, text ? Value(fold_key(*text)) : value);
  const auto no = conflicts(schema).no;
  return {no, natural_id(no, std::min(one.id, other.id), place)};
}

Record duplicate_record(const Schema& schema, const Incoming& incoming, const Record& subject, const RecordKey& other,
                        FieldIndex at, bool deleted) {
  const Collection& of = *schema.collection(subject.key.collection);
  const Value& value = subject.fields[at];
  LosingValue same;
  same.unit = of.unit_of[at];
  same.value = same.winner = {value};
  same.base = {make_base(Value(Null{}))};
  Op op = incoming.op;
  op.record = subject.key;
  Record record = conflict_record(schema, {op, incoming.maker, incoming.header, incoming.index, incoming.corrected_ms},
                                  same, subject.scope);
  record.key = duplicate_key(schema, subject.key, other, at, value);
  const Collection& collection = conflicts(schema);
  field(collection, record, "policy") = std::string(duplicate_policy);
  nlohmann::json origin{{"duplicate_of", other.id.text()}};
  if (deleted) origin["deleted"] = true;
  record.fields[place_of(collection, of, of.units[same.unit], origin_part)] = origin.dump();
  return record;
}

bool settle_duplicate(const Schema& schema, const Incoming& incoming, const std::string& how, Record& conflict) {
  const Collection& collection = conflicts(schema);
  if (conflict.deleted || field(collection, conflict, "state") != Value(std::string("open"))) return false;
  field(collection, conflict, "state") = std::string("resolved");
  field(collection, conflict, "resolution") = how;
  field(collection, conflict, "resolved_by") = incoming.header.person;
  field(collection, conflict, "resolved_at") = incoming.corrected_ms;
  return true;
}

ConflictOrigin conflict_origin(const Schema& schema, const Record& conflict) {
  const Collection& collection = conflicts(schema);
  const auto values = conflict_values(schema, conflict);
  if (!values || values->about_deletion) return {};
  const Collection& subject = *schema.collection(values->record.collection);
  const Value& kept = conflict.fields[place_of(collection, subject, subject.units[values->unit], origin_part)];
  const auto* text = std::get_if<std::string>(&kept);
  const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
  if (!json.is_object()) return {};
  ConflictOrigin origin{{}, json.value("deleted", false), json.value("import", "")};
  if (const auto other = Id::parse(json.value("duplicate_of", ""))) origin.duplicate_of = RecordKey{subject.no, *other};
  return origin;
}

bool goes_on_from(const Schema& schema, const Record& conflict, const Op& op, std::uint8_t unit) {
  const Collection& collection = conflicts(schema);
  // Giving another value is how it is settled.
  if (field(collection, conflict, "policy") == Value(std::string(duplicate_policy))) return false;
  const Collection& subject = *schema.collection(op.record.collection);
  const auto& fields = subject.units[unit].fields;
  if (conflict.deleted || field(collection, conflict, "state") != Value(std::string("open")) ||
      field(collection, conflict, "record") != Value(op.record.id) ||
      field(collection, conflict, "unit") != Value(subject.units[unit].name))
    return false;
  const auto kept = [&](std::string_view part) {
    return values_from(conflict.fields[place_of(collection, subject, subject.units[unit], part)], fields.size());
  };
  const auto lost = kept("other_raw"), won = kept("current_raw");
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
  const FieldIndex other_raw = place_of(collection, subject, unit, "other_raw");
  if (auto kept = values_from(conflict.fields[other_raw], unit.fields.size()))
    for (std::size_t i = 0; i < unit.fields.size(); ++i)
      if (!(joined.told >> unit.fields[i] & 1)) other[i] = (*kept)[i];
  Value& list = field(collection, conflict, "joined");
  if (!std::holds_alternative<Elements>(list)) list = Elements{};
  auto& elements = std::get<Elements>(list);
  const auto index = *collection.field("joined");
  elements.push_back({element_tag(incoming.origin(), incoming.index, index, joined.unit),
                      std::to_string(incoming.header.lane) + "/" + std::to_string(incoming.header.number), false});
  std::ranges::sort(elements, {}, &Element::tag);
  conflict.fields[place_of(collection, subject, unit, "other")] = texts(other);
  conflict.fields[other_raw] = raw(other);
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
  ConflictValues values{{subject->no, *id}, 0, field(collection, conflict, "about_deletion") == Value(true)};
  if (values.about_deletion) return values;
  const auto unit = std::ranges::find(subject->units, *unit_name, &MergeUnit::name);
  if (unit == subject->units.end()) return damaged();
  values.unit = static_cast<std::uint8_t>(unit - subject->units.begin());
  const auto kept = [&](std::string_view part) -> const Value& {
    return conflict.fields[place_of(collection, *subject, *unit, part)];
  };
  values.hidden = is_null(kept("current_raw")) && is_null(kept("other_raw"));
  if (values.hidden) return values;
  HOLDLINE_ASSIGN(values.current, values_from(kept("current_raw"), unit->fields.size()));
  HOLDLINE_ASSIGN(values.other, values_from(kept("other_raw"), unit->fields.size()));
  return values;
}

Result<ConflictTexts> conflict_texts(const Schema& schema, const Record& conflict) {
  HOLDLINE_ASSIGN(const ConflictValues values, conflict_values(schema, conflict));
  if (values.about_deletion || values.hidden) return ConflictTexts{};
  const Collection& collection = conflicts(schema);
  const Collection& subject = *schema.collection(values.record.collection);
  const auto kept = [&](std::string_view part) {
    const auto* text =
        std::get_if<std::string>(&conflict.fields[place_of(collection, subject, subject.units[values.unit], part)]);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    std::vector<std::string> list;
    if (json.is_array())
      for (const auto& one : json) list.push_back(one.is_string() ? one.get<std::string>() : "");
    return list;
  };
  return ConflictTexts{kept("base"), kept("current"), kept("other")};
}

void mark_resolved(const Schema& schema, const Record* before, const Incoming& incoming, MergeOutcome& outcome) {
  const Collection& collection = conflicts(schema);
  if (incoming.op.record.collection != collection.no || before == nullptr) return;
  const Value resolved(std::string("resolved"));
  Record& next = outcome.next.record;
  if (field(collection, *before, "state") == resolved || field(collection, next, "state") != resolved) return;
  const auto set = [&](std::string_view name, Value value) {
    const FieldIndex index = *collection.field(name);
    next.fields[index] = std::move(value);
    outcome.changed |= FieldMask{1} << index;
  };
  set("resolved_by", incoming.header.person);
  set("resolved_at", incoming.corrected_ms);
}

}  // namespace holdline::sync
