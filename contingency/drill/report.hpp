// What came of a drill: who took part, how long it took, what failed. Counted by an adapter from what was told in it,
// kept with the incident for as long as that, so that it can be read when what was practised is long gone. Values,
// their words and their JSON; pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

inline constexpr std::size_t drill_report_bytes = 7'000;  // of its JSON: what one field of a record takes

// Something that was taken down in it.
struct DrillWork {
  std::string kind;             // as people call the collection: "Manual entry"
  std::string person, station;  // by name; may be empty
  std::int64_t at_ms = 0;       // when it happened
};

// How many workstations of its scopes could work by hand, and of how many.
struct ReadyDesks {
  std::size_t ready = 0, all = 0;
  bool operator==(const ReadyDesks&) const = default;
};

struct DrillFacts {
  const Incident* incident = nullptr;
  std::vector<DrillWork> work;
  std::optional<std::int64_t> first_doubt_ms;  // somebody pressed "not working" before it was declared
  std::vector<std::string> desks;              // workstations of its scopes; empty: not known
  std::vector<std::string> acted;              // people who did or approved something of the runbook
  std::size_t paper_out = 0;                   // sheets that are not accounted for
  std::vector<std::string> failed;             // of the runbook and the checklist, a sentence each
  std::optional<ReadyDesks> ready_before;      // when it was declared; nothing: the hub did not answer then
  std::optional<ReadyDesks> ready_after;       // when it is closed
};

struct DrillReport {
  std::string title, reason;
  std::vector<std::string> scopes;
  std::int64_t declared_ms = 0, ended_ms = 0;
  std::string declared_by;
  std::optional<std::int64_t> to_declare_ms;      // from the first doubt; nothing: nobody said one
  std::optional<std::int64_t> to_first_entry_ms;  // from the declaration; nothing: nothing was taken down
  std::map<std::string, std::size_t> taken;       // by kind
  std::vector<std::string> people, stations;      // that took part, by name
  std::vector<std::string> absent;                // workstations of its scopes at which nothing was taken down
  std::vector<std::string> failed;
  std::optional<ReadyDesks> ready_before, ready_after;
  std::size_t left_out = 0;  // names and sentences that did not fit
  bool operator==(const DrillReport&) const = default;
};

// `ended_ms`: when it is being closed.
DrillReport report_of(const DrillFacts& facts, std::int64_t ended_ms);

// At most drill_report_bytes: of lists that are too long the end is left out, and counted.
std::string encode_json(const DrillReport& report);
// ask_person "malformed-drill-report".
Result<DrillReport> decode_drill_report(std::string_view json);

// What is kept of the beginning of a drill until its report is made. Nothing: it is something else.
std::string encode_json(const ReadyDesks& desks);
std::optional<ReadyDesks> decode_ready_desks(std::string_view json);

}  // namespace holdline::contingency
