// One transaction of intake under way: what was loaded, what changed so far.
// Internal to hub/intake.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/intake/authority.hpp"
#include "hub/intake/intake.hpp"
#include "hub/ledger/ledger.hpp"
#include "sync/action/merged.hpp"
#include "sync/merge/merge.hpp"

namespace holdline::hub {

struct RecordKeyHash {
  std::size_t operator()(const sync::RecordKey& key) const noexcept { return std::hash<Id>{}(key.id) ^ key.collection; }
};

// The code of an action that waits for a version of the schema.
inline constexpr std::string_view unknown_schema = "unknown-schema";

// What is wrong, in one text that is short enough for a result.
std::string texts_of(const std::vector<sync::Finding>& findings);

class IntakeGroup {
 public:
  IntakeGroup(LedgerTransaction& transaction, std::shared_ptr<const sync::SchemaVersions> schemas, Authority& authority,
              std::int64_t now_ms, std::uint64_t salt)
      : transaction_(transaction),
        schemas_(std::move(schemas)),
        schema_(schemas_->present()),
        authority_(authority),
        now_ms_(now_ms) {
    changes_.salt = salt;
  }

  // Loads everything the pushes can touch, set by set.
  Result<void> load(std::span<const IncomingPush> pushes);
  Result<sync::PushReply> take(const IncomingPush& push);
  // See Intake::take_own.
  Result<std::vector<RowOutcome>> take_own(const sync::Maker& hub, const sync::ActionHeader& header,
                                           std::vector<OwnRow> rows);
  // What the hub's own changes are called from now on.
  void name_import(std::string name) { import_name_ = std::move(name); }
  // Kept with the changes.
  void note(std::optional<ImportRun> run) { changes_.run = std::move(run); }

  // As load(), for what is held of one outbox.
  Result<void> load_held(const sync::Maker& maker);
  // See Intake::decide.
  Result<sync::ActionResult> decide(const Device& device, const HeldDecision& decision);
  // What of this outbox waits for a person, or a version of the schema, that is known by now has its turn.
  Result<void> settle_waiting(const Device& device, const sync::Maker& maker);

  bool empty() const;
  const ChangeSet& changes();
  Cursor head() const { return head_; }

 private:
  using DeviceKey = std::pair<Id, Id>;                          // device, incarnation
  using Created = std::map<sync::RecordKey, std::string_view>;  // by earlier ops of one action, in which scope

  // An action on its way, new or held until now.
  struct Candidate {
    LaneKey lane;
    const sync::StoredAction& stored;
    const sync::Action& action;
    std::int64_t corrected_ms;
    bool own = false;  // of the hub itself, which counts nothing: known by what it says
    std::uint8_t marks = 0;
    std::string_view import = {};  // `own`: what it is called

    sync::Incoming incoming(std::uint32_t op) const {
      return {action.ops[op], {lane.device, lane.incarnation}, action.header, op, corrected_ms, {}, own, action.salt,
              import};
    }
  };

