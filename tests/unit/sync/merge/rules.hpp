// The laws of sync/merge/LAWS.md that speak of one step, as questions about it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "tests/unit/sync/merge/world.hpp"

namespace holdline::sync::merge_world {

// What one device does; `needs` says whose first ops it has seen and so must arrive before.
struct Step {
  Arrival arrived;
  std::size_t needs_device = 0, needs_count = 0;
};
using Script = std::vector<Step>;

// Everything the merge goes by. Who changed the record last is left out: it decides nothing.
struct State {
  std::optional<StoredRecord> stored;
  int asked = 0;  // losers about deletion so far that a person must decide
  bool operator==(const State&) const = default;
};

inline const Value& value_in(const State& state, FieldIndex field) {
  static const Value none;
  return state.stored ? state.stored->record.fields[field] : none;
}

inline bool lost(const MergeOutcome& outcome, std::uint8_t unit, std::size_t place, const Value& value) {
  return std::any_of(outcome.losing_values.begin(), outcome.losing_values.end(), [&](const LosingValue& losing) {
    return !losing.about_deletion && losing.unit == unit && losing.value[place] == value;
  });
}

inline bool holds_tag(const Value& value, const Id& tag) {
  const auto* elements = std::get_if<Elements>(&value);
  return elements != nullptr &&
         std::any_of(elements->begin(), elements->end(), [&tag](const Element& element) { return element.tag == tag; });
}

// Law 2 for a set or list: every element that was there or is added is there, as itself or as a tombstone. What starts
// anew has only what is added.
inline bool elements_kept(const State& before, bool anew, const Arrival& arrived, const FieldChange& made,
                          const MergeOutcome& outcome) {
  const Value& now = outcome.next.record.fields[made.field];
  if (const auto* old = std::get_if<Elements>(&value_in(before, made.field)); old != nullptr && !anew)
    for (const Element& element : *old)
      if (!holds_tag(now, element.tag)) return false;
  return made.adds.empty() || holds_tag(now, arrived.tag(made.field));
}

// Law 2 for one step: what stood was replaced by a change made from it or lost; what arrived stands or lost.
inline bool nothing_vanished(const State& before, const Step& step, const MergeOutcome& outcome) {
  if (step.arrived.op.kind == OpKind::erase_row)
    return !before.stored || outcome.next.record.fields == before.stored->record.fields;
  const bool anew = step.arrived.op.kind == OpKind::create && before.stored && before.stored->record.deleted;
  for (const FieldChange& made : step.arrived.op.changes) {
    const std::uint8_t unit = things().unit_of[made.field];
    const auto& fields = things().units[unit].fields;
    const auto place = static_cast<std::size_t>(std::find(fields.begin(), fields.end(), made.field) - fields.begin());
    if (!made.adds.empty() || !made.removes.empty()) {
      if (!elements_kept(before, anew, step.arrived, made, outcome)) return false;
      continue;
    }
    const Value &old = value_in(before, made.field), &now = outcome.next.record.fields[made.field];
    const bool create = step.arrived.op.kind == OpKind::create;
    const bool from_old = create ? is_null(old) : base_matches(made.base, old);
    const bool idle = create ? is_null(made.value) : made.base == make_base(made.value);
    if (now != old && !from_old && !anew && !lost(outcome, unit, place, old)) return false;
    if (now != made.value && !idle && !lost(outcome, unit, place, made.value)) return false;
  }
  return true;
}

// Law 3: the same op on its own outcome.
inline bool idempotent(const Step& step, const MergeOutcome& once) {
  if (!once.changes_record() && once.losing_values.empty() && !once.stamps_changed) return true;
  const MergeOutcome twice = apply(once.next, step.arrived);
  const auto was_lost = [&](const LosingValue& losing) {
    return losing.incoming_lost &&
           std::find(once.losing_values.begin(), once.losing_values.end(), losing) != once.losing_values.end();
  };
  return !twice.changes_record() && !twice.stamps_changed && twice.next == once.next &&
         std::all_of(twice.losing_values.begin(), twice.losing_values.end(), was_lost);
}

}  // namespace holdline::sync::merge_world
