#include "sync/merge/merge.hpp"

#include <algorithm>

#include "sync/merge/stamps.hpp"
#include "sync/merge/steps.hpp"

namespace holdline::sync {

namespace {

bool holds_elements(const Field& field) { return field.type == FieldType::set || field.type == FieldType::list; }

// Folds one change of a set or list, whichever way its elements are known.
void fold(const Collection& collection, const Incoming& in, const FieldChange& change, Value& value) {
  if (!in.by_value) return fold_elements(in.origin(), in.index, change, value);
  Bytes field;
  ByteWriter(field).varint(collection.fields[change.field].no);
  Elements elements;
  if (auto* present = std::get_if<Elements>(&value)) elements = std::move(*present);
  for (const std::string& text : change.adds) {
    const Hash said = sha256({"holdline element", in.maker.device.view(), field, text});
    const Id tag = natural_id(collection.no, in.op.record.id, said.view());
    const auto at = std::ranges::lower_bound(elements, tag, {}, &Element::tag);
    if (at == elements.end() || at->tag != tag) elements.insert(at, Element{tag, text, false});
  }
  value = std::move(elements);
  fold_elements(in.origin(), in.index, {change.field, {}, {}, {}, change.removes}, value);
}

// A create that met a deleted record. The deletion is over, and kept for the record.
void restart_deleted(const StoredRecord& stored, MergeOutcome& outcome) {
  outcome.next.record.scope = stored.record.scope;
  outcome.next.meta.last_cn = stored.meta.last_cn;
  outcome.flags_changed = outcome.merged = true;
  outcome.stamps_changed = outcome.next.meta.stamps != stored.meta.stamps;
  outcome.changed = 0;
  for (std::size_t i = 0; i < stored.record.fields.size(); ++i)
    if (stored.record.fields[i] != outcome.next.record.fields[i]) outcome.changed |= bit(static_cast<FieldIndex>(i));
  outcome.losing_values.push_back(lost_deletion(LosingState::decided, false));
}

// A new record takes its place in lists by the hub's clock, whatever the workstation's said.
void set_sort_time(const Collection& collection, const Incoming& in, MergeOutcome& outcome) {
  if (collection.sort_by) assign(outcome, *collection.sort_by, in.corrected_ms);
}

// A create where no live record stands: everything applies. The plain case of every new record, so it copies each value
// once and hashes only for policy `latest`. A deleted record starts anew: whoever creates it cannot have displayed it.
MergeOutcome merge_create(const Collection& collection, const StoredRecord* stored, const Incoming& in) {
  MergeOutcome outcome;
  outcome.created = true;
  outcome.next.record = blank_record(collection, in.op);
  outcome.next.meta.last_device = in.maker.device;
  auto& fields = outcome.next.record.fields;
  FieldMask stamped = 0;
  for (const FieldChange& change : in.op.changes) {
    if (holds_elements(collection.fields[change.field])) {
      fold(collection, in, change, fields[change.field]);
    } else {
      fields[change.field] = change.value;
      const std::uint8_t unit = collection.unit_of[change.field];
      if (collection.units[unit].policy == MergePolicy::latest && !is_null(change.value)) stamped |= bit(unit);
    }
    if (!is_null(fields[change.field])) outcome.changed |= bit(change.field);
  }
  set_sort_time(collection, in, outcome);
  for (std::uint8_t unit = 0; unit < collection.units.size(); ++unit) {
    if ((stamped & bit(unit)) == 0) continue;
    std::vector<Base> named;
    for (const FieldIndex field : collection.units[unit].fields) named.emplace_back(fields[field]);
    const EffectiveTime at{in.corrected_ms, in.maker.device};
    outcome.stamps_changed |= put_stamp(outcome.next.meta, unit, *stamp_name(named), at);
  }
  if (stored != nullptr) restart_deleted(*stored, outcome);
  return outcome;
}

// Sets and lists are folded element by element; every other unit the op mentions is merged as one value.
void merge_fields(const Collection& collection, const Incoming& in, const JoinsOpenConflict& joins,
                  MergeOutcome& outcome) {
  FieldMask units = 0;  // units have numbers below 64, as fields have
  for (const FieldChange& change : in.op.changes) {
    // Two spellings of one key are no two values: the one that stands may stay.
    const bool same_key = collection.folded_key && collection.natural_key == change.field &&
                          !is_null(outcome.next.record.fields[change.field]);
    if (same_key) continue;
    if (!holds_elements(collection.fields[change.field])) {
      units |= bit(collection.unit_of[change.field]);
      continue;
    }
    Value folded = outcome.next.record.fields[change.field];
    fold(collection, in, change, folded);
    assign(outcome, change.field, folded);
  }
  for (std::uint8_t unit = 0; unit < collection.units.size(); ++unit)
    if ((units & bit(unit)) != 0) merge_unit(collection, unit, in, joins, outcome);
}

// Lays the changes of an edit, or of a create that met a live record, on what stands (nothing: an empty record).
MergeOutcome merge_changes(const Collection& collection, const StoredRecord* stored, const Incoming& in,
                           const JoinsOpenConflict& joins) {
  MergeOutcome outcome;
  if (stored != nullptr) {
    outcome.next = *stored;
  } else {
    outcome.next.record = blank_record(collection, in.op);
  }
  outcome.merged = changed_by_others(stored, in);
  merge_fields(collection, in, joins, outcome);
  if (outcome.changed == 0) return outcome;
  if (stored == nullptr) set_sort_time(collection, in, outcome);
  outcome.next.meta.last_device = in.maker.device;
  outcome.created = stored == nullptr || stored->record.deleted;
  if (outcome.next.record.deleted) {
    outcome.next.record.deleted = false;
    outcome.next.record.deletion_asked = true;
    outcome.flags_changed = true;
    outcome.losing_values.push_back(lost_deletion(LosingState::open, false));
  }
  return outcome;
}

}  // namespace

void assign(MergeOutcome& outcome, FieldIndex field, const Value& value) {
  Value& current = outcome.next.record.fields[field];
  if (current == value) return;
  current = value;
  outcome.changed |= bit(field);
}

Record blank_record(const Collection& collection, const Op& op) {
  Record record;
  record.key = op.record;
  record.scope = op.scope;
  record.fields.resize(collection.fields.size());
  return record;
}

bool changed_by_others(const StoredRecord* stored, const Incoming& incoming) {
  return stored != nullptr && stored->meta.last_cn > incoming.op.seen &&
         stored->meta.last_device != incoming.maker.device;
}

MergeOutcome merge(const Collection& collection, const StoredRecord* stored, const Incoming& incoming,
                   const JoinsOpenConflict& joins) {
  if (incoming.op.kind == OpKind::erase_row) return merge_delete(collection, stored, incoming);
  const bool live = stored != nullptr && !stored->record.deleted;
  if (incoming.op.kind == OpKind::create && !live) return merge_create(collection, stored, incoming);
  return merge_changes(collection, stored, incoming, joins);
}

}  // namespace holdline::sync
