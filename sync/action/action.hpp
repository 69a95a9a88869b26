// What a person did: an action of 1..n ops, all or nothing, and the hash chain that binds the actions of one lane.
//
// Bytes are hashed as stored and never re-encoded: a stored action is header bytes + salt + payload bytes, and
// hash(n) = SHA-256(hash(n-1) ‖ header ‖ SHA-256(salt ‖ payload)), so that an erased payload leaves the chain whole.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sync/action/record.hpp"
#include "sync/base/time.hpp"

namespace holdline::sync {

// The value an edit was made from, as it was displayed.
struct BaseUnknown {
  bool operator==(const BaseUnknown&) const = default;
};
// Base values above 64 canonical bytes travel as their SHA-256.
using Base = std::variant<BaseUnknown, Value, Hash>;
inline constexpr std::size_t base_value_limit = 64;
Base make_base(const Value& displayed);
bool base_matches(const Base& base, const Value& current);

struct FieldChange {
  FieldIndex field = 0;
  Base base;
  Value value;                    // not for set and list fields
  std::vector<std::string> adds;  // set, list: each becomes an element whose tag derives from (action, op, change, add)
  std::vector<Id> removes;        // set: tags
  bool operator==(const FieldChange&) const = default;
};

enum class OpKind : std::uint8_t { create, edit, erase_row };

struct Op {
  OpKind kind = OpKind::edit;
  RecordKey record;
  std::string scope;
  ChangeNumber seen = 0;             // the record's cn on the replica when this was made; told, never decides
  std::vector<FieldChange> changes;  // create and edit; ascending by field
  Hash seen_digest;                  // erase_row: digest of the record and its children as displayed
  bool operator==(const Op&) const = default;
};

// An earlier action of the same device and incarnation.
struct ActionRef {
  Lane lane = 0;
  std::uint64_t number = 0;
  auto operator<=>(const ActionRef&) const = default;
};

// Where a re-issued action stood when it was made, under an earlier incarnation. It is what the action is known by:
// however often and by how many copies of a disk it is re-issued, its records keep their ids and it takes effect once.
struct OriginalPosition {
  Id incarnation;
  std::uint64_t number = 0;  // in the same lane
  Hash hash;                 // of the chain there
  bool operator==(const OriginalPosition&) const = default;
};

// What is to become of earlier actions that the hub refused, or that wait for such a one: the action that carries this
// takes their place, or gives them up. They never take effect any more; what waited for them has its turn.
struct Decision {
  enum class Kind : std::uint8_t { replace, discard };
  Kind kind = Kind::replace;
  std::vector<ActionRef> on;  // of the same device and incarnation; ascending
  std::string reason;         // discard: why
  bool operator==(const Decision&) const = default;
};

// A person was asked about what they typed ("this looks like a telephone number"), and says that it is meant so. The
// action's person and time say who and when.
struct Acceptance {
  std::vector<std::string> hints;  // codes of findings, as in validate.hpp; ascending, at least one
  std::string reason;
  bool operator==(const Acceptance&) const = default;
};

struct ActionHeader {
  Lane lane = 0;
  std::uint64_t number = 0;  // dense from 1 per (device, incarnation, lane)
  std::uint32_t schema = 0;  // version the ops are written in
  Id person;
  std::uint32_t assertion = 0;  // which sign-in of this device, see message.hpp
  std::int64_t event_ms = 0;    // when it happened, as the person says; Unix milliseconds
  HybridTime hybrid;
  TimeReading made;  // uncorrected
  std::optional<Id> incident;
  std::vector<ActionRef> depends_on;  // must have taken effect first; ascending
  std::optional<OriginalPosition> original;
  std::optional<Decision> decision;
  std::optional<Acceptance> acceptance;
  bool operator==(const ActionHeader&) const;
};

struct Action {
  ActionHeader header;
  std::vector<Op> ops;  // none when it only gives others up
  Salt salt{};          // lies beside the payload, which it keeps from being guessed by its hash; ids derive from it
};

// An action as the outbox, the wire and the quarantine keep it.
struct StoredAction {
  Lane lane = 0;
  std::uint64_t number = 0;
  Bytes header;
  Salt salt{};
  Bytes payload;
  Hash hash;  // of the chain up to and including this one
  bool operator==(const StoredAction&) const = default;
};

// Who made it: needed to write and read derived ids, which are not stored.
struct Maker {
  Id device;
  Id incarnation;
  bool operator==(const Maker&) const = default;
};

Hash chain_hash(const Hash& predecessor, std::string_view header, const Salt& salt, std::string_view payload);

// Writes the action and links it to `predecessor` (all zero for number 1). Pure: nothing is durable yet. Errors, all
// ask_person: "action-too-large" (a limit of limits.hpp), "unknown-schema", "unknown-collection", "unknown-field",
// "malformed-action" (what an Action may not be: changes or `depends_on` out of order, elements for a field without
// them).
Result<StoredAction> store_action(const Schema& schema, const Maker& maker, const Action& action,
                                  const Hash& predecessor);
// The same action at another place, as when its chain goes on under another incarnation: `header` is that of `stored`
// with another number, `depends_on` or sign-in. Salt and payload stay byte for byte; the schema need not be known.
Result<StoredAction> rechain_action(const StoredAction& stored, const ActionHeader& header, const Hash& predecessor);
// Reads it back; does not check the hash. Errors: ask_person "malformed-action", "unknown-schema" (header.schema
// differs from schema.version()), "unknown-collection", "unknown-field".
Result<Action> read_action(const Schema& schema, const Maker& maker, const StoredAction& stored);
Result<ActionHeader> read_header(std::string_view header);

// What the ids of an action derive from: where it stood first, when it was made, and its salt.
Origin origin_of(const Maker& maker, const ActionHeader& header, const Salt& salt);
inline Origin origin_of(const Maker& maker, const Action& action) {
  return origin_of(maker, action.header, action.salt);
}
// The id of the record op `index` of this action creates. Natural-key collections derive from parent and key instead.
inline Id created_id(const Origin& origin, std::uint32_t index) { return derive_id(origin, index); }
// The tag of the k-th element that op `index` adds to field `field`.
Id element_tag(const Origin& origin, std::uint32_t index, FieldIndex field, std::uint32_t k);

// Applies the adds and removes of one change to the value of a set or list field (null: no element yet). An element
// whose tag is there already stays as it is, removed or not, so folding twice changes nothing.
void fold_elements(const Origin& origin, std::uint32_t index, const FieldChange& change, Value& value);

// Shows a person's own pending op on top of a record: new values as they are, adds and removes folded by tag. `record`
// is empty (all null) when the op creates it, and starts anew when it was deleted. Folding twice changes nothing.
void overlay(const Collection& collection, const Origin& origin, std::uint32_t index, const Op& op, Record& record);

}  // namespace holdline::sync
