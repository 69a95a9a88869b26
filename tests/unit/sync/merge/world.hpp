// A collection with one unit of every policy, three devices, and short ways to say what they do.
#pragma once

#include <string>
#include <vector>

#include "sync/merge/merge.hpp"

namespace holdline::sync::merge_world {

enum : FieldIndex { note, lang, tier, state, use, tags, log, street, city, seat, desk };

inline const Collection& things() {
  static const Collection made = [] {
    Collection c;
    c.name = "thing";
    c.no = 5;
    const auto add = [&c](const char* name, FieldType type, MergePolicy policy, const char* group = "") {
      Field field;
      field.name = name;
      field.no = static_cast<std::uint16_t>(c.fields.size() + 1);
      field.type = type;
      field.policy = policy;
      field.merge_group = group;
      if (type == FieldType::picklist) field.options = {"a", "b", "c", "d", "e", "f", "g"};  // ascending
      if (policy == MergePolicy::transition) field.transitions = {{"a", {"b"}}, {"b", {"c"}}};
      const auto index = static_cast<FieldIndex>(c.fields.size());
      c.fields.push_back(field);
      if (*group == 0 || c.units.back().name != group)
        c.units.push_back({*group == 0 ? field.name : field.merge_group, policy, {}});
      c.units.back().fields.push_back(index);
      c.unit_of.push_back(static_cast<std::uint8_t>(c.units.size() - 1));
    };
    add("note", FieldType::text, MergePolicy::review);
    add("lang", FieldType::text, MergePolicy::latest);
    add("tier", FieldType::picklist, MergePolicy::central);
    add("state", FieldType::picklist, MergePolicy::transition);
    add("use", FieldType::picklist, MergePolicy::strictest);
    add("tags", FieldType::set, MergePolicy::unite);
    add("log", FieldType::list, MergePolicy::append);
    add("street", FieldType::text, MergePolicy::review, "postal");
    add("city", FieldType::text, MergePolicy::review, "postal");
    add("seat", FieldType::text, MergePolicy::latest, "place");
    add("desk", FieldType::text, MergePolicy::latest, "place");
    return c;
  }();
  return made;
}

inline Value text(const char* said) { return std::string(said); }
inline const Base unknown = BaseUnknown{};

inline Id id(std::uint8_t tail) {
  Id made;
  made.bytes[15] = tail;
  return made;
}

inline FieldChange change(FieldIndex field, Base base, Value value) {
  return {field, std::move(base), std::move(value), {}, {}};
}
inline FieldChange add(FieldIndex field, std::string element) { return {field, {}, {}, {std::move(element)}, {}}; }
inline FieldChange take(FieldIndex field, Id tag) { return {field, {}, {}, {}, {tag}}; }

// One op as it arrives, owning what Incoming refers to.
struct Arrival {
  Op op;
  Maker maker;
  ActionHeader header;
  std::int64_t at_ms = 1'000;

  Id tag(FieldIndex field) const { return element_tag(origin_of(maker, header, {}), 0, field, 0); }
};

// The `number`-th action of a device, with one op on the one record of these tests.
inline Arrival arrival(OpKind kind, int device, int number, std::vector<FieldChange> changes) {
  Arrival made;
  made.op.kind = kind;
  made.op.record = {5, id(77)};
  made.op.scope = "acme/leeds";
  made.op.changes = std::move(changes);
  made.maker = {id(static_cast<std::uint8_t>(1 + device)), id(static_cast<std::uint8_t>(101 + device))};
  made.header.lane = 3;
  made.header.number = static_cast<std::uint64_t>(number);
  return made;
}
inline Arrival create(int device, int number, std::vector<FieldChange> changes) {
  return arrival(OpKind::create, device, number, std::move(changes));
}
inline Arrival edit(int device, int number, std::vector<FieldChange> changes) {
  return arrival(OpKind::edit, device, number, std::move(changes));
}
// A delete by somebody who saw `displayed`.
inline Arrival erase(int device, int number, const Record& displayed) {
  Arrival made = arrival(OpKind::erase_row, device, number, {});
  made.op.seen_digest = seen_digest(things(), displayed, {});
  return made;
}

inline StoredRecord standing(std::vector<std::pair<FieldIndex, Value>> values) {
  StoredRecord made;
  made.record.key = {5, id(77)};
  made.record.scope = "acme/leeds";
  made.record.fields.resize(things().fields.size());
  for (auto& [field, value] : values) made.record.fields[field] = std::move(value);
  return made;
}

inline MergeOutcome apply(const StoredRecord* stored, const Arrival& arrived, const JoinsOpenConflict& joins = {}) {
  std::optional<Hash> digest;
  if (stored != nullptr && arrived.op.kind == OpKind::erase_row) digest = seen_digest(things(), stored->record, {});
  return merge(things(), stored, {arrived.op, arrived.maker, arrived.header, 0, arrived.at_ms, digest}, joins);
}
inline MergeOutcome apply(const StoredRecord& stored, const Arrival& arrived, const JoinsOpenConflict& joins = {}) {
  return apply(&stored, arrived, joins);
}

}  // namespace holdline::sync::merge_world
