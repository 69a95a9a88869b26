// Two versions of a schema side by side: what a newer one changes, and whether data and queues made under the older one
// fit it. What does not fit is refused with what to do instead; everything else a hub can take while workstations of
// the older version are offline with full outboxes.
#pragma once

#include <string>
#include <vector>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

struct SchemaChange {
  std::string where;    // "customer.tier", "customer", or empty for the whole
  std::string what;     // for people: "longer: 40 characters instead of 20"
  std::string why_not;  // empty: it can be taken. Else why it cannot, and what to do instead
  bool operator==(const SchemaChange&) const = default;
};

// In the order of the schemas: what is gone first, then collection by collection. Empty when nothing differs but texts
// that only people read. Pure.
std::vector<SchemaChange> compare(const Schema& from, const Schema& to);

// Whether every change can be taken.
bool fits_after(const std::vector<SchemaChange>& changes);

}  // namespace holdline::sync
