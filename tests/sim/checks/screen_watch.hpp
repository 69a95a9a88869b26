// Checkers about one workstation's outbox and screen: what it acknowledged is on its disk after every start, and what
// the screen shows is the ledger at the replica's cursor with the person's own unsettled actions on top. So nobody's
// screen falls back to an older value, and everybody reads what they wrote.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "tests/sim/world/agent_node.hpp"

namespace holdline::sim {

class ScreenWatch {
 public:
  ScreenWatch(Stage& stage, AgentNode& node) : stage_(stage), node_(node) {}

  // After a start: every acknowledged deed of this disk is in the outbox, once.
  void started();
  void saved(const Deed& deed, sync::ActionRef ref);
  // Around the outbox's letting go of what was accepted: that is no longer this machine's to offer. It must have had
  // its result, and be in the replica. When it did not go well, anything that the hub has met may be gone.
  void lets_go();
  void has_let_go(bool went_well);
  // What is in the outbox is to be looked up again.
  void forget() { incarnation_ = {}; }
  // The overlay holds no action that is settled and in the replica's rows.
  void overlay_is_bounded();
  // Reads a record as a person does, and compares what is shown with what must be.
  std::optional<agent::Shown> read(const sync::RecordKey& key);
  // A list as a person sees it, newest first; nothing when the replica cannot be read at the moment.
  std::vector<agent::Shown> list(std::string_view collection, std::size_t limit);

 private:
  struct Own {
    DeedNo deed;
    sync::ActionRef ref;
    std::vector<sync::Id> created;  // under the incarnation that holds
  };
  // What may be gone, or not, after a letting go that did not go well. Until the replica has all of it either is right.
  struct MaybeGone {
    sync::ChangeNumber until;
    std::set<sync::RecordKey> records;
  };
  struct Expected;

  void refresh();
  void is_off_this_disk(const Own& own);
  void may_be_off_this_disk(const Own& own);
  Expected expected(const sync::RecordKey& key, const sync::Cursor& at);
  bool is_refused(const Own& own) const;
  bool is_pending(const Own& own, const sync::Cursor& at) const;
  bool was_removed(const Own& own, std::uint32_t op, sync::FieldIndex field, std::uint32_t add,
                   const sync::Value& stands);

  Stage& stage_;
  AgentNode& node_;
  sync::Id incarnation_;                                    // that `own_` is about
  std::vector<Own> own_;                                    // in the order of saving
  bool knows_all_ = false;                                  // nothing of that could not be read
  std::map<sync::ActionRef, sync::ChangeNumber> accepted_;  // before letting go: where it took effect
  std::vector<MaybeGone> maybe_gone_;
};

}  // namespace holdline::sim
