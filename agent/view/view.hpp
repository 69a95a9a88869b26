// What the screen shows: the replica's rows with the person's own pending actions folded on top, and marks that say so.
//
// The order matters. A view takes the overlay's snapshot first, then reads rows and cursor in one transaction, and
// folds only what that cursor does not contain yet. The writer does it the other way round: it applies a cut, then
// tells the overlay how far it came (Overlay::reached). So whatever a snapshot no longer holds, the rows read after it
// do hold, and the screen never falls back to an old value.
//
// Synchronous, on the thread of its reader. The overlay is changed elsewhere. Around Replica::swap() the agent holds
// one lock: swap, Overlay::rebuild, View::reopen.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/replica/replica.hpp"
#include "agent/view/overlay.hpp"
#include "sync/action/rights.hpp"
#include "sync/form/filter.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

inline constexpr std::size_t max_hits = 50;
// How far a search counts what it does not show: "20 of 37", and beyond it "20 of more than 100".
inline constexpr std::size_t most_counted = 100;

struct Shown {
  sync::Record record;        // as it will be when the pending actions have taken effect; may be marked deleted
  sync::ChangeNumber cn = 0;  // of the ledger's row; 0: the ledger has none that this workstation holds
  std::vector<sync::ActionRef> pending;    // own actions folded in, oldest first; empty: exactly the ledger's row
  sync::FieldMask own = 0;                 // fields those actions set
  std::vector<sync::ActionRef> attention;  // own actions on it that the hub refused and nobody has decided on
};

// The place in the feed an answer was read at, and when the hub had said so.
struct AsOf {
  sync::Cursor cursor;
  std::int64_t hub_wall_ms = 0;
};

struct Hit {
  Shown root;               // what to show: a customer, an entry
  sync::RecordKey matched;  // the record that matched: the root or one of its children
  Match why;
};

// What was taken down in a drill or for practice (sync::is_practice): left out of lists and searches, among the rest,
// or apart. A record that is asked for by its id is shown whatever it is.
enum class Practice : std::uint8_t { without, with, only };

// Whose eyes a query is answered for (see sight.hpp); without `who` everything is shown, for the daemon's own use.
struct Sight {
  const sync::Rights* who = nullptr;
  sync::Reading reading = sync::Reading::one;
  Practice practice = Practice::with;

  // What of it may be shown: nothing when its scope or collection is not theirs, else without the fields they do not
  // see.
  std::optional<Shown> permitted(const sync::Schema& schema, std::optional<Shown> shown) const;
  // Whether it stands in a list or among hits: it is there, and of the kind that is asked for.
  bool lists(const sync::Schema& schema, const std::optional<Shown>& shown) const;
};

class View {
 public:
  // Asked once per call, before any row is read. Overlay::snapshot of the overlay of this replica.
  using Snapshots = std::function<std::shared_ptr<const OverlaySnapshot>()>;
  View(std::unique_ptr<ReplicaReader> reader, Snapshots snapshots);

