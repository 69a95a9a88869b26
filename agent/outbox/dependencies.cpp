#include "agent/outbox/dependencies.hpp"

#include <algorithm>
#include <utility>

#include "sync/base/limits.hpp"

namespace holdline::agent {
namespace {

bool keeps_every_change(sync::MergePolicy policy) {
  return policy == sync::MergePolicy::unite || policy == sync::MergePolicy::append;
}

// The merge units an op decides about. A deletion is about all of them: it names the record as it was displayed.
std::uint64_t units_of(const sync::Collection& collection, const sync::Op& op) {
  if (op.kind == sync::OpKind::erase_row) return ~std::uint64_t{0};
  std::uint64_t units = 0;
  for (const sync::FieldChange& change : op.changes) {
    const std::uint8_t unit = collection.unit_of.at(change.field);
    if (!keeps_every_change(collection.units[unit].policy)) units |= std::uint64_t{1} << unit;
  }
  return units;
}

bool is_final(Settlement settlement) { return settlement == Settlement::settled || settlement == Settlement::reissued; }

}  // namespace

void DependencyIndex::add(const sync::Schema& schema, const sync::Action& action) {
  ++order_;
  for (const sync::Op& op : action.ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (collection == nullptr) continue;
    records_[op.record.id].push_back({{action.header.lane, action.header.number},
                                      order_,
                                      units_of(*collection, op),
                                      op.kind == sync::OpKind::create});
    ++changes_;
  }
}

std::vector<sync::ActionRef> DependencyIndex::dependencies_of(const sync::Schema& schema, sync::Lane lane,
                                                              const std::vector<sync::Op>& ops,
                                                              const SettlementOf& settlement_of) const {
  std::vector<std::pair<std::uint64_t, sync::ActionRef>> needed;
  if (lane == 0) return {};
  for (const sync::Op& op : ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    const auto record = records_.find(op.record.id);
    if (collection == nullptr || record == records_.end()) continue;
    const bool erases = op.kind == sync::OpKind::erase_row;
    std::uint64_t open_units = units_of(*collection, op);
    const auto& changes = record->second;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      if (!erases && !change->created && (change->units & open_units) == 0) continue;
      const Settlement settlement = settlement_of(change->ref);
      if (is_final(settlement) || (settlement == Settlement::quarantined && !change->created)) continue;
      needed.emplace_back(change->order, change->ref);
      open_units &= ~change->units;  // the latest change of a unit names the ones before it
    }
  }
  std::sort(needed.begin(), needed.end());
  needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
  if (needed.size() > sync::limits::dependencies_per_action)
    needed.erase(needed.begin(), needed.end() - sync::limits::dependencies_per_action);
  std::vector<sync::ActionRef> refs;
  for (const auto& [order, ref] : needed) refs.push_back(ref);
  std::sort(refs.begin(), refs.end());
  return refs;
}

void DependencyIndex::sweep(const SettlementOf& settlement_of) {
  if (changes_ < 2 * kept_by_last_sweep_ + 1'000) return;
  changes_ = 0;
  for (auto it = records_.begin(); it != records_.end();) {
    std::erase_if(it->second, [&](const Change& change) { return is_final(settlement_of(change.ref)); });
    changes_ += it->second.size();
    it = it->second.empty() ? records_.erase(it) : std::next(it);
  }
  kept_by_last_sweep_ = changes_;
}

}  // namespace holdline::agent
