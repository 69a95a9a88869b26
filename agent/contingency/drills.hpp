// Drills as records: what was taken down in one is read for its report, and the report is kept (collection
// drill_report), so that everybody knows when the last one was. The daemon's own reading: no customer stands in it.
//
// The reading thread, or pure. Internal to agent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/contingency/incident_records.hpp"
#include "contingency/drill/report.hpp"

namespace holdline::agent {

inline constexpr std::string_view drill_collection = "drill_report";

// A drill that is over, as it was reported.
struct DrillHeld {
  sync::Id incident;
  std::int64_t at_ms = 0;
  contingency::DrillReport report;
};
// The latest of all scopes of this workstation first, each once. Errors of the view; none where the hub's version of
// the schema has no reports.
Result<std::vector<DrillHeld>> read_drills(View& view);

// What was taken down in it, and when somebody said before it was declared that something does not work. Errors of the
// view.
struct DrillSeen {
  std::vector<contingency::DrillWork> work;
  std::optional<std::int64_t> first_doubt_ms;
  std::optional<contingency::ReadyDesks> ready_before;
};
Result<DrillSeen> read_drill(View& view, const contingency::Incident& drill);

// The report in each of the drill's scopes, for the action that closes it; ids still to be filled in, places from
// `first`. Nothing where the schema has no reports.
std::vector<sync::Op> ops_of_report(const sync::Schema& schema, const contingency::Incident& drill,
                                    const contingency::DrillReport& report, const std::string& by, std::size_t first);

// Which workstations were ready when it was declared, in each of its scopes, for the action that declares it; as above.
std::vector<sync::Op> ops_of_beginning(const sync::Schema& schema, const contingency::Incident& drill,
                                       const contingency::ReadyDesks& ready, const std::string& by, std::size_t first);

}  // namespace holdline::agent
