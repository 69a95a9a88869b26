// What a dialler tells about the cases that it was handed, read into the outcomes of calls that are known here. What
// its maker has documented is in one table; whatever else a site calls its dispositions has to be said by somebody, and
// is never guessed. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/dialler/dialler.hpp"

namespace holdline::hub {

// One row of the file that names a case and says how its call ended.
struct DiallerRow {
  std::uint64_t line = 0;
  DiallerKey key;
  std::string disposition;  // in the dialler's words
  std::string outcome;      // by name; empty: nobody said what this disposition means
  std::string agent;        // in the dialler's words; may be empty
  std::int64_t at_ms = 0;   // when; 0: not told, or on a clock that nobody named
};

struct DiallerReading {
  std::vector<DiallerRow> rows;
  std::size_t open = 0;                                      // ours, and not called so far
  std::size_t others = 0;                                    // that name no case of ours
  std::vector<std::pair<std::uint64_t, std::string>> wrong;  // lines that cannot be read, and why
};

struct OutcomeReading {
  std::map<std::string, std::string, std::less<>>
      meanings;  // of dispositions, as a person told them; these count first
  // A time as a clock shows it, without an offset, as a moment; empty: nobody said where that clock is.
  std::function<std::optional<std::int64_t>(std::int64_t clock_ms)> clock;
};

// vicidial: a table with the columns vendor_lead_code and status, and call_date or last_local_call_time, and user, with
//   commas or tabs;
// genesys: the exported contact list with its columns CallRecordLastResult-phone, …LastAgentWrapup… and …LastAttempt…;
// connect: answers of PutDialRequestBatch, and contact records, one JSON object a line;
// jsonl: {"holdline","outcome" or "disposition","at"?,"agent"?} a line.
// ask_person "columns-missing": a table without the columns that say which case it was and how it ended.
Result<DiallerReading> read_outcomes(DiallerFormat format, std::string_view text, const OutcomeReading& with);

// What a disposition of a dialler means by its maker's documents; empty: they do not say.
std::string_view documented_outcome(DiallerFormat format, std::string_view disposition);

}  // namespace holdline::hub
