// Which incidents are one outage, and where it was. Internal to hub/report.
#pragma once

#include "hub/report/read_facts.hpp"

namespace holdline::hub {

struct FoundOutage {
  std::vector<contingency::Incident> incidents;  // by beginning
  std::vector<std::string> scopes;               // of the ledger, those that the report may speak of
  std::uint32_t plan_version = 0;
};

// Errors of read_report_facts().
Result<FoundOutage> find_outage(LedgerReader& reader, const WantedReport& wanted);

}  // namespace holdline::hub