  struct RecordResult {
    std::optional<Shown> shown;
    AsOf as_of;
  };
  struct RecordList {
    std::vector<Shown> shown;
    AsOf as_of;
  };
  struct Hits {
    std::vector<Hit> hits;
    bool more = false;                 // there is more than was asked for
    std::optional<std::size_t> total;  // how many there are; nothing: it was not asked for, or more than most_counted
    AsOf as_of;
  };
  Result<RecordResult> find(const sync::RecordKey& key, Sight sight = {});
  // Whether a record that had this value of a unique field was deleted, as far as this workstation saw it, or will be
  // by what waits here.
  Result<bool> knows_deleted(const sync::Collection& collection, sync::FieldIndex field, const std::string& scope,
                             const std::string& value);
  // Children of a record in one collection; deleted ones are left out. In the replica's order, pending ones last.
  Result<RecordList> children(const sync::Collection& collection, const sync::Id& parent, Sight sight = {});
  // Records of a collection that are about a root record, such as a customer's entries: what is not at the hub yet
  // first, then the newest by the order of the collection, at most `limit`. Deleted ones are left out.
  Result<RecordList> about(const sync::Collection& collection, const sync::Id& root, std::size_t limit,
                           Sight sight = {});
  // What is not at the hub yet, the last saved first, then the replica's rows in the order of their collection (see
  // Collection::sort_by), at most `limit`; goes on after the record `before` (nil: from the top). Deleted ones are left
  // out.
  Result<RecordList> list(const sync::Collection& collection, const sync::Id& before, std::size_t limit,
                          Sight sight = {});
  // At most `limit`, never more than max_hits. Own pending records first, then as ReplicaReader::search says; where
  // that is not enough, what a name with one letter mistyped may have meant (Match::near). `only`:
  // roots of one collection.
  struct Asking {
    std::string_view region = {};          // as parse_query()
    bool count = false;                    // also what is not shown, up to most_counted; it costs as much as showing it
    const sync::Filter* filter = nullptr;  // of roots of the collection `only`; null: all
  };
  Result<Hits> search(std::string_view typed, std::size_t limit, std::optional<sync::CollectionNo> only, Sight sight,
                      Asking asking);
  Result<Hits> search(std::string_view typed, std::size_t limit, std::optional<sync::CollectionNo> only = {},
                      Sight sight = {}) {
    return search(typed, limit, only, sight, Asking{});
  }

  const sync::Schema& schema() const { return reader_->layout().schema(); }
  // Puts records of a collection into the order of about().
  void sort_as_listed(const sync::Collection& collection, std::vector<Shown>& shown) const;
  // By which names are searched and compared.
  const NameNormalizer& normalizer() const { return reader_->normalizer(); }

  // A query met bytes of the replica that are not those that were written; until reopen().
  bool met_damage() const { return reader_->met_damage(); }
  // A query failed because the disk cannot read; since it was asked last.
  bool could_not_read() { return reader_->could_not_read(); }
  // After Replica::change_schema(), as reopen(). The schema must outlive this.
  Result<void> change_schema(const sync::Schema& schema) { return reader_->change_schema(schema); }
  // After Replica::swap(). When it fails, the next call tries again before it reads.
  Result<void> reopen() { return reader_->reopen(); }
  void release_cache() { reader_->release_cache(); }

 private:
  struct Search;
  // Pending records are looked at in portions, so that a common beginning among 100,000 of them costs no more than what
  // is shown.
  static constexpr std::size_t portion = 64;
  // Looked at for one search: bounds how long others wait for a word that thousands begin with.
  static constexpr std::size_t most_candidates = 16'384;
  static bool is_live(const std::optional<Shown>& shown) { return shown && !shown->record.deleted; }
  // Whether it stands in a list: Sight::lists, and of a kind that bears no mark of practice by what it is about.
  bool lists(const Sight& sight, const OverlaySnapshot& snapshot, const std::optional<Shown>& shown);
  Result<void> list_own(const sync::Collection& collection, const OverlaySnapshot& snapshot, sync::Id before,
                        std::size_t limit, const Sight& sight, RecordList& many);
  std::optional<Shown> show(const Sight&, const OverlaySnapshot&, const sync::RecordKey&, ReplicaRow* row,
                            sync::ChangeNumber cursor) const;
  Result<std::vector<std::optional<Shown>>> show_all(const Sight&, const OverlaySnapshot&,
                                                     std::span<const sync::RecordKey> keys, AsOf& as_of);

  std::unique_ptr<ReplicaReader> reader_;
  Snapshots snapshots_;
};

// The record as these eyes see it, deleted or not; nothing where they see none or it cannot be read. `Eyes`: a View or
// a PersonView.
template <class Eyes>
std::optional<sync::Record> shown_record(Eyes& eyes, const sync::RecordKey& key) {
  auto found = eyes.find(key);
  if (!found || !found->shown) return std::nullopt;
  return std::move(found->shown->record);
}

}  // namespace holdline::agent
