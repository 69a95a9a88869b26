// Which scopes there are. A new one is made on purpose: a scope that is only mistyped would take records, people and
// workstations in which nobody looks for them (decision 0041).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

// Those of workstations and people, those with records, and those that were made; in their order.
Result<std::vector<std::string>> known_scopes(Ledger& ledger);

// Whether they are among them; while there is none at all any is well. ask_person "bad-scope", "too-many-scopes",
// "unknown-scope" (names those there are).
Result<void> check_known_scopes(Ledger& ledger, std::span<const std::string> scopes);
inline Result<void> check_known_scope(Ledger& ledger, const std::string& scope) {
  return check_known_scopes(ledger, {&scope, 1});
}

// Durable when it returns; once is enough. ask_person "bad-scope".
Result<void> make_scope(Ledger& ledger, const std::string& scope);

}  // namespace holdline::hub
