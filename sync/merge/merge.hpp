// Three-way merge, by value, without clocks. The laws are stated in LAWS.md; this header is their vocabulary.
// A field (or merge group) conflicts when its current value is neither the base the change was made from nor the new
// value. A conflict is a value, never an error, and a losing value is always in the outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"

namespace holdline::sync {

// What the ledger remembers about a past value of a merge unit, beside the record; neither fed nor digested.
// Policy `latest`: when the unit was given the value, so that "just after the time of its base" can be computed
// whatever order changes arrive in. Policy `strictest`: a value that a stricter one hides and that nobody has changed
// knowingly; it stands again when the stricter one is loosened. Its time and device are zero.
struct Stamp {
  std::uint8_t unit = 0;
  Hash value;              // of the unit's values, see stamps.hpp
  std::int64_t at_ms = 0;  // effective time, by the hub's clock
  Id device;               // breaks ties
  bool operator==(const Stamp&) const = default;
};
inline constexpr std::size_t stamps_per_unit = 16;  // the oldest go first

// What the ledger keeps about a record beside its body.
struct RecordMeta {
  Id last_device;             // who changed it last
  ChangeNumber last_cn = 0;   // and at which cn
  std::vector<Stamp> stamps;  // ascending by (unit, at_ms, device, value); one per unit and value
  bool operator==(const RecordMeta&) const = default;
};
Bytes encode_meta(const RecordMeta& meta);
// Errors: stop "malformed-meta".
Result<RecordMeta> decode_meta(std::string_view bytes);

enum class LosingState : std::uint8_t {
  open,     // a person decides
  decided,  // the policy decided; kept for the record
};

// One value that did not become (or did not stay) the current one. `value`, `winner` and `base` hold one entry per
// field of the unit; a field the op did not mention has its current value in both and an unknown base. All three are
// empty when it is about a deletion.
struct LosingValue {
  std::uint8_t unit = 0;
  LosingState state = LosingState::open;
  MergePolicy policy = MergePolicy::review;
  std::vector<Value> value;     // what lost
  std::vector<Value> winner;    // what stands
  std::vector<Base> base;       // what the incoming change was made from
  bool incoming_lost = true;    // false: the value that stood until now lost to this op
  bool about_deletion = false;  // delete against edit, in either order: `unit` has no meaning
  bool operator==(const LosingValue&) const = default;
};

// A change that joined an open conflict: what the conflict's other value becomes.
struct Joined {
  std::uint8_t unit = 0;
  FieldMask told = 0;        // the fields the op mentions; the others keep what the conflict has
  std::vector<Value> value;  // one per field of the unit; fields outside `told` are null
  bool operator==(const Joined&) const = default;
};

struct Incoming {
  const Op& op;
  Maker maker;
  const ActionHeader& header;
  std::uint32_t index = 0;  // of the op in its action
  std::int64_t corrected_ms = 0;
  // erase_row: seen_digest() of what the ledger holds now, of record and children as the maker's profile shows them.
  // Without it the delete counts as made from something else.
  std::optional<Hash> current_digest = {};
  // Of a maker who counts no actions, as the hub for what it imports: elements and losing values are then known by what
  // they say. The same text told again is the same element, the same loser the same conflict, whenever it comes and
  // whatever comes with it. Times stay what they are. What
  // the central database decides is as it says.
  bool by_value = false;
  Salt salt{};                   // of the action; not used by value
  std::string_view import = {};  // by_value: what the import is called, kept with what loses to it

  Origin origin() const { return origin_of(maker, header, salt); }
};

struct StoredRecord {  // what the ledger holds
  Record record;
  RecordMeta meta;
  bool operator==(const StoredRecord&) const = default;
};

struct MergeOutcome {
  StoredRecord next;            // meta.last_cn is as it stood: whoever commits fills it in
  FieldMask changed = 0;        // fields whose value differs from before
  bool created = false;         // no live record stood here before: the feed tells all its fields
  bool flags_changed = false;   // deleted or deletion_asked differ from before
  bool stamps_changed = false;  // next.meta.stamps differ: to be kept, but by itself neither fed nor a new cn
  bool merged = false;          // somebody else had changed the record since it was displayed, or a policy decided
  std::vector<LosingValue> losing_values;  // open ones make the result `conflict`
  std::vector<Joined> joined;              // these make the result `conflict`, with the id of the one they joined

  // Whether the record takes a new form at a new cn.
  bool changes_record() const { return created || flags_changed || changed != 0; }
  bool operator==(const MergeOutcome&) const = default;
};

// Asks whether the unit already has an open conflict that this action's `depends_on` names: then the change joins that
// conflict (its value becomes the conflict's other value) and the unit is not compared again. May be empty: no. Not
// asked for actions without `depends_on`.
using JoinsOpenConflict = std::function<bool(std::uint8_t unit)>;

// Merges one op into what stands (null when there is no such record). Pure, total and deterministic: any op that passed
// validation has an outcome. Applying the same op to the outcome again changes nothing and loses nothing new: an op
// that lost loses the same values again.
MergeOutcome merge(const Collection& collection, const StoredRecord* stored, const Incoming& incoming,
                   const JoinsOpenConflict& joins);

// What an erase_row names: digest of the record and its children as displayed, that is as project() gives them to the
// maker's profile, on both sides, but for what the hub sets by itself. `collection` is the record's. Independent of the
// order of the children; deleted ones do not count.
Hash seen_digest(const Collection& collection, const Record& record, const std::vector<Record>& children);

}  // namespace holdline::sync
