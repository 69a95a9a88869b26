// What the stores' source files share: walking the rows of a query.
#pragma once

#include "platform/database/database.hpp"

namespace holdline::agent {

// Runs `each` for every row of a query.
template <class Each>
Result<void> for_rows(platform::Rows rows, Each each) {
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    each(rows);
  }
}

}  // namespace holdline::agent
