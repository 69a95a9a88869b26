// The callback list of a hub: what the ledger's records say at one moment, as cases in their order. Made anew from the
// records each time; nothing of it is stored (docs/decisions/callbacks/0038-the-list-is-made-of-records.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "contingency/callbacks/claim/claims.hpp"
#include "contingency/callbacks/release/release.hpp"
#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

struct CallbackList {
  ChangeNumber cn = 0;  // of the ledger, at that moment
  contingency::Cases cases;
  std::vector<contingency::ReleaseBatch> releases;  // by when they began
  contingency::Claims claims;                       // as they stand at that time: what has expired has
  std::vector<contingency::Claim> expired;          // of these, those of which the ledger does not know yet
  struct ClaimRecord {
    Id id;                       // in the ledger
    std::string scope, release;  // out of which release; empty: none
    contingency::Claim kept;     // as the ledger has it
  };
  std::map<std::uint64_t, ClaimRecord> claim_records;  // by fence
  std::int64_t decided_ms = 0;                         // of the latest decision
  std::map<Id, std::string> reference;                 // of requests: what was read out to the caller
  contingency::ListCoverage coverage;
};

// Reads a moment of the ledger; may take a second, so not on the thread that writes it. Of all scopes that workstations
// or people have. Errors of the ledger, and ask_person "schema-older" when this ledger's schema has no decisions about
// callbacks yet.
Result<CallbackList> read_callbacks(Ledger& ledger, std::int64_t now_ms);

}  // namespace holdline::hub
