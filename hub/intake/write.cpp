// How intake writes what actions do: record by record, into change numbers that every workstation can be told.

#include <map>

#include "hub/intake/group.hpp"
#include "hub/ledger/feed_limits.hpp"
#include "sync/base/limits.hpp"

namespace holdline::hub {

namespace {

constexpr sync::FieldMask all_fields = ~sync::FieldMask{0};

// What the elements named in an op can add to its record.
std::size_t growth(const sync::Op& op) {
  std::size_t bytes = 0;
  for (const sync::FieldChange& change : op.changes) {
    if (change.adds.empty()) continue;  // a removed element only loses its text
    sync::Elements added;
    for (const std::string& text : change.adds) added.push_back({{}, text, false});
    bytes += encoded_size(sync::Value(std::move(added)));
  }
  return bytes;
}

}  // namespace

// One action is one cn, so that nobody sees half of it, as long as it can be told at once. What it does is more than
// what it says: each of its values can open a conflict that keeps four copies of it and of what stands, and an import
// has thousands of ops. When the cn is full, the action goes on in the next one, and its result names the last: others
// may see a very large action arrive in parts, but nobody waits for ever behind a message that is too large.
ChangeNumber IntakeGroup::cn_for(const sync::Record& told, sync::FieldMask fields) {
  const std::size_t bytes = encoded_size(told, fields);
  const bool full = filling_.records == sync::limits::records_per_change || filling_.bytes + bytes > change_bytes;
  if (full && filling_.records != 0) filling_ = {filling_.cn + 1, 0, 0};
  ++filling_.records;
  filling_.bytes += bytes;
  return filling_.cn;
}

void IntakeGroup::write(const sync::RecordKey& key, sync::StoredRecord next, sync::FieldMask changed) {
  auto& kept = records_[key];
  RecordWrite record{0, std::nullopt, {}, changed, true};
  if (kept) {
    record.before_cn = kept->cn;
    (kept->stored.record.deleted ? record.deleted_before : record.before) = std::move(kept->stored.record);
  }
  record.cn = next.meta.last_cn = cn_for(next.record, record.before ? changed : all_fields);
  record.next = next;
  kept = VersionedRecord{std::move(next), record.cn};
  note_unique(record);
  changes_.records.push_back(std::move(record));
}

void IntakeGroup::rewrite(const sync::RecordKey& key, sync::StoredRecord next) {
  const sync::Record& stands = records_[key]->stored.record;
  sync::FieldMask changed = 0;
  for (std::size_t i = 0; i < next.record.fields.size(); ++i)
    if (next.record.fields[i] != stands.fields[i]) changed |= sync::FieldMask{1} << i;
  write(key, std::move(next), changed);
}

// Of a record that stays as it is told.
void IntakeGroup::write_meta(const sync::RecordKey& key, sync::StoredRecord next) {
  VersionedRecord& kept = *records_[key];
  RecordWrite record{kept.cn, std::nullopt, next, 0, false};
  if (!kept.stored.record.deleted) record.before = std::move(kept.stored.record);
  kept.stored = std::move(next);
  changes_.records.push_back(std::move(record));
}

// Texts are limited by the schema; lists and sets grow with every action, and a record is told whole.
Result<bool> IntakeGroup::outgrows(const sync::Action& action) {
  std::map<sync::RecordKey, std::size_t> sizes;
  for (const sync::Op& op : action.ops) {
    const std::size_t more = growth(op);
    if (more == 0) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(op.record));
    const auto [size, first] = sizes.try_emplace(op.record, 0);
    if (first && stands != nullptr) size->second = encoded_size(stands->stored.record, all_fields);
    size->second += more;
    if (size->second > record_bytes) return true;
  }
  return false;
}

}  // namespace holdline::hub
