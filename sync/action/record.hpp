// A record: one row of a collection, as ledger and replicas hold it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"
#include "sync/schema/schema.hpp"
#include "sync/schema/value.hpp"

namespace holdline::sync {

using ChangeNumber = std::uint64_t;  // cn: a position in the feed; 0 is before everything
using FieldMask = std::uint64_t;     // bit i: field index i
using VisibilitySet = std::uint8_t;  // bit g: visibility group g

struct RecordKey {
  CollectionNo collection = 0;
  Id id;
  auto operator<=>(const RecordKey&) const = default;
};

struct Record {
  RecordKey key;
  std::string scope;          // partition: "tenant/site/team"; the part before the first slash is the tenant
  std::vector<Value> fields;  // one per field of the collection, in its order
  bool deleted = false;
  bool deletion_asked = false;  // somebody deleted what somebody else edited; stays until decided
  bool operator==(const Record&) const = default;
};

// Whether a field of this type can hold the value; null fits none (a field without a value is not stored).
bool fits(FieldType type, const Value& value);

// The id of a record whose collection has a natural key: the same for every spelling that the schema takes for one key.
Id child_id(const Collection& collection, const Id& parent, std::string_view key);

// The stored form: flags, then (field number, value) of every field that is not null, ascending. Canonical, and
// unchanged when the schema gains a field. Key and scope are not in it.
Bytes encode_body(const Collection& collection, const Record& record);
// Unknown field numbers and malformed bytes are errors of kind stop: a body is only ever read by the schema version
// its store is at.
Result<void> decode_body(const Collection& collection, std::string_view body, Record& into);

// What a workstation with this profile may hold: fields of other groups and of class `never` are null, `masked` text
// is replaced by its mask ("•••1234": the last 4 characters; shorter values wholly masked).
Record project(const Collection& collection, const Record& record, VisibilitySet visible);
// Whether a workstation with this profile may hold values of the field, if only masked; what it may not hold it may not
// write either.
bool may_hold(const Field& field, VisibilitySet visible);
// The fields a profile sees at all.
FieldMask visible_fields(const Collection& collection, VisibilitySet visible);

}  // namespace holdline::sync
