// Customers from a CSV file into the ledger. Every row is accepted or rejected with its number and the reason; what is
// accepted is durable when the import returns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/intake/intake.hpp"

namespace holdline::hub {

struct RejectedRow {
  std::uint64_t line = 0;
  std::string field, code, message;
};

struct ImportReport {
  std::uint64_t rows = 0, accepted = 0;
  std::vector<RejectedRow> rejected;  // the first 1,000
  std::uint64_t rejected_count = 0;
};

// The header line names fields of customer, and `phone`, `phone2`, … and `email`, `email2`, … for its children. Ids
// derive from scope and `ref` (rows without it are rejected), so importing a file again adds nothing twice; a value
// that differs from what stands is decided by its merge policy, like any change from an unknown base, and one that
// loses is one conflict however often it is imported. ask_person for a header that names unknown fields.
Result<ImportReport> import_customers(const sync::Schema& schema, Intake& intake, std::string_view csv,
                                      const std::string& scope, bool dry_run, std::int64_t now_ms);

}  // namespace holdline::hub
