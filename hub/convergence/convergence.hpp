// The hub's own account of who sent what and what became of it, signed with its certificate: what is left in doubt
// after an outage, or that nothing is (contingency/convergence/statement.hpp).
#pragma once

#include <optional>
#include <string>

#include "contingency/convergence/statement.hpp"
#include "hub/setup/parts.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// POST /admin/v1/certificate.
bool is_about_convergence(const platform::HttpRequest& request);

struct WantedStatement {
  std::string about;                // the outage, in words; may be empty
  std::int64_t heard_after_ms = 0;  // workstations that told of themselves last before this are open points
  std::optional<contingency::Signed> accepted;
};

// Workstations tell of themselves once a minute: whoever did not for this long may have more than is known here.
inline constexpr std::int64_t heard_within_ms = 5 * 60'000;

// Of every workstation, as the ledger stands and as it told last.
Result<std::vector<contingency::WorkstationTally>> tallies_of(Ledger& ledger, LedgerReader& reader);

// As the ledger stands, and as workstations told last.
Result<contingency::ConvergenceStatement> state_convergence(Ledger& ledger, WantedStatement wanted,
                                                            std::int64_t now_ms);

// {"about"?, "heard_after"?: time, "accept"?: {"by", "reason"}} → {"file": the signed text, "open_points": […]}.
// Without "heard_after" those count as heard of who told within five minutes. ask_person "malformed".
Result<platform::HttpResponse> certify_convergence(HubParts& hub, const std::string& body, std::int64_t now_ms);

}  // namespace holdline::hub
