// The overlay: what a person's own actions do to records until the replica has caught up with them. In memory only,
// derived from the outbox (a second durable write per entry would halve the rate). An action's effect ends when the
// replica's cursor reached the cn at which it took effect, never earlier; a refused action takes its effect away.
//
// Thread-safe: the outbox's thread adds what was just saved, the engine's settles and drops. Snapshots are immutable.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/replica/layout.hpp"
#include "agent/view/overlay_index.hpp"
#include "agent/view/shared_buckets.hpp"
#include "platform/os/mutex.hpp"
#include "sync/action/action.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

// One pending op on one record.
struct OverlayOp {
  sync::ActionRef ref;
  sync::Origin origin;
  sync::ActionHeader header;
  std::uint32_t index = 0;
  sync::Op op;
  sync::ChangeNumber settled_at = 0;  // 0: not yet settled
  bool refused = false;               // by the hub, until a person decides

  // False once rows at this cursor hold the effect.
  bool pending_at(sync::ChangeNumber cursor) const { return settled_at == 0 || settled_at > cursor; }
  // What was refused is not shown as if it stood; but a record that nobody else has must not vanish where it was typed.
  bool shows_at(sync::ChangeNumber cursor) const {
    return pending_at(cursor) && (!refused || op.kind == sync::OpKind::create);
  }
};
using OverlayOps = std::vector<std::shared_ptr<const OverlayOp>>;  // in the order they were made

class OverlaySnapshot {
 public:
  // Folds what is pending above `cursor` on top of what the replica holds (nullopt: nothing). A record that is deleted
  // by a pending op comes back marked deleted. nullopt: neither the replica nor a pending op has it.
  std::optional<sync::Record> fold(const sync::Schema&, const sync::RecordKey&, std::optional<sync::Record> stood,
                                   sync::ChangeNumber cursor) const;
  bool touches(const sync::RecordKey&) const;
  // Empty when the record is not touched.
  const OverlayOps& ops(const sync::RecordKey&) const;
  std::size_t actions() const { return actions_; }

  // Records that pending ops create, of one collection, the last saved first, below `before` (nil, or one that no
  // pending op creates: from the last), at most `limit`. By the order of saving, not by the clock, which may have been
  // wrong. Walks all that is pending.
  std::vector<sync::Id> created(sync::CollectionNo, const sync::Id& before, std::size_t limit) const;
  bool creates(const sync::RecordKey&) const;
  // Records of a collection that pending ops hang under `parent`.
  std::vector<sync::RecordKey> under(sync::CollectionNo, const sync::Id& parent) const;
  // Records of a collection that pending ops say are about `root`.
  std::vector<sync::RecordKey> about(sync::CollectionNo, const sync::Id& root) const;
  // Records to which pending ops gave a value that may match; look at each, for the rest of a name may lie in the
  // replica, or a later op may have changed it.
  std::vector<sync::RecordKey> candidates(const SearchQuery&) const;

 private:
  friend class Overlay;
  struct Entry {
    sync::RecordKey key;
    OverlayOps ops;
  };

  std::vector<sync::RecordKey> touched(sync::CollectionNo, std::vector<sync::RecordKey> keys) const;
  static std::size_t hash_of(const sync::RecordKey& key);
  const Entry* entry(const sync::RecordKey&) const;

  SharedBuckets<Entry> entries_;
  OverlayIndex index_;
  std::size_t actions_ = 0;
};

class Overlay {
 public:
  // The schema must outlive it.
  explicit Overlay(const sync::Schema&);
  // For what is added from now on; to be followed by rebuild(). The schema must outlive it.
  void change_schema(const sync::Schema&);

  std::shared_ptr<const OverlaySnapshot> snapshot() const;
  // After the outbox has it durably. An action that is known already changes nothing. One that decides on others takes
  // their effect away.
  void add(const sync::Maker&, const PendingAction&);
  // applied, merged, conflict: ends at result.at.cn. quarantined: what it changed ends now, what it created stays, both
  // marked, until it is decided. discarded: ends now. waiting: goes on. Results of another
  // incarnation than the one last added are not about these actions and change nothing. Published once for all.
  void settle(std::span<const sync::ActionResult> results);
  void settle(const sync::ActionResult& result) { settle(std::span(&result, 1)); }
  // The replica's cursor moved: drops what it now contains.
  void reached(sync::ChangeNumber cursor);
  // From scratch, at start, after a re-issue and after a bootstrap (under one lock with the swap): `pending` is what
  // Outbox::pending says for `cursor`, `result_of` its latest result of each, if any (Outbox::result_of).
  using ResultOf = std::function<std::optional<sync::ActionResult>(sync::ActionRef)>;
  void rebuild(const sync::Maker&, sync::ChangeNumber cursor, std::span<const PendingAction> pending,
               const ResultOf& result_of);

 private:
  struct Known {
    OverlayOps ops;
    std::size_t postings = 0;
    sync::ChangeNumber settled_at = 0;
  };
  void take(const sync::Maker&, const PendingAction&, std::vector<OverlayPosting>& postings) HOLDLINE_REQUIRES(mutex_);
  void apply(const sync::ActionResult&) HOLDLINE_REQUIRES(mutex_);
  void drop(std::map<sync::ActionRef, Known>::iterator) HOLDLINE_REQUIRES(mutex_);
  void mark_settled(const sync::ActionRef&, Known&, sync::ChangeNumber at) HOLDLINE_REQUIRES(mutex_);
  void mark_refused(Known&) HOLDLINE_REQUIRES(mutex_);
  template <class Mark>
  void mark(Known&, const Mark&) HOLDLINE_REQUIRES(mutex_);
  void put(std::shared_ptr<const OverlayOp>, std::vector<OverlayPosting>& postings) HOLDLINE_REQUIRES(mutex_);
  template <class Change>
  void edit(const sync::RecordKey&, const Change&) HOLDLINE_REQUIRES(mutex_);
  void add_postings(const OverlayOp&, std::vector<OverlayPosting>& into) const HOLDLINE_REQUIRES(mutex_);
  void publish() HOLDLINE_REQUIRES(mutex_);

  platform::Mutex mutex_;
  Layout layout_ HOLDLINE_GUARDED_BY(mutex_);
  const NameNormalizer normalizer_ HOLDLINE_GUARDED_BY(mutex_);  // its rules are not made for two threads
  sync::Id incarnation_ HOLDLINE_GUARDED_BY(mutex_);
  sync::ChangeNumber cursor_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  std::map<sync::ActionRef, Known> actions_ HOLDLINE_GUARDED_BY(mutex_);
  std::set<std::pair<sync::ChangeNumber, sync::ActionRef>> settled_
      HOLDLINE_GUARDED_BY(mutex_);  // by the cn at which they end
  OverlaySnapshot draft_ HOLDLINE_GUARDED_BY(mutex_);
  std::atomic<std::shared_ptr<const OverlaySnapshot>> published_;
};

}  // namespace holdline::agent
