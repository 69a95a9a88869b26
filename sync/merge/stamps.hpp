// What the merge remembers about the past values of a unit, as stamps in the record's meta.
// Internal to sync/merge.
#pragma once

#include <optional>
#include <vector>

#include "sync/merge/merge.hpp"

namespace holdline::sync {

// Orders changes of one unit: the later time wins, then the greater device.
struct EffectiveTime {
  std::int64_t ms = 0;
  Id device;
  auto operator<=>(const EffectiveTime&) const = default;
};

// The name of a unit's values in Stamp::value. The same whether a value travels itself or, above base_value_limit, as
// its hash; nothing when a base is unknown.
std::optional<Hash> stamp_name(const std::vector<Base>& bases);

// When the unit got these values; nothing when it never had them or that is too long ago to be kept.
std::optional<EffectiveTime> stamp_of(const RecordMeta& meta, std::uint8_t unit, const Hash& name);

// Notes that the unit was given these values. Values given twice keep the later time; above stamps_per_unit the oldest
// go. True when the meta changed.
bool put_stamp(RecordMeta& meta, std::uint8_t unit, const Hash& name, const EffectiveTime& at);

// Forgets that the unit was given these values. True when the meta changed.
bool drop_stamp(RecordMeta& meta, std::uint8_t unit, const Hash& name);

}  // namespace holdline::sync
