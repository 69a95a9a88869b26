// The reference: what the ledger must be, folded in memory from what had its turn, one action after the other. No
// storage, no groups, no restarts, no answers and no copies of an action: what those do to the real ledger has to end
// in the same records and refusals. The merge of a single op is the production's, which has its own reference
// (tests/unit/sync/merge/rules.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sync/merge/merge.hpp"
#include "tests/sim/checks/turns.hpp"

namespace holdline::sim {

class LedgerModel {
 public:
  explicit LedgerModel(const Setting& setting) : setting_(setting), offers_(setting) {}

  // These are about to be taken by a hub whose clock says `hub_ms`: tells the deeds where they are met.
  void offered(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, Deeds& deeds,
               std::int64_t hub_ms) {
    offers_.add(pushes, history, deeds, hub_ms);
  }
  // Folds what had its turn in the history that holds, and throws Violation where its results or `reader` differ.
  void check(const LedgerHistory& history, const AccessLog& access, const Deeds& deeds, hub::LedgerReader& reader);
  // Of the last check: what was deleted by somebody who saw it, as it stood then.
  const std::vector<sync::Record>& erased() const { return erased_; }

 private:
  using Records = std::map<sync::RecordKey, hub::VersionedRecord>;
  // One action, applied to a copy of what it touches.
  struct Applied {
    Records next;
    sync::Verdict verdict = sync::Verdict::applied;
    std::vector<sync::Id> conflicts;
    std::vector<sync::Record> erased;
    bool fed = false;  // some record took a new form at a new cn
  };

  void fold(std::vector<Turn> at_one_cn, const LedgerHistory& history, const Deeds& deeds);
  void refuse(const Turn& turn, const LedgerHistory& history, const Deeds& deeds) const;
  void take(const Turn& turn, Applied applied);
  // Whether it is about a conflict that somebody had decided by then.
  bool decided_before(const sync::Action& action) const;
  Applied apply(const Turn& turn) const;
  void apply_op(const Turn& turn, std::uint32_t index, Applied& applied) const;
  // The first record that an action changes and that is not there; null: none.
  const sync::RecordKey* stands_on_nothing(const sync::Action& action) const;
  std::optional<sync::Hash> digest_with_children(const sync::RecordKey& key, const Applied& applied) const;
  const hub::VersionedRecord* stored(const sync::RecordKey& key, const Applied& applied) const;
  const hub::VersionedRecord* open_conflict(const Turn& turn, const sync::Op& op, std::uint8_t unit,
                                            const Applied& applied) const;
  void compare(hub::LedgerReader& reader) const;

  const Setting& setting_;
  Offers offers_;
  // of the fold
  Records records_;
  std::vector<sync::Record> erased_;
  std::map<ActionPlace, std::vector<sync::Id>> conflicts_;  // that each result names
};

}  // namespace holdline::sim
