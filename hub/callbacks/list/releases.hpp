// Releases of callbacks as records of the ledger.
#pragma once

#include "contingency/callbacks/release/release.hpp"
#include "hub/intake/intake.hpp"

namespace holdline::hub {

contingency::ReleaseBatch release_of(const sync::Collection& releases, const sync::Record& record);

// A new one, kept durably when it returns. Errors of Intake::take_own, and "not-kept".
Result<void> keep_release(const sync::Schema& schema, Intake& intake, const contingency::ReleaseBatch& batch,
                          const contingency::Preview& seen, std::uint64_t missing, std::int64_t now_ms);
// What became of it: state, by whom, since when.
Result<void> keep_change(const sync::Schema& schema, Intake& intake, const contingency::ReleaseBatch& was,
                         const contingency::ReleaseBatch& is, std::int64_t now_ms);

}  // namespace holdline::hub
