// Intake: from pushed batches to the ledger. Several pushes share one transaction; each action takes effect exactly
// once, in the order of its lane, or is kept whole with the reason why it could not. A refused action never holds up
// another.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/os/entropy.hpp"
#include "sync/action/action.hpp"
#include "sync/action/translate.hpp"
#include "sync/action/validate.hpp"
#include "sync/wire/message.hpp"

namespace holdline::hub {

// One pushed action, read and checked; what is wrong with it is part of the value.
struct ReadAction {
  sync::StoredAction stored;
  Result<sync::Action> action;
  std::vector<sync::Finding> findings;  // of sync::validate, by the version of the schema it was made in
};

// A push as intake takes it. Made by read_push() on any thread, outside the ledger's transaction.
struct IncomingPush {
  Device device;
  sync::Maker maker;
  Lane lane = 0;
  sync::TimeReading clock;
  sync::Hash predecessor;
  std::vector<ReadAction> actions;  // consecutive numbers, at least one
  std::vector<sync::Assertion> assertions;
  std::vector<sync::SchemaName> schemas;  // what numbers of versions mean at the workstation
};
// Pure. ask_person "wrong-device" when the batch names another maker than the device that sent it; "empty-batch".
Result<IncomingPush> read_push(const sync::SchemaVersions& schemas, const Device& device, sync::Push push);

// What the hub itself does for one row of an import: taken whole or not at all.
struct OwnRow {
  std::vector<sync::Op> ops;
  std::optional<ImportedRow> imported = {};   // kept with it
  std::optional<sync::RecordKey> about = {};  // what all its ops are about
  bool is_new = false;                        // nothing of it was ever here, deleted or not
};
enum class RowEffect : std::uint8_t {
  created,
  updated,
  unchanged,
  conflict,  // of some of its values a person has to decide
  refused,
};
struct RowOutcome {
  RowEffect effect = RowEffect::unchanged;
  std::string code, text;  // refused: why
  bool deleted = false;    // people deleted the record of its first op here: nothing of it was done
  bool followed = false;   // a record was merged into another one, to which it was done
};

// What one turn of an import asks for.
struct OwnWork {
  // Made of what the ledger holds, in the transaction that takes them.
  std::function<Result<std::vector<OwnRow>>(LedgerTransaction&)> rows;
  std::string name = {};                            // of the import, kept with what loses to it
  bool dry_run = false;                             // say what would come of it, store nothing
  std::optional<sync::Acceptance> acceptance = {};  // kept with it
  // How far the import has come with these; kept in the same commit. Nothing: it is not to be kept now.
  std::function<std::optional<ImportRun>(std::span<const RowOutcome>)> run = {};
};

class Authority;

// What an operator of the hub decides about a held action.
struct HeldDecision {
  enum class Kind : std::uint8_t { release, discard };
  Id device, incarnation;
  sync::ActionRef of;
  Kind kind = Kind::release;
  std::string scope;        // release: into this scope instead of its own; empty: as it is
  std::string reason, by;   // kept with it and told at its workstation
  bool dependents = false;  // discard: also what builds on it
};

class Intake {
 public:
  // `sign_in_ms`: how old a sign-in may become before what is done by it is marked; 0: any age.
  Intake(Ledger& ledger, platform::Entropy& entropy, std::int64_t sign_in_ms = 0)
      : ledger_(ledger), entropy_(entropy), sign_in_ms_(sign_in_ms), site_key_(ledger.identity().site_key) {}

  // Takes a group of pushes in one transaction; durable when it returns. One reply per push, in the order given. When
  // the commit fails every push gets that error and nothing of the group is stored.
  std::vector<Result<sync::PushReply>> take(std::span<const IncomingPush> pushes, std::int64_t now_ms);

  // Releases a held action whatever its person's rights, together with what waits for it, or gives it up. Durable when
  // it returns; its workstation learns it from the result stream. ask_person: "not-held"; "has-dependents" (discard);
  // "waits", "invalid" and what else keeps it from taking effect (release). Nothing changes then.
  Result<sync::ActionResult> decide(const HeldDecision& decision, std::int64_t now_ms);

  // To be called when somebody, or a version of the schema, became known: what waits for them takes effect or is
  // refused, one transaction for each outbox; durable when it returns.
  Result<void> settle_waiting(std::int64_t now_ms);

  // The hub's own changes (imports), applied as one action of the hub itself; durable when it returns. One outcome for
  // each row, in their order. Conflicts go the ordinary way. What people deleted here is not changed and not brought
  // back. A row is refused that would change a record of another scope ("scope-clash", "scope-moved") or one that is
  // not there ("unknown-record"). ask_person "record-full" when a list or set would grow beyond what a record may hold;
  // nothing is stored then. A row after which a record breaks a rule between its fields is refused as well.
  Result<std::vector<RowOutcome>> take_own(OwnWork work, std::int64_t now_ms);
  Result<std::vector<RowOutcome>> take_own(std::span<const OwnRow> rows, std::int64_t now_ms);

 private:
  Authority authority();
  // A push that was on its way when its device was revoked or its scopes changed is refused whole: nothing of it is
  // stored, and it may come again.
  Result<void> still_granted(const Device& device);

  Ledger& ledger_;
  platform::Entropy& entropy_;
  const std::int64_t sign_in_ms_;
  const sync::Bytes site_key_;
};

}  // namespace holdline::hub
