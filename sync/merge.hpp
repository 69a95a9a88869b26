// Three-way merge, by value, without clocks. The laws are stated in LAWS.md; this header is their vocabulary.
// A field (or merge group) conflicts when its current value is neither the base the change was made from nor the new
// value. A conflict is a value, never an error, and a losing value is always in the outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync/action.hpp"
#include "sync/record.hpp"

namespace holdline::sync {

// When a merge unit of policy `latest` got a value: kept by the ledger beside the record, neither fed nor digested. The
// past ones let "just after the time of its base" be computed whatever order changes arrive in.
struct Stamp {
  std::uint8_t unit = 0;
  Hash value;              // of the canonical values of the unit's fields
  std::int64_t at_ms = 0;  // effective time, by the hub's clock
  Id device;               // breaks ties
  bool operator==(const Stamp&) const = default;
};
inline constexpr std::size_t stamps_per_unit = 16;  // the oldest go first

// What the ledger keeps about a record beside its body.
struct RecordMeta {
  Id last_device;             // who changed it last
  ChangeNumber last_cn = 0;   // and at which cn
  std::vector<Stamp> stamps;  // ascending by (unit, at_ms, device)
  bool operator==(const RecordMeta&) const = default;
};
Bytes encode_meta(const RecordMeta& meta);
Result<RecordMeta> decode_meta(std::string_view bytes);

enum class LoserState : std::uint8_t {
  open,     // a person decides
  decided,  // the policy decided; kept for the record
};

// One value that did not become (or did not stay) the current one.
struct Loser {
  std::uint8_t unit = 0;
  LoserState state = LoserState::open;
  MergePolicy policy = MergePolicy::review;
  std::vector<Value> value;     // the losing values, one per field of the unit
  std::vector<Value> winner;    // what stands, one per field of the unit
  std::vector<Base> base;       // what the losing change was made from, one per field
  bool incoming_lost = true;    // false: the value that stood until now lost to this op
  bool about_deletion = false;  // delete against edit, in either order: `unit` has no meaning
};

struct Incoming {
  const Op& op;
  Maker maker;
  const ActionHeader& header;
  std::uint32_t index = 0;  // of the op in its action
  std::int64_t corrected_ms = 0;
};

struct Stood {  // what the ledger holds
  Record record;
  RecordMeta meta;
};

struct MergeOutcome {
  Stood next;
  FieldMask changed = 0;  // fields whose value differs from before; 0 and !next-was-new: nothing to write
  bool created = false;
  bool merged = false;        // somebody else had changed the record since it was displayed, or a policy decided
  std::vector<Loser> losers;  // open ones make the result `conflict`
};

// Asks whether the unit already has an open conflict that this action's `after` names: then the change joins that
// conflict (its value becomes the conflict's other value) and the unit is not compared again.
using JoinsOpenConflict = std::function<bool(std::uint8_t unit)>;

// Merges one op into what stands (null when there is no such record). Pure, total and deterministic: any op that passed
// validation has an outcome. Applying the same op to the outcome again changes nothing and loses nothing.
MergeOutcome merge(const Collection& collection, const Stood* stood, const Incoming& incoming,
                   const JoinsOpenConflict& joins);

// What an erase_row names: digest of the record and its children as displayed.
Hash seen_digest(const Record& record, const std::vector<Record>& children);

}  // namespace holdline::sync
