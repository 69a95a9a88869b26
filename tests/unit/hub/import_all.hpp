// A whole file into a ledger, as the hub imports it: in turns of about `ops_per_turn`.
#pragma once

#include "hub/import/import.hpp"

namespace holdline::hub::testing {

inline Result<ImportReport> import_all(Result<CustomerImport> import, Intake& intake, std::int64_t at_ms,
                                       std::size_t ops_per_turn = 1'000) {
  if (!import) return fail(std::move(import));
  for (bool more = true; more;) {
    HOLDLINE_ASSIGN(more, import->take(intake, ops_per_turn, at_ms));
  }
  return import->report();
}

}  // namespace holdline::hub::testing
