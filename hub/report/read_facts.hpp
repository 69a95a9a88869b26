// What the ledger has about one outage, for a report (contingency/report/facts.hpp).
#pragma once

#include <string>
#include <vector>

#include "contingency/report/facts.hpp"
#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

struct WantedReport {
  std::string incident;                             // short code or whole name; empty: the latest that is no practice
  std::string client;                               // nothing of others; empty: of all
  std::optional<std::vector<std::string>> allowed;  // scopes of who asks; nothing: every one
};

// A moment of the ledger, over a connection of its own: any thread that no request waits for, because it looks at
// everything that was written in these scopes. ask_person "no-such-incident", "incident-ambiguous", "client-unknown",
// "no-incidents".
Result<contingency::ReportFacts> read_report_facts(Ledger& ledger, const WantedReport& wanted, std::int64_t now_ms);

}  // namespace holdline::hub
