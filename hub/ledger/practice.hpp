// Whether a record of the ledger is of practice, with what it is about (sync/table/practice.hpp).
#pragma once

#include "hub/ledger/ledger.hpp"
#include "sync/table/practice.hpp"

namespace holdline::hub {

// What cannot be read is taken for real.
inline bool is_of_practice(LedgerReader& reader, const sync::Record& record) {
  return sync::is_of_practice(reader.schema(), record,
                              [&reader](const sync::RecordKey& key) -> std::optional<sync::Record> {
                                auto row = reader.row(key);
                                if (!row || !*row) return std::nullopt;
                                return std::move((*row)->stored.record);
                              });
}

}  // namespace holdline::hub