  Result<void> load_outbox(const sync::Maker& maker);
  Result<void> load_records(std::span<const sync::RecordKey> keys);
  Result<VersionedRecord*> stored(const sync::RecordKey& key);
  Result<sync::PushReply> replay(const IncomingPush& push, const LaneKey& lane, std::uint64_t last);
  Result<sync::ActionResult> take_new(const IncomingPush& push, const LaneKey& lane, const ReadAction& read,
                                      const std::map<std::uint32_t, Refusal>& refused_sign_ins);
  // Of a version of the schema that is not known (any more): it is kept whole.
  sync::ActionResult wait_for_schema(const IncomingPush& push, const LaneKey& lane, const sync::StoredAction& stored);
  // Of any known version, as the present one has it.
  Result<sync::KnownAction> read(const LaneKey& lane, const sync::StoredAction& stored) const;
  Result<void> take_sign_in(const Id& device, const LaneKey& lane, const sync::Assertion& assertion,
                            std::map<std::uint32_t, Refusal>& refused);
  Result<Judgement> judge(const Device& device, const Candidate& candidate);
  bool has_its_turn(const HeldAction& action);
  Result<sync::ActionResult> settle(const Candidate& candidate);
  // As settle(), once it is clear which records it is about.
  Result<sync::ActionResult> settle_followed(const Candidate& candidate);
  sync::FindRecord finds();
  Result<std::vector<sync::Op>> fillings(std::span<const sync::Op> ops);
  Result<void> keep_strict(const sync::RecordKey& merged, const Id& into, std::vector<sync::Op>& ops);
  // Why the record cannot be merged into the one it names, if so.
  Result<std::optional<Refusal>> mismerged(const sync::Op& op, const Created& created);
  // Nothing when there is no such record.
  Result<std::optional<std::string_view>> scope_of(const sync::RecordKey& key, const Created& created);
  // Why the op cannot stand where it says, if so.
  Result<std::optional<Refusal>> misplaced(const sync::Op& op, const Created& created);
  // Which rule between fields a record of the hub's own would break, if so.
  Result<std::optional<Refusal>> breaks_rule(const sync::Op& op);
  // The records by which misplaced() judges.
  void add_places(const sync::Op& op, std::vector<sync::RecordKey>& keys) const;
  std::vector<sync::ActionRef> missing(const LaneKey& lane, const sync::ActionHeader& header) const;
  bool arrived(const LaneKey& lane, const sync::ActionRef& ref) const;
  HeldAction* find_held(const LaneKey& lane, const sync::ActionRef& ref);
  Result<std::optional<Refusal>> refuse_decision(const Candidate& candidate);
  void carry_out(const LaneKey& lane, const sync::Decision& decision, const std::string& code, const std::string& text);
  // What of the outbox waits for `ref`, directly or not, in an order in which it can take effect.
  std::vector<sync::ActionRef> dependents(const LaneKey& lane, const sync::ActionRef& ref) const;
  Result<sync::ActionResult> release_held(const HeldAction& held, const HeldDecision& decision);
  Result<sync::ActionResult> discard_held(const LaneKey& lane, const HeldDecision& decision);
  // The result of a decision about a conflict that somebody else decided before it arrived; nothing: it is in time.
  Result<std::optional<sync::ActionResult>> decided_before(const Candidate& candidate);
  // What one op did.
  struct OpEffect {
    bool created = false, changed = false, conflict = false;
  };
  Result<sync::ActionResult> apply(const Candidate& candidate, std::vector<OpEffect>* effects = nullptr);
  Result<OpEffect> apply_op(const Candidate& candidate, std::uint32_t index, sync::ActionResult& result);
  Result<void> give_reference(const sync::Collection& collection, sync::MergeOutcome& outcome);
  // Why a row of the hub's own cannot be taken, if so.
  Result<std::optional<Refusal>> misplaced(std::span<const sync::Op> row);
  // Whether people deleted here what the op is about, or what it hangs on.
  enum class Deleted : std::uint8_t { no, child, root };
  Result<Deleted> is_about_deleted(const sync::Op& op);
  // The same of a whole row, whose ops may be about what was never made because of that.
  Result<bool> is_deleted_here(const OwnRow& row);
  Result<void> record_losing_values(const Candidate& candidate, std::uint32_t index, const sync::MergeOutcome& outcome,
                                    sync::ActionResult& result);
  Result<void> join_conflicts(const Candidate& candidate, std::uint32_t index, const sync::MergeOutcome& outcome,
                              sync::ActionResult& result);
  // A record and the value that it took, or gave up.
  struct Bearer {
    sync::RecordKey record;
    UniqueValue value;
    bool is_new = false;  // the record, with this action
  };
  struct Bearers {
    std::map<UniqueValue, std::vector<Id>> live, deleted;
  };
  enum class Others : std::uint8_t {
    any,      // that have the value or had it
    live,     // that have it now, and are nobody's alias
    deleted,  // that had it when they were deleted
  };
  void note_unique(const RecordWrite& write);
  // What the action under way did to unique values; see duplicates.cpp.
  Result<void> tell_duplicates(const Candidate& candidate, sync::ActionResult& result);
  Result<std::vector<sync::RecordKey>> others_with(const Bearer& bearer, const Bearers& committed, Others wanted);
  Result<void> open_duplicate(const Candidate& candidate, const Bearer& bearer, const sync::RecordKey& other,
                              sync::ActionResult& result);
  Result<void> settle_duplicate(const Candidate& candidate, const Bearer& bearer, const sync::RecordKey& other);
  // Whether a list or set of a record would become longer than a record may be.
  Result<bool> outgrows(const sync::Action& action);
  Result<std::optional<sync::RecordKey>> open_conflict(const Candidate& candidate, const sync::Op& op,
                                                       std::uint8_t unit);
  Result<std::optional<sync::Hash>> digest_with_children(const sync::Op& op);
  // As they stand now, with what was written earlier in this group.
  Result<std::vector<sync::Record>> live_children(const sync::RecordKey& parent);
  void write(const sync::RecordKey& key, sync::StoredRecord next, sync::FieldMask changed);
  // The same of a record that is there; what differs is what changed.
  void rewrite(const sync::RecordKey& key, sync::StoredRecord next);
  void write_meta(const sync::RecordKey& key, sync::StoredRecord next);
  ChangeNumber cn_for(const sync::Record& told, sync::FieldMask fields);
  sync::ActionResult hold(const LaneKey& lane, const sync::StoredAction& stored, HeldState state,
                          std::vector<sync::ActionRef> missing, std::int64_t corrected_ms, std::string code,
                          std::string text);
  sync::ActionResult quarantine(const LaneKey& lane, const sync::StoredAction& stored, std::string code,
                                std::string text);
  Result<void> load_applied_reissues(std::span<const IncomingPush> pushes);
  // The result of the same action, when it took effect at another place.
  Result<std::optional<sync::ActionResult>> taken_before(const Candidate& candidate);
  Result<std::optional<sync::ActionResult>> effect_at(const LaneKey& lane, std::uint64_t number,
                                                      std::optional<sync::Hash> hash);
  void record_applied_reissue(const Candidate& candidate);
  Result<void> release_waiting(const Device& device, const LaneKey& settled);
  Result<sync::ActionResult> release(const Device& device, const HeldAction& waiting);
  sync::ActionResult& keep_result(const LaneKey& lane, const sync::Hash& hash, sync::ActionResult result);

  LedgerTransaction& transaction_;
  const std::shared_ptr<const sync::SchemaVersions> schemas_;
  const sync::Schema& schema_;  // the present one
  Authority& authority_;
  std::int64_t now_ms_;
  Cursor head_;
  // The cn that is being filled by the action under way, and with how much.
  struct Filling {
    ChangeNumber cn = 0;
    std::size_t records = 0, bytes = 0;
  };
  Filling filling_;
  ChangeSet changes_;
  std::string import_name_;
  std::vector<Bearer> given_up_, taken_;                 // by the action under way
  std::map<UniqueValue, std::vector<Id>> bearers_here_;  // since the group began; some may have given it up since
  std::map<LaneKey, Progress> progress_;
  std::map<Id, std::uint64_t> result_heads_;
  std::map<DeviceKey, std::map<sync::ActionRef, HeldAction>> held_;
  std::map<DeviceKey, std::map<std::uint32_t, SignIn>> sign_ins_;
  std::map<std::pair<Id, sync::Hash>, AppliedReissue> applied_reissues_;  // device, hash of the original position
  std::unordered_map<sync::RecordKey, std::optional<VersionedRecord>, RecordKeyHash> records_;
};

}  // namespace holdline::hub
