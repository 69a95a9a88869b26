// Two records of one scope with the same value of a unique field, as when two desks without the hub give one customer
// number to two customers: both stay, and a conflict tells of it. It is settled when one of them gets another value, is
// merged into the other, or is removed. The same of a new record with the number of one that people deleted: whether
// they are back is for a person to say.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "hub/intake/group.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/table/practice.hpp"
#include "sync/text/text.hpp"

namespace holdline::hub {

namespace {

// With more of them one question would be asked as often; whoever decides one meets the next.
constexpr std::size_t most_bearers = 8;

// Folded. An invented customer has whatever number somebody typed to practise.
std::optional<std::string> unique_value(const sync::Collection& collection, const sync::Record& record,
                                        sync::FieldIndex field) {
  if (record.deleted || sync::merged_into(collection, record) || sync::is_practice(collection, record))
    return std::nullopt;
  const auto* text = std::get_if<std::string>(&record.fields[field]);
  return text ? std::optional(sync::fold_key(*text)) : std::nullopt;
}

}  // namespace

void IntakeGroup::note_unique(const RecordWrite& write) {
  const sync::Record& next = write.next.record;
  const sync::Collection& collection = *schema_.collection(next.key.collection);
  for (sync::FieldIndex field = 0; field < collection.fields.size(); ++field) {
    if (!collection.fields[field].unique) continue;
    const auto was = write.before ? unique_value(collection, *write.before, field) : std::nullopt;
    const auto now = unique_value(collection, next, field);
    if (was == now) continue;
    if (was) given_up_.push_back({next.key, {collection.no, field, next.scope, *was}});
    if (!now) continue;
    const UniqueValue taken{collection.no, field, next.scope, *now};
    taken_.push_back({next.key, taken, !write.before && !write.deleted_before});
    bearers_here_[taken].push_back(next.key.id);
  }
}

Result<std::vector<sync::RecordKey>> IntakeGroup::others_with(const Bearer& bearer, const Bearers& committed,
                                                              Others wanted) {
  std::set<Id> ids;
  for (const auto* known : {&committed.live, &committed.deleted, &std::as_const(bearers_here_)})
    if (const auto found = known->find(bearer.value); found != known->end())
      ids.insert(found->second.begin(), found->second.end());
  const sync::Collection& collection = *schema_.collection(bearer.value.collection);
  std::vector<sync::RecordKey> others;
  for (const Id& id : ids) {
    const sync::RecordKey key{collection.no, id};
    if (key == bearer.record) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* other, stored(key));
    if (other == nullptr) continue;
    sync::Record as_live = other->stored.record;
    if (wanted == Others::deleted && !std::exchange(as_live.deleted, false)) continue;
    if (wanted == Others::any || unique_value(collection, as_live, bearer.value.field) == bearer.value.value)
      others.push_back(key);
  }
  return others;
}

Result<void> IntakeGroup::tell_duplicates(const Candidate& candidate, sync::ActionResult& result) {
  const auto given_up = std::exchange(given_up_, {}), taken = std::exchange(taken_, {});
  if (given_up.empty() && taken.empty()) return {};
  std::vector<UniqueValue> values;
  for (const Bearer& one : given_up) values.push_back(one.value);
  for (const Bearer& one : taken) values.push_back(one.value);
  Bearers committed;
  HOLDLINE_ASSIGN(committed.live, transaction_.bearers(values, most_bearers, Bearing::live));
  HOLDLINE_ASSIGN(committed.deleted, transaction_.bearers(values, most_bearers, Bearing::deleted));
  for (const Bearer& one : given_up) {
    HOLDLINE_ASSIGN(const auto others, others_with(one, committed, Others::any));
    for (const sync::RecordKey& other : others) HOLDLINE_TRY(settle_duplicate(candidate, one, other));
  }
  for (const Bearer& one : taken) {
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(one.record));
    const sync::Collection& collection = *schema_.collection(one.value.collection);
    // A later op of the action may have taken it away again.
    if (unique_value(collection, stands->stored.record, one.value.field) != one.value.value) continue;
    HOLDLINE_ASSIGN(auto others, others_with(one, committed, Others::live));
    // Somebody whom people deleted comes back under another record: one question, of however many there were.
    if (others.empty() && one.is_new) {
      HOLDLINE_ASSIGN(others, others_with(one, committed, Others::deleted));
      if (others.size() > 1) others.resize(1);
    }
    for (const sync::RecordKey& other : others) HOLDLINE_TRY(open_duplicate(candidate, one, other, result));
  }
  return {};
}

Result<void> IntakeGroup::open_duplicate(const Candidate& candidate, const Bearer& bearer, const sync::RecordKey& other,
                                         sync::ActionResult& result) {
  HOLDLINE_ASSIGN(const VersionedRecord* subject, stored(bearer.record));
  HOLDLINE_ASSIGN(const VersionedRecord* met, stored(other));
  const bool deleted = met != nullptr && met->stored.record.deleted;
  sync::StoredRecord conflict{sync::duplicate_record(schema_, candidate.incoming(0), subject->stored.record, other,
                                                     bearer.value.field, deleted),
                              {}};
  const sync::RecordKey key = conflict.record.key;
  result.conflicts.push_back(key.id);
  result.verdict = sync::Verdict::conflict;
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(key));
  if (stands == nullptr) return write(key, std::move(conflict), 0), Result<void>();
  const sync::FieldIndex state = *schema_.collection(key.collection)->field("state");
  if (stands->stored.record.fields[state] != conflict.record.fields[state]) rewrite(key, std::move(conflict));
  return {};
}

Result<void> IntakeGroup::settle_duplicate(const Candidate& candidate, const Bearer& bearer,
                                           const sync::RecordKey& other) {
  const sync::RecordKey key =
      sync::duplicate_key(schema_, bearer.record, other, bearer.value.field, sync::Value(bearer.value.value));
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(key));
  if (stands == nullptr) return {};
  sync::StoredRecord conflict = stands->stored;
  HOLDLINE_ASSIGN(const VersionedRecord* subject, stored(bearer.record));
  const sync::Collection& subjects = *schema_.collection(bearer.record.collection);
  const bool merged = sync::merged_into(subjects, subject->stored.record).has_value();
  const std::string how = subject->stored.record.deleted ? "One of the two was deleted."
                          : merged
                              ? "One of the two was merged into another."
                              : "One of the two has another " + subjects.fields[bearer.value.field].label + " now.";
  if (sync::settle_duplicate(schema_, candidate.incoming(0), how, conflict.record)) rewrite(key, std::move(conflict));
  return {};
}

}  // namespace holdline::hub
