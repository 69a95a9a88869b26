// By when something has to be done, as a schema counts it: [collection.NAME.due.FIELD] of schema.toml. Apart from
// Collection because desks alone need it, when somebody takes something down.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

// So many days, or calendar months, after another time of the record. The desk sets it in a new record where nobody
// gave it, and again when that time or the kind changes, as long as nobody has set another one.
struct Due {
  FieldIndex field = 0, after = 0;               // times
  std::uint32_t days = 0;                        // of 24 hours; where nothing else is said of the kind
  std::uint32_t months = 0;                      // instead of days: the same day of a later month, or its last one
  std::optional<FieldIndex> by;                  // picklist: the kind
  std::map<std::string, std::uint32_t> days_of;  // option of `by` -> days
};

// Those of a collection of the schema, ascending by field. Read from the schema's text, which Schema::parse has judged;
// each thread remembers the version that it asked about last.
const std::vector<Due>& dues_of(const Schema& schema, const Collection& collection);

}  // namespace holdline::sync
