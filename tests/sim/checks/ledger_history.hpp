// What the ledger was at every head it ever had, and in worlds with cuts in parts at every change number: the truth
// that replicas and screens are held against. It looks at the ledger after every commit and at every start of the hub,
// and remembers across restores, because a workstation may still stand in a history that the hub has lost.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "sync/action/digest.hpp"
#include "tests/sim/world/setting.hpp"

namespace holdline::sim {

// The root of every digest with rows; equal for equal tables.
using Fingerprint = std::map<sync::DigestKey, sync::Hash>;

// Fingerprints of a table that changes little from one time to the next: hashes only the digests that did.
class Fingerprints {
 public:
  const Fingerprint& of(const std::map<sync::DigestKey, sync::Leaves>& digests);

 private:
  std::map<sync::DigestKey, sync::Leaves> seen_;
  Fingerprint roots_;
};

class LedgerHistory {
 public:
  LedgerHistory(const Setting& setting, bool every_change) : setting_(setting), every_change_(every_change) {}

  // Checks what must hold from one look to the next: the feed grows, results are dense.
  void observe(hub::Ledger& ledger);
  // Reads the result streams from their beginning: throws Violation where an entry has changed since it was told.
  void reread_results(hub::Ledger& ledger) const;
  // Where the history stands: results may grow while the feed stays.
  struct Mark {
    sync::Cursor head;
    std::map<sync::Id, std::size_t> results;  // length of each stream
  };
  Mark mark() const;
  // The hub's disk was put back to what it was at `mark`.
  void restored_to(const Mark& mark);

  const sync::Cursor& head() const { return head_; }
  // Null: the ledger never stood there.
  const Fingerprint* at(const sync::Cursor& cursor);
  // In the history that holds, not in one that a restore gave up.
  bool holds(const sync::Cursor& cursor) const;
  // The ledger stood there after a commit, not in the middle of one.
  bool was_head(const sync::Cursor& cursor) const;
  // A record as a reader at `cursor` must see it; nullopt: not there, or deleted.
  std::optional<sync::Record> record(const sync::RecordKey& key, const sync::Cursor& cursor) const;
  // In the history that holds, or in one that was lost.
  bool once_had(const sync::RecordKey& key) const { return versions_.contains(key); }
  // The result stream of a device in the history that holds, by entry number from 1.
  const std::vector<sync::ActionResult>& results(const sync::Id& device) const;
  bool has_result(const sync::Id& device, const sync::Id& incarnation, const sync::ActionRef& ref) const;

 private:
  struct State {
    std::optional<Fingerprint> digests;  // of a head as the ledger told them, else counted when somebody asks
    std::size_t branch = 0;
    bool is_head = false;
  };
  struct Branch {
    std::size_t parent = 0;
    sync::ChangeNumber forked_at = 0;
  };
  struct Version {
    std::size_t branch = 0;
    sync::ChangeNumber cn = 0;
    sync::Record record;
  };
  using Place = std::pair<sync::ChangeNumber, std::uint64_t>;

  void observe_first(hub::LedgerReader& reader);
  sync::Cut observe_feed(hub::LedgerReader& reader, const sync::Cursor& head);
  void observe_changes(hub::LedgerReader& reader, const sync::Cursor& from, const sync::Cut& cut);
  sync::Record after(const sync::Change& change, const sync::Cursor& from) const;
  Fingerprint counted(const sync::Cursor& cursor) const;
  void observe_leaves(hub::LedgerReader& reader, const Fingerprint& roots);
  void observe_results(hub::LedgerReader& reader);
  void keep(const sync::RecordKey& key, sync::ChangeNumber cn, sync::Record record);

  const Setting& setting_;
  const bool every_change_;
  std::map<Place, State> states_;
  std::vector<Branch> branches_{1};
  std::map<sync::RecordKey, std::vector<Version>> versions_;
  std::map<sync::Id, std::vector<sync::ActionResult>> results_;
  Fingerprints leaves_;
  sync::Cursor head_;
};

}  // namespace holdline::sim
