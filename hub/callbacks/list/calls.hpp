// Claims and calls as records of the ledger.
// Internal to hub/callbacks.
#pragma once

#include "contingency/callbacks/claim/claims.hpp"
#include "hub/callbacks/list/list.hpp"
#include "hub/intake/intake.hpp"

namespace holdline::hub {

contingency::Claim claim_of(const sync::Collection& claims, const sync::Record& record);
contingency::CallAttempt attempt_of(const sync::Collection& attempts, const sync::Record& record);

// What a step of the claims asks to be kept, as rows for one commit; an error is what the step refused. `scope`,
// `release` and `fresh` are for claims that the ledger does not have yet: where, out of which release, and their ids.
struct NewClaim {
  std::string scope, release;
  Id id;
};
Result<std::vector<OwnRow>> rows_of(const sync::Schema& schema, const CallbackList& list,
                                    const contingency::ClaimActions& actions, const NewClaim& fresh);
// Of a number that is not to be called any more, as a desk would write it.
OwnRow refusal_row(const sync::Schema& schema, const std::string& key, const std::string& scope, const Id& id,
                   const contingency::CallAttempt& attempt);

}  // namespace holdline::hub
