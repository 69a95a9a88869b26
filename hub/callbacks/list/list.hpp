// The callback list of a hub: what the ledger's records say at one moment, as cases in their order. It follows from the
// records; nothing of it is stored (docs/decisions/callbacks/0038-the-list-is-made-of-records.md).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "contingency/callbacks/claim/claims.hpp"
#include "contingency/callbacks/promise/capacity.hpp"
#include "contingency/callbacks/release/release.hpp"
#include "hub/ledger/ledger.hpp"

namespace holdline::hub {

struct CallbackList {
  sync::Cursor at;  // of the ledger
  contingency::Cases cases;
  std::vector<contingency::ReleaseBatch> releases;  // by when they began
  contingency::Claims claims;                       // as they stand at that time: what has expired has
  // Of these, those that stand otherwise in the ledger: they have expired, or their outcome came in.
  std::map<std::uint64_t, contingency::Claim> moved_on;
  struct ClaimRecord {
    Id id;                       // in the ledger
    std::string scope, release;  // out of which release; empty: none
    contingency::Claim kept;     // as the ledger has it
  };
  std::map<std::uint64_t, ClaimRecord> claim_records;  // by fence
  std::map<std::uint64_t, std::set<Id>> attempts;      // calls that are known, by their claim
  std::int64_t decided_ms = 0;                         // of the latest decision
  std::map<Id, std::string> reference;                 // of requests: what was read out to the caller
  std::map<Id, contingency::PromiseCapacity> capacities;
};

// Who has something that is not in the list, or was not heard of for so long that nobody knows.
Result<contingency::ListCoverage> coverage_of(Ledger& ledger, std::int64_t now_ms);

}  // namespace holdline::hub
