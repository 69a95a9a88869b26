// Two records that turned out to be one: one of them was merged into the other and stays as its alias. Nothing is
// copied and nothing moves, so what hangs on the alias is still there should the two be parted again; whoever shows the
// survivor shows with it what hangs on its aliases. What somebody who did not know of it does to the alias is done to
// the survivor instead, by the same three-way merge as any other change.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"
#include "sync/base/result.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// The record as it stands; null when there is none. The pointer need only live until the next call.
using FindRecord = std::function<Result<const Record*>(const RecordKey&)>;

// Into which record this one was merged; nothing when it was not.
std::optional<Id> merged_into(const Collection& collection, const Record& record);

// The record in which a chain of merges ends; `key` itself when it was not merged, or is not there. An alias whose
// other record was deleted, or is not there, stands for itself again. A chain of more than 32, or one that comes back
// to itself (which the hub lets nobody make), ends where it is cut.
Result<RecordKey> survivor_of(const Schema& schema, RecordKey key, const FindRecord& find);

// The same ops about the survivors; nothing when none of them is about a merged record. As many ops as before, since
// ids derive from their position; one that merges what is one already has no changes left. A child whose id follows
// from its parent goes to the same number or address of the survivor, if that has it too. A deletion of an alias goes
// to the survivor as well, unless the same ops delete that one.
Result<std::optional<std::vector<Op>>> follow_merged(const Schema& schema, std::span<const Op> ops,
                                                     const FindRecord& find);

enum class Filled : std::uint8_t {
  values,    // as a workstation shows it at once
  elements,  // as well what sets and lists hold: for the hub, which does it once
};
// What `into` lacks and `from` has, and what `from` says more strictly, as an edit of `into`: a merge group as a whole,
// nothing that the hub or the central database decides. Nothing when there is nothing to give.
std::optional<Op> filling_op(const Collection& collection, const Record& from, const Record& into, Filled what);
// What `from` says more strictly of the same number or address, as an edit of `into`; nothing when that is as strict.
std::optional<Op> stricter_op(const Collection& collection, const Record& from, const Record& into);

}  // namespace holdline::sync
