// Which earlier actions a new one must wait for at the hub: those that created the record it changes, or changed the
// same field or merge group of it, and have no final result yet. In memory, derived from the unsettled actions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "agent/outbox/state.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

class DependencyIndex {
 public:
  // What became of an earlier action; open when it is not yet in the file.
  using SettlementOf = std::function<Settlement(sync::ActionRef)>;

  // In the order the actions were made.
  void add(const sync::Schema& schema, const sync::Action& action);

  // What `ops`, in an action of `lane`, must name in `depends_on`; ascending, at most limits::dependencies_per_action
  // (the latest). Empty for lane 0: do-not-call, withdrawal of consent and erasure wait for nothing. Fields whose
  // policy keeps every change (sets, lists) need no order. A quarantined action counts only where it created the
  // record: an edit of the same field was made from the ledger's value, and naming the refused edit would park the one
  // that repairs it.
  std::vector<sync::ActionRef> dependencies_of(const sync::Schema& schema, sync::Lane lane,
                                               const std::vector<sync::Op>& ops,
                                               const SettlementOf& settlement_of) const;

  // Forgets what is settled, once enough of it has gathered.
  void sweep(const SettlementOf& settlement_of);

 private:
  struct Change {
    sync::ActionRef ref;
    std::uint64_t order = 0;  // of being made, over all lanes
    std::uint64_t units = 0;  // bit u: merge unit u of the collection
    bool created = false;
  };

  std::unordered_map<sync::Id, std::vector<Change>> records_;
  std::uint64_t order_ = 0;
  std::size_t changes_ = 0, kept_by_last_sweep_ = 0;
};

}  // namespace holdline::agent
