// What the steps of the merge share.
// Internal to sync/merge.
#pragma once

#include "sync/merge/merge.hpp"

namespace holdline::sync {

// The record an op speaks of, before it has any value.
Record blank_record(const Collection& collection, const Op& op);

// Whether another device changed the record after the op's author saw it.
bool changed_by_others(const StoredRecord* stored, const Incoming& incoming);

constexpr FieldMask bit(std::uint8_t field_or_unit) { return FieldMask{1} << field_or_unit; }

// Gives a field of the outcome's record a value and notes whether that changed it.
void assign(MergeOutcome& outcome, FieldIndex field, const Value& value);

// Merges what the op changes in one unit that holds no elements into `outcome.next`.
void merge_unit(const Collection& collection, std::uint8_t unit, const Incoming& incoming,
                const JoinsOpenConflict& joins, MergeOutcome& outcome);

LosingValue lost_deletion(LosingState state, bool incoming_lost);

MergeOutcome merge_delete(const Collection& collection, const StoredRecord* stored, const Incoming& incoming);

}  // namespace holdline::sync
