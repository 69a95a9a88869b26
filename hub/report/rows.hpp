// Reading the ledger's rows for a report. Internal to hub/report.
#pragma once

#include "hub/ledger/ledger.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::hub {

// Every live record of a collection in these scopes, in the order of their ids; none when the schema does not have it.
// `take(fields, record)`.
template <class Take>
Result<void> each_row(LedgerReader& reader, std::string_view name, const std::vector<std::string>& scopes, Take take) {
  constexpr std::size_t rows_at_once = 5'000;
  const sync::Collection* collection = reader.schema().collection(name);
  if (collection == nullptr) return {};
  for (Id after;;) {
    HOLDLINE_ASSIGN(const auto rows, reader.rows(collection->no, scopes, after, rows_at_once));
    for (const VersionedRecord& row : rows) take(sync::RecordFields(*collection, row.stored.record), row.stored.record);
    if (rows.size() < rows_at_once) return {};
    after = rows.back().stored.record.key.id;
  }
}

// "order_request" as people read it.
inline std::string in_words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

}  // namespace holdline::hub
