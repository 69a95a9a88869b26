// The overlay: what a person's own actions do to records until the replica has caught up with them. In memory only,
// derived from the outbox (a second durable write per entry would halve the rate). An action's effect ends when the
// replica's cursor reached the cn at which it took effect, never earlier; a refused action takes its effect away.
//
// Snapshots are immutable and may be read from any thread; changes come from one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/outbox.hpp"
#include "sync/action.hpp"
#include "sync/message.hpp"

namespace holdline::agent {

// One pending op on one record, in the order it was made.
struct OverlayOp {
  sync::ActionRef ref;
  sync::Maker maker;
  sync::ActionHeader header;
  std::uint32_t index = 0;
  sync::Op op;
  sync::ChangeNumber settled_at = 0;  // 0: not yet settled
};

class OverlaySnapshot {
 public:
  // Folds what is pending above `cursor` on top of what the replica holds (nullopt: nothing).
  std::optional<sync::Record> fold(const sync::Schema&, const sync::RecordKey&, std::optional<sync::Record> stood,
                                   sync::ChangeNumber cursor) const;
  // Records with pending ops, of one collection, newest action first.
  std::vector<sync::RecordKey> touched(sync::CollectionNo) const;
  bool touches(const sync::RecordKey&) const;
  std::size_t actions() const;

 private:
  friend class Overlay;
  std::map<sync::RecordKey, std::vector<std::shared_ptr<const OverlayOp>>> ops_;
  std::size_t actions_ = 0;
};

class Overlay {
 public:
  std::shared_ptr<const OverlaySnapshot> snapshot() const;
  // After the outbox has it durably.
  void add(const sync::Maker&, const PendingAction&);
  // applied, merged, conflict: ends at result.at.cn. quarantined: ends now. waiting: goes on.
  void settle(const sync::ActionResult&);
  // The replica's cursor moved: drops what it now contains.
  void reached(sync::ChangeNumber cursor);
  // From scratch, at start and after a bootstrap.
  void rebuild(const sync::Maker&, std::span<const PendingAction>, const class Outbox&);
};

}  // namespace holdline::agent
