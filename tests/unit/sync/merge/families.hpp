// Families of histories: what each of three devices may do to one unit, in at most two ops with values from a small
// alphabet.
#pragma once

#include <functional>

#include "tests/unit/sync/merge/histories.hpp"

namespace holdline::sync::merge_world {

inline const std::vector<Value> alphabet = {text("a"), text("b"), text("c")};
inline const Value initial_value = text("b");

// The second field of the group a field leads; fields outside groups stand for themselves.
inline std::vector<FieldIndex> unit_fields(FieldIndex field) { return things().units[things().unit_of[field]].fields; }

inline std::vector<FieldChange> changes(FieldIndex field, const Base& base, const Value& value) {
  std::vector<FieldChange> made;
  for (const FieldIndex member : unit_fields(field)) made.push_back(change(member, base, value));
  return made;
}

inline State start(FieldIndex field) {
  std::vector<std::pair<FieldIndex, Value>> values;
  for (const FieldIndex member : unit_fields(field)) values.emplace_back(member, initial_value);
  return {standing(std::move(values)), 0};
}

// Clocks that run back on one device and tie between two.
inline Step at_clock(Arrival arrived, std::size_t device, std::size_t place) {
  constexpr std::int64_t clocks[devices][2] = {{1'000, 1'020}, {1'010, 1'005}, {1'010, 1'030}};
  arrived.at_ms = clocks[device][place];
  return {std::move(arrived)};
}

inline Step edits(std::size_t device, std::size_t place, FieldIndex field, const Base& base, const Value& value) {
  const int number = static_cast<int>(place) + 1;
  return at_clock(edit(static_cast<int>(device), number, changes(field, base, value)), device, place);
}

using Scripts = std::vector<Script>;
// The scripts one device may follow; every family holds the empty one.
using Family = std::function<Scripts(std::size_t device, FieldIndex field)>;

// From what everybody saw at first or from the device's own change.
inline Scripts plain_edits(std::size_t device, FieldIndex field) {
  Scripts made = {{}};
  for (const Value& first : alphabet) {
    const Step one = edits(device, 0, field, initial_value, first);
    made.push_back({one});
    for (const Value& second : alphabet) {
      made.push_back({one, edits(device, 1, field, first, second)});
      if (first != initial_value) made.push_back({one, edits(device, 1, field, initial_value, second)});
    }
  }
  return made;
}

inline Scripts unknown_bases(std::size_t device, FieldIndex field) {
  Scripts made = {{}};
  const auto start_with = [&](const Base& base, const Value& first) {
    const Step one = edits(device, 0, field, base, first);
    made.push_back({one});
    for (const Value& second : {Value{}, text("c")}) made.push_back({one, edits(device, 1, field, first, second)});
  };
  for (const Value& first : alphabet) start_with(unknown, first);
  start_with(initial_value, text("c"));
  return made;
}

// Deletes by somebody who saw the record as it was at first, or with the own edit; a create after the own delete.
inline Scripts with_deletes(std::size_t device, FieldIndex field) {
  const int name = static_cast<int>(device);
  const Record first_seen = start(field).stored->record;
  const Step drop = at_clock(erase(name, 1, first_seen), device, 0);
  Scripts made = {{}, {drop}};
  for (const Value& value : alphabet)
    made.push_back({drop, at_clock(create(name, 2, changes(field, Value{}, value)), device, 1)});
  for (const Value& value : {text("a"), text("c")}) {
    const Step one = edits(device, 0, field, initial_value, value);
    Record seen = first_seen;
    for (const FieldIndex member : unit_fields(field)) seen.fields[member] = value;
    made.push_back({one});
    made.push_back({one, at_clock(erase(name, 2, seen), device, 1)});
    for (const Value& next : {initial_value, text("c")}) made.push_back({one, edits(device, 1, field, value, next)});
  }
  return made;
}

// Everybody creates the same natural-key record, where nothing stood.
inline Scripts creates(std::size_t device, FieldIndex field) {
  Scripts made = {{}};
  for (const Value& value : alphabet) {
    const Step one = at_clock(create(static_cast<int>(device), 1, changes(field, Value{}, value)), device, 0);
    made.push_back({one});
    for (const Value& next : {text("a"), text("c")}) made.push_back({one, edits(device, 1, field, value, next)});
  }
  return made;
}

// An edit that reaches a hub which never knew the record, among creates.
inline Scripts edits_of_nothing(std::size_t device, FieldIndex field) {
  Scripts made = {{}};
  for (const Value& value : alphabet) {
    made.push_back({at_clock(create(static_cast<int>(device), 1, changes(field, Value{}, value)), device, 0)});
    made.push_back({edits(device, 0, field, initial_value, value)});
    made.push_back({edits(device, 0, field, unknown, value), edits(device, 1, field, value, text("a"))});
  }
  return made;
}

// The first device edits once or twice, the others may have seen either edit.
inline Scripts seen_from_first(std::size_t device, FieldIndex field) {
  const std::vector<Value> told = {text("a"), text("c")};
  Scripts made = {{}};
  if (device == 0) {
    const Step one = edits(0, 0, field, initial_value, told[0]);
    return {{}, {one}, {one, edits(0, 1, field, told[0], told[1])}};
  }
  for (const Value& value : alphabet)
    for (std::size_t seen = 0; seen <= told.size(); ++seen) {
      Step one = edits(device, 0, field, seen == 0 ? initial_value : told[seen - 1], value);
      one.needs_count = seen;
      made.push_back({one});
      for (const Value& next : alphabet) made.push_back({one, edits(device, 1, field, value, next)});
    }
  return made;
}

// Parts of a group and the whole of it.
inline Scripts parts(std::size_t device, FieldIndex field) {
  const auto members = unit_fields(field);
  Scripts made = {{}};
  for (const Value& value : {text("a"), text("c")}) {
    std::vector<std::vector<FieldChange>> wholes = {changes(field, initial_value, value)};
    for (const FieldIndex member : members) wholes.push_back({change(member, initial_value, value)});
    wholes.push_back({change(members[0], initial_value, value), change(members[1], initial_value, initial_value)});
    for (const auto& first : wholes) {
      const Step one = at_clock(edit(static_cast<int>(device), 1, first), device, 0);
      made.push_back({one});
      made.push_back({one, edits(device, 1, field, value, text("b"))});
    }
  }
  return made;
}

// Adds and removes, also of elements that only arrive later: a remove needs no add before it.
inline Scripts elements(std::size_t device, FieldIndex field) {
  const int name = static_cast<int>(device);
  const auto element = [&](int number) { return edit(name, number, {add(field, "by " + std::to_string(name))}); };
  const auto removal = [&](int number, int of) {
    return edit(name, number, {take(field, edit(of, 1, {}).tag(field))});
  };
  Scripts made = {{}};
  std::vector<Arrival> firsts = {element(1)}, seconds = {element(2)};
  for (int of = 0; of < static_cast<int>(devices); ++of) {
    firsts.push_back(removal(1, of));
    seconds.push_back(removal(2, of));
  }
  for (const Arrival& first : firsts) {
    made.push_back({{first}});
    for (const Arrival& second : seconds) made.push_back({{first}, {second}});
  }
  return made;
}

// Adds and removes among deletes, and creates that start anew.
inline Scripts elements_with_deletes(std::size_t device, FieldIndex field) {
  const int name = static_cast<int>(device);
  const Step drop = {erase(name, 1, standing({}).record)};
  const auto added = [&](int number) { return Step{edit(name, number, {add(field, "by " + std::to_string(name))})}; };
  Scripts made = {{}, {drop}, {drop, {create(name, 2, {add(field, "anew")})}}, {drop, added(2)}};
  for (int of = 0; of < static_cast<int>(devices); ++of)
    made.push_back({added(1), {edit(name, 2, {take(field, edit(of, 1, {}).tag(field))})}});
  Record seen = standing({}).record;
  const Arrival one = added(1).arrived;
  fold_elements(origin_of(one.maker, one.header, {}), 0, one.op.changes[0], seen.fields[field]);
  made.push_back({added(1), {erase(name, 2, seen)}});
  return made;
}

using Slots = std::array<std::array<Value, 2>, devices>;  // by device and place in its script
using Clocks = std::array<std::int64_t, 2>;

// Every op writes a value of its own, from what everybody saw at first, what the device wrote before, or what the first
// device wrote.
inline Scripts own_values(std::size_t device, FieldIndex field, const Base& initial, const Slots& values,
                          const Clocks& clock) {
  const auto made_at = [&](std::size_t place, const Base& base) {
    Step step = edits(device, place, field, base, values[device][place]);
    step.arrived.at_ms = clock[place];
    return step;
  };
  std::vector<Step> firsts = {made_at(0, initial)};
  if (device != 0) {
    firsts.push_back(made_at(0, values[0][0]));
    firsts.back().needs_count = 1;
  }
  Scripts made = {{}};
  for (const Step& first : firsts) {
    made.push_back({first});
    for (const Base& base : {initial, Base{values[device][0]}}) made.push_back({first, made_at(1, base)});
  }
  return made;
}

}  // namespace holdline::sync::merge_world
