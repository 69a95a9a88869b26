// Packed columns: many actions (up) or changes (down) encoded together, column by column (delta, dictionary or raw), so
// that zstd sees like beside like. Lossless over the bytes as stored: an action whose bytes this version does not know
// how to take apart travels whole. The byte-exact form is in PROTOCOL.md. Decoders check every length before
// allocating.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"

namespace holdline::sync {

// One lane's actions with consecutive numbers.
struct ActionBatch {
  Maker maker;
  Lane lane = 0;
  Hash predecessor;  // hash before the first action
  std::vector<StoredAction> actions;
};

// Uncompressed. `actions` must be consecutive numbers of one lane, at most limits::actions_per_push, together at most
// limits::message_bytes as stored. Needs no schema, nor does its reader: a hub reads actions of every schema version.
Bytes encode_actions(const ActionBatch& batch);
// Rebuilds the stored bytes and recomputes every hash from `predecessor`. A batch whose maker or last hash come out
// otherwise than they went in is an error. Errors: ask_person "malformed-batch".
Result<ActionBatch> decode_actions(std::string_view bytes);

// One record as the feed tells it.
struct Change {
  ChangeNumber cn = 0;  // at which it took this form
  bool leave = false;   // the record left the scope (or the profile, or the age window): forget it; `fields` is empty
  FieldMask mask = 0;   // which fields are told; a new record tells all that are not null, a change only what changed
  Record record;        // fields outside `mask` are null and mean "unchanged"
  bool operator==(const Change&) const = default;
};

// Uncompressed. Changes of mixed collections, in order; at most limits::changes_per_batch, together at most
// limits::message_bytes of values.
Bytes encode_changes(const Schema& schema, std::span<const Change> changes);
// Errors: ask_person "malformed-batch", also for collections and fields that `schema` does not have: a feed is told in
// the schema version its reader is at.
Result<std::vector<Change>> decode_changes(const Schema& schema, std::string_view bytes);

}  // namespace holdline::sync
