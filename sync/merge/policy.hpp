// Who wins when a merge unit conflicts: one function for each policy of the schema (review, latest, central, transition
// by the states' allowed steps, strictest), chosen from a table. Which field has which policy says schema.toml.
// Internal to sync/merge.
#pragma once

#include <optional>
#include <vector>

#include "sync/merge/stamps.hpp"

namespace holdline::sync {

// Two values of one unit that were both made without knowing the other. Values are one per field of the unit.
struct Contention {
  const Collection& collection;
  const MergeUnit& unit;
  const std::vector<Value>& current;
  const std::vector<Value>& incoming;
  std::optional<EffectiveTime> current_at;  // policy `latest` only, as is the next; nothing: before all stamps
  EffectiveTime incoming_at;
  bool from_source = false;  // the incoming values come from the central database itself
};

enum class PolicyDecision {
  ask,            // the current values stay, a person decides about the incoming
  keep_current,   // the current values stay, the incoming are kept for the record
  take_incoming,  // the incoming values stand, the current are kept for the record
};

PolicyDecision decide(const Contention& contention);

// Position of a value in the declared order of a picklist, ascending; -1 for what is not in it.
std::ptrdiff_t strictness(const Field& field, const Value& value);

}  // namespace holdline::sync
