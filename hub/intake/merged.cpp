// What comes in about records that were merged into others goes to those, see sync/action/merged.hpp.

#include <algorithm>
#include <iterator>

#include "hub/intake/group.hpp"

namespace holdline::hub {

sync::FindRecord IntakeGroup::finds() {
  return [this](const sync::RecordKey& key) -> Result<const sync::Record*> {
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(key));
    return stands ? &stands->stored.record : nullptr;
  };
}

// What the ops merge into others gives those what they lack: also what came in since the person looked.
Result<std::vector<sync::Op>> IntakeGroup::fillings(std::span<const sync::Op> ops) {
  std::vector<sync::Op> filling;
  for (const sync::Op& op : ops) {
    const sync::Collection* collection = schema_.collection(op.record.collection);
    if (collection == nullptr || !collection->merged_into) continue;
    const auto change = std::ranges::find(op.changes, *collection->merged_into, &sync::FieldChange::field);
    const Id* into = change == op.changes.end() ? nullptr : std::get_if<Id>(&change->value);
    if (into == nullptr) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* survivor, stored({collection->no, *into}));
    HOLDLINE_ASSIGN(const VersionedRecord* merged, stored(op.record));
    const auto is_live = [](const VersionedRecord* one) { return one != nullptr && !one->stored.record.deleted; };
    if (!is_live(survivor) || !is_live(merged) || sync::merged_into(*collection, merged->stored.record)) continue;
    auto given = sync::filling_op(*collection, merged->stored.record, survivor->stored.record, sync::Filled::elements);
    if (given) filling.push_back(*std::move(given));
    HOLDLINE_TRY(keep_strict(op.record, *into, filling));
  }
  return filling;
}

// Of a number that both have: what somebody else forbade, and the workstation that merges them did not know yet.
Result<void> IntakeGroup::keep_strict(const sync::RecordKey& merged, const Id& into, std::vector<sync::Op>& ops) {
  HOLDLINE_ASSIGN(const auto children, live_children(merged));
  for (const sync::Record& child : children) {
    const sync::Collection& kind = *schema_.collection(child.key.collection);
    const auto* key = kind.natural_key ? std::get_if<std::string>(&child.fields[*kind.natural_key]) : nullptr;
    if (key == nullptr) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* same, stored({kind.no, sync::child_id(kind, into, *key)}));
    if (same == nullptr || same->stored.record.deleted) continue;
    if (auto op = sync::stricter_op(kind, child, same->stored.record)) ops.push_back(*std::move(op));
  }
  return {};
}

// What the workstation holds, and its chain, stay as they were: only what takes effect is about the survivor.
Result<sync::ActionResult> IntakeGroup::settle(const Candidate& candidate) {
  HOLDLINE_ASSIGN(auto followed, sync::follow_merged(schema_, candidate.action.ops, finds()));
  HOLDLINE_ASSIGN(auto filling, fillings(followed ? *followed : candidate.action.ops));
  if (!followed && filling.empty()) return settle_followed(candidate);
  sync::Action action = candidate.action;
  if (followed) action.ops = *std::move(followed);
  std::ranges::move(filling, std::back_inserter(action.ops));
  return settle_followed(
      {candidate.lane, candidate.stored, action, candidate.corrected_ms, candidate.own, candidate.marks});
}

Result<std::optional<Refusal>> IntakeGroup::mismerged(const sync::Op& op, const Created& created) {
  const sync::Collection& collection = *schema_.collection(op.record.collection);
  if (!collection.merged_into) return std::optional<Refusal>{};
  const auto change = std::ranges::find(op.changes, *collection.merged_into, &sync::FieldChange::field);
  const Id* into = change == op.changes.end() ? nullptr : std::get_if<Id>(&change->value);
  if (into == nullptr) return std::optional<Refusal>{};
  const sync::RecordKey survivor{collection.no, *into};
  if (survivor == op.record)
    return std::optional(Refusal{"same-record", "A record cannot be merged into itself: name another one."});
  HOLDLINE_ASSIGN(const auto scope, scope_of(survivor, created));
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(survivor));
  if (!scope || (stands != nullptr && stands->stored.record.deleted))
    return std::optional(Refusal{"unknown-record", "The record into which this was merged is not there."});
  if (*scope != op.scope)
    return std::optional(Refusal{
        "scope-clash", "Records of two scopes cannot be merged: what one of them may show, the other may not."});
  return std::optional<Refusal>{};
}

}  // namespace holdline::hub
