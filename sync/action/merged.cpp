#include "sync/action/merged.hpp"

#include <algorithm>

#include "sync/action/groups.hpp"

namespace holdline::sync {

namespace {

constexpr int longest_chain = 32;

const FieldChange* change_of(const Op& op, FieldIndex field) {
  const auto found = std::ranges::find(op.changes, field, &FieldChange::field);
  return found == op.changes.end() ? nullptr : &*found;
}

// These answer the op as it is to be, or nothing when it stays.

// An op that merges, or parts: it is about the record it names.
Result<std::optional<Op>> follow_target(const Schema& schema, const Collection& collection, const Op& op,
                                        const FieldChange& merging, const FindRecord& find) {
  const Id* into = std::get_if<Id>(&merging.value);
  if (into == nullptr) return std::optional<Op>{};
  HOLDLINE_ASSIGN(const RecordKey survivor, survivor_of(schema, {collection.no, *into}, find));
  if (survivor.id == *into) return std::optional<Op>{};
  Op followed = op;
  if (survivor.id == op.record.id)
    std::erase_if(followed.changes, [&](const FieldChange& change) { return change.field == merging.field; });
  else
    std::ranges::find(followed.changes, merging.field, &FieldChange::field)->value = survivor.id;
  return std::optional(std::move(followed));
}

Op about(const Op& op, const RecordKey& key) {
  Op followed = op;
  followed.record = key;
  return followed;
}

// A child whose id follows from parent and key, when both the alias and its survivor have it.
Result<std::optional<Op>> follow_parent(const Schema& schema, const Collection& collection, const Op& op,
                                        const FindRecord& find) {
  const Collection* parents = schema.collection(collection.fields[*collection.parent].target);
  if (parents == nullptr || !parents->merged_into) return std::optional<Op>{};
  HOLDLINE_ASSIGN(const Record* child, find(op.record));
  if (child == nullptr) return std::optional<Op>{};
  const auto* parent = std::get_if<Id>(&child->fields[*collection.parent]);
  const auto* key = std::get_if<std::string>(&child->fields[*collection.natural_key]);
  if (parent == nullptr || key == nullptr) return std::optional<Op>{};
  const RecordKey above{parents->no, *parent};
  const std::string kept = *key;
  HOLDLINE_ASSIGN(const RecordKey survivor, survivor_of(schema, above, find));
  if (survivor == above) return std::optional<Op>{};
  const RecordKey same{collection.no, child_id(collection, survivor.id, kept)};
  HOLDLINE_ASSIGN(const Record* there, find(same));
  if (there == nullptr || there->deleted) return std::optional<Op>{};
  return std::optional(about(op, same));
}

// Of an action that deletes a record and its aliases, each op is about the record it names.
bool erases(std::span<const Op> ops, const RecordKey& key) {
  return std::ranges::any_of(ops, [&](const Op& op) { return op.kind == OpKind::erase_row && op.record == key; });
}

Result<std::optional<Op>> follow(const Schema& schema, std::span<const Op> ops, const Op& op, const FindRecord& find) {
  const Collection* collection = schema.collection(op.record.collection);
  if (collection == nullptr) return std::optional<Op>{};
  if (collection->parent && collection->natural_key && op.kind != OpKind::create)
    return follow_parent(schema, *collection, op, find);
  if (!collection->merged_into) return std::optional<Op>{};
  if (const FieldChange* merging = change_of(op, *collection->merged_into))
    return follow_target(schema, *collection, op, *merging, find);
  HOLDLINE_ASSIGN(const RecordKey survivor, survivor_of(schema, op.record, find));
  if (survivor == op.record || (op.kind == OpKind::erase_row && erases(ops, survivor))) return std::optional<Op>{};
  return std::optional(about(op, survivor));
}

bool is_empty(const Value& value) {
  if (const auto* elements = std::get_if<Elements>(&value)) return std::ranges::all_of(*elements, &Element::removed);
  return is_null(value);
}

// Texts of a set or list that only `from` has.
std::vector<std::string> texts_missing(const Value& from, const Value& into) {
  std::vector<std::string> texts;
  const auto* given = std::get_if<Elements>(&from);
  const auto* kept = std::get_if<Elements>(&into);
  if (given == nullptr) return texts;
  for (const Element& element : *given) {
    const auto same = [&](const Element& other) { return !other.removed && other.text == element.text; };
    if (!element.removed && !(kept && std::ranges::any_of(*kept, same))) texts.push_back(element.text);
  }
  return texts;
}

// Of what protects a person, the stricter of the two stands whichever of the records it was said of.
bool is_stricter(const Field& field, const Value& from, const Value& into) {
  if (field.policy != MergePolicy::strictest) return false;
  const auto rank = [&](const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    const auto at = text ? std::ranges::find(field.options, *text) : field.options.end();
    return at == field.options.end() ? -1 : at - field.options.begin();
  };
  return rank(from) > rank(into);
}

}  // namespace

std::optional<Op> stricter_op(const Collection& collection, const Record& from, const Record& into) {
  Op op{OpKind::edit, into.key, into.scope, 0, {}, {}};
  for (FieldIndex at = 0; at < collection.fields.size(); ++at)
    if (is_stricter(collection.fields[at], from.fields[at], into.fields[at]))
      op.changes.push_back({at, make_base(into.fields[at]), from.fields[at], {}, {}});
  return op.changes.empty() ? std::nullopt : std::optional(std::move(op));
}

std::optional<Op> filling_op(const Collection& collection, const Record& from, const Record& into, Filled what) {
  Op op{OpKind::edit, into.key, into.scope, 0, {}, {}};
  for (const MergeUnit& unit : collection.units) {
    const bool lacks = std::ranges::all_of(unit.fields, [&](FieldIndex at) { return is_empty(into.fields[at]); });
    for (const FieldIndex at : unit.fields) {
      const Field& field = collection.fields[at];
      if (field.read_only || field.policy == MergePolicy::central || collection.merged_into == at ||
          field.replication != Replication::full || is_empty(from.fields[at]))
        continue;
      if (field.type == FieldType::set || field.type == FieldType::list) {
        if (what != Filled::elements) continue;
        if (auto texts = texts_missing(from.fields[at], into.fields[at]); !texts.empty())
          op.changes.push_back({at, BaseUnknown{}, Null{}, std::move(texts), {}});
      } else if (lacks || is_stricter(field, from.fields[at], into.fields[at])) {
        op.changes.push_back({at, make_base(into.fields[at]), from.fields[at], {}, {}});
      }
    }
  }
  if (op.changes.empty()) return std::nullopt;
  std::ranges::sort(op.changes, {}, &FieldChange::field);
  complete_groups(collection, into, op.changes);
  return op;
}

std::optional<Id> merged_into(const Collection& collection, const Record& record) {
  if (!collection.merged_into || *collection.merged_into >= record.fields.size()) return std::nullopt;
  const auto* id = std::get_if<Id>(&record.fields[*collection.merged_into]);
  return id ? std::optional(*id) : std::nullopt;
}

Result<RecordKey> survivor_of(const Schema& schema, RecordKey key, const FindRecord& find) {
  const Collection* collection = schema.collection(key.collection);
  if (collection == nullptr || !collection->merged_into) return key;
  for (int step = 0; step < longest_chain; ++step) {
    HOLDLINE_ASSIGN(const Record* record, find(key));
    const auto into = record ? merged_into(*collection, *record) : std::nullopt;
    if (!into) break;
    const RecordKey next{key.collection, *into};
    HOLDLINE_ASSIGN(const Record* other, find(next));
    if (other == nullptr || other->deleted) break;
    key = next;
  }
  return key;
}

Result<std::optional<std::vector<Op>>> follow_merged(const Schema& schema, std::span<const Op> ops,
                                                     const FindRecord& find) {
  std::optional<std::vector<Op>> followed;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    HOLDLINE_ASSIGN(auto op, follow(schema, ops, ops[i], find));
    if (!op) continue;
    if (!followed) followed.emplace(ops.begin(), ops.end());
    (*followed)[i] = *std::move(op);
  }
  return followed;
}

}  // namespace holdline::sync
