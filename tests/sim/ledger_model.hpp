// The reference: what the ledger must be, folded in memory from what was taken, one action after the other. No storage,
// no groups, no restarts, no answers and no copies of an action: what those do to the real ledger has to end in the
// same records. The merge of a single op is the production's, which has its own reference (tests/unit/sync,
// merge_rules.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "hub/intake.hpp"
#include "sync/merge.hpp"
#include "tests/sim/deeds.hpp"
#include "tests/sim/ledger_history.hpp"

namespace holdline::sim {

class LedgerModel {
 public:
  explicit LedgerModel(const Setting& setting) : setting_(setting) {}

  // These are about to be taken by a hub whose clock says `hub_ms`. What has no result yet may get one now.
  void offered(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history, std::int64_t hub_ms);
  // Folds what took effect in the history that holds, and throws Violation where its results or `reader` differ.
  void check(const LedgerHistory& history, const Deeds& deeds, hub::LedgerReader& reader);

 private:
  struct Offer {
    sync::Maker maker;
    sync::Action action;
    std::int64_t corrected_ms = 0;
  };
  struct Effect {
    const Offer* offer = nullptr;
    const sync::ActionResult* result = nullptr;
  };
  using Records = std::map<sync::RecordKey, hub::StoodAt>;
  // One action, applied to a copy of what it touches.
  struct Applied {
    Records next;
    sync::Verdict verdict = sync::Verdict::applied;
    std::vector<sync::Id> conflicts;
    bool fed = false;  // some record took a new form at a new cn
  };

  std::vector<Effect> effects(const LedgerHistory& history, const Deeds& deeds);
  void fold(std::vector<Effect> at_one_cn);
  void take(const Effect& effect, Applied applied);
  Applied apply(const Effect& effect) const;
  void apply_op(const Effect& effect, std::uint32_t index, Applied& applied) const;
  const hub::StoodAt* stood(const sync::RecordKey& key, const Applied& applied) const;
  const hub::StoodAt* open_conflict(const Effect& effect, const sync::Op& op, std::uint8_t unit,
                                    const Applied& applied) const;
  void compare(hub::LedgerReader& reader) const;

  const Setting& setting_;
  std::map<std::pair<ActionPlace, DeedNo>, Offer> offers_;
  // of the fold
  Records records_;
  std::map<ActionPlace, std::vector<sync::Id>> conflicts_;  // that each result names
};

}  // namespace holdline::sim
