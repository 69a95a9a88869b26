// Conflict records: what lost, beside what stands, with who, when and from which base. Ordinary records of a built-in
// collection, so they are fed, searched and resolved like any other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sync/merge/merge.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// The same losing action and unit always give the same record, so a replay cannot make a second one. Of a maker who is
// known by value: the same losing value of the unit.
RecordKey conflict_key(const Schema& schema, const Incoming& incoming, const LosingValue& losing);

// The conflict record of one losing value.
Record conflict_record(const Schema& schema, const Incoming& incoming, const LosingValue& losing,
                       const std::string& scope);

// Two live records of one scope that have the same value of a unique field (see fold_key()): the conflict about it,
// which is the same one whichever of them came first. `record` is the one that met the other.
RecordKey duplicate_key(const Schema& schema, const RecordKey& one, const RecordKey& other, FieldIndex field,
                        const Value& value);
// `deleted`: the other one is, and the value is new again.
Record duplicate_record(const Schema& schema, const Incoming& incoming, const Record& record, const RecordKey& other,
                        FieldIndex field, bool deleted = false);
// Where a losing value came from, when that was no person at a workstation, and what else there is to say of it.
struct ConflictOrigin {
  std::optional<RecordKey> duplicate_of;  // of the conflict of two records: the other one
  bool other_deleted = false;             // it was when they met
  std::string import;                     // "import of 28 Nov by ada from crm-export.csv"; empty: not of one
};
// Empty where it is not kept, or not for who holds this copy of the conflict.
ConflictOrigin conflict_origin(const Schema& schema, const Record& conflict);

// It is open no more: one of the two has another value, or is no longer there by itself. `how` is for people. True when
// it was open.
bool settle_duplicate(const Schema& schema, const Incoming& incoming, const std::string& how, Record& conflict);

// Whether a change of this unit goes on from `conflict`: it is open, about this unit of the op's record, and what the
// change replaces of its other value is what it was made from, or is not among what lost. When two machines of one disk
// both went on from the same value, the second to arrive is a question of its own.
bool goes_on_from(const Schema& schema, const Record& conflict, const Op& op, std::uint8_t unit);

// A later change of the same person joins: the conflict's other value becomes the new one; the earlier stays in
// `joined`.
void join(const Schema& schema, Record& conflict, const Incoming& incoming, const Joined& joined);

// The values a conflict offers, exactly as they were: `current` is what stood, `other` what lost. Both are empty when
// the conflict is about a deletion, or `hidden`: about fields that are not for who holds this copy of it.
struct ConflictValues {
  RecordKey record;
  std::uint8_t unit = 0;
  bool about_deletion = false;
  bool hidden = false;
  std::vector<Value> current = {}, other = {};
};
Result<ConflictValues> conflict_values(const Schema& schema, const Record& conflict);

// The same for a person to read, one text for each field of the unit; all empty when there are no values.
struct ConflictTexts {
  std::vector<std::string> base, current, other;
};
Result<ConflictTexts> conflict_texts(const Schema& schema, const Record& conflict);

// Who resolved a conflict and when become part of it: to be called with what an applied op makes of a record. Nothing
// happens unless the record is a conflict that the op resolves.
void mark_resolved(const Schema& schema, const Record* before, const Incoming& incoming, MergeOutcome& outcome);

// A value for a person to read.
std::string display(const Value& value);

}  // namespace holdline::sync
