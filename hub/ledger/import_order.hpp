// Whether a file may have the last word of its source: of two of them the one that was obtained later, whichever is
// imported, or gone on with, later.
#pragma once

#include <cstdint>
#include <optional>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// What is known of when a file was obtained from its source.
struct FileAge {
  std::optional<std::int64_t> obtained_ms;  // told
  bool is_day = false;                      // that is where a day begins: it was some time on it
  std::optional<std::int64_t> modified_ms;  // when it was written last
  bool may_be_older = false;                // a person said that it is meant so
};

// Sets as_of_ms of `now`, whose file, source and beginning are known. Answers the latest run of the same file, when
// that did not come to its end. ask_person: "run-known" (its id was another import's), "older-file" (a whole file of
// the source says what is newer).
Result<std::optional<ImportRun>> look_at_runs(LedgerReader& reader, const FileAge& age, ImportRun& now);

}  // namespace holdline::hub
