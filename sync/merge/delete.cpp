// Merging a deletion: against edits made meanwhile, in either order, and against an open question about deletion.
#include <algorithm>
#include <functional>

#include "sync/merge/steps.hpp"

namespace holdline::sync {

namespace {

// What the hub sets by itself nobody displays before the hub has it: it is no part of what was seen.
void write_seen(ByteWriter& out, const Record& record, std::optional<FieldIndex> set_by_hub = {},
                std::optional<FieldIndex> given_by_hub = {}) {
  out.varint(record.key.collection);
  out.raw(record.key.id.view());
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (is_null(record.fields[i]) || set_by_hub == i || given_by_hub == i) continue;
    out.varint(i + 1);
    encode_value(out, record.fields[i]);
  }
  out.varint(0);
}

}  // namespace

LosingValue lost_deletion(LosingState state, bool incoming_lost) {
  LosingValue losing;
  losing.state = state;
  losing.incoming_lost = incoming_lost;
  losing.about_deletion = true;
  return losing;
}

MergeOutcome merge_delete(const Collection& collection, const StoredRecord* stored, const Incoming& incoming) {
  MergeOutcome outcome;
  if (stored == nullptr) {
    outcome.next.record = blank_record(collection, incoming.op);
    outcome.next.record.deleted = true;
    return outcome;
  }
  outcome.next = *stored;
  Record& record = outcome.next.record;
  if (record.deleted) return outcome;
  outcome.merged = changed_by_others(stored, incoming);
  if (incoming.current_digest == incoming.op.seen_digest) {
    record.deleted = true;
    record.deletion_asked = false;
  } else {
    // Whoever asks too has a question of their own: it names them, and what they saw.
    record.deletion_asked = true;
    outcome.losing_values.push_back(lost_deletion(LosingState::open, true));
    if (stored->record.deletion_asked) return outcome;
  }
  outcome.flags_changed = true;
  outcome.next.meta.last_device = incoming.maker.device;
  return outcome;
}

Hash seen_digest(const Collection& collection, const Record& record, const std::vector<Record>& children) {
  std::vector<std::reference_wrapper<const Record>> live;
  for (const Record& child : children)
    if (!child.deleted) live.emplace_back(child);
  std::sort(live.begin(), live.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  Bytes bytes;
  ByteWriter out(bytes);
  write_seen(out, record, collection.sort_by, collection.reference);
  for (const Record& child : live) write_seen(out, child);
  return sha256({"holdline seen", bytes});
}

}  // namespace holdline::sync
