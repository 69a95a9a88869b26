// What intake does with losing values: each becomes a conflict record in the same change as the action that met it.

#include "sync/merge/conflicts.hpp"
#include "hub/intake/group.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

template <class T>
T value_in(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto* value = std::get_if<T>(&record.fields[*collection.field(field)]);
  return value != nullptr ? *value : T();
}

}  // namespace

Result<void> IntakeGroup::record_losing_values(const Candidate& candidate, std::uint32_t index,
                                               const sync::MergeOutcome& outcome, sync::ActionResult& result) {
  const sync::Op& op = candidate.action.ops[index];
  const sync::Incoming incoming = candidate.incoming(index);
  for (const sync::LosingValue& losing : outcome.losing_values) {
    sync::StoredRecord conflict{sync::conflict_record(schema_, incoming, losing, op.scope), {}};
    const sync::RecordKey key = conflict.record.key;
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(key));
    result.conflicts.push_back(key.id);
    if (losing.state == sync::LosingState::open) result.verdict = sync::Verdict::conflict;
    if (!stands) write(key, std::move(conflict), 0);
  }
  return {};
}

Result<void> IntakeGroup::join_conflicts(const Candidate& candidate, std::uint32_t index,
                                         const sync::MergeOutcome& outcome, sync::ActionResult& result) {
  const sync::Op& op = candidate.action.ops[index];
  const sync::Incoming incoming = candidate.incoming(index);
  for (const sync::Joined& joined : outcome.joined) {
    HOLDLINE_ASSIGN(const auto key, open_conflict(candidate, op, joined.unit));
    if (!key) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(*key));
    sync::StoredRecord conflict = stands->stored;
    sync::join(schema_, conflict.record, incoming, joined);
    result.conflicts.push_back(key->id);
    result.verdict = sync::Verdict::conflict;
    rewrite(*key, std::move(conflict));
  }
  return {};
}

// Two people may decide one conflict without knowing of each other. The decision that arrives first holds: the other
// one, made in view of what no longer stands, would take it back without a word to either of them.
Result<std::optional<sync::ActionResult>> IntakeGroup::decided_before(const Candidate& candidate) {
  const sync::Collection& conflicts = *schema_.collection("conflict");
  for (const sync::Op& op : candidate.action.ops) {
    if (candidate.own || op.record.collection != conflicts.no || op.kind != sync::OpKind::edit) continue;
    HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(op.record));
    if (stands == nullptr) continue;
    const sync::Record& record = stands->stored.record;
    if (value_in<std::string>(conflicts, record, "state") != "resolved") continue;
    HOLDLINE_ASSIGN(const std::string name, authority_.name_of(value_in<Id>(conflicts, record, "resolved_by")));
    const std::string reason = value_in<std::string>(conflicts, record, "resolution");
    sync::ActionResult result = quarantine(
        candidate.lane, candidate.stored, "resolved-already",
        "Nothing of this took effect: the conflict was decided first by " + (name.empty() ? "somebody" : name) +
            " at " + sync::format_time(value_in<std::int64_t>(conflicts, record, "resolved_at")) +
            (reason.empty() ? "" : ": " + reason));
    result.conflicts.push_back(op.record.id);
    return std::optional(std::move(result));
  }
  return std::optional<sync::ActionResult>();
}

// The open conflict that this change goes on from: an action named in `depends_on` opened or joined it, so its result
// names it.
Result<std::optional<sync::RecordKey>> IntakeGroup::open_conflict(const Candidate& candidate, const sync::Op& op,
                                                                  std::uint8_t unit) {
  const sync::CollectionNo conflicts = schema_.collection("conflict")->no;
  for (const sync::ActionRef& ref : candidate.action.header.depends_on) {
    const LaneKey lane{candidate.lane.device, candidate.lane.incarnation, ref.lane};
    HOLDLINE_ASSIGN(auto kept, transaction_.results(lane, ref.number, ref.number));
    for (const KeptResult& in_group : changes_.results)
      if (in_group.device == lane.device && in_group.result.incarnation == lane.incarnation &&
          in_group.result.lane == ref.lane && in_group.result.number == ref.number)
        kept.push_back(in_group);
    for (const KeptResult& result : kept)
      for (const Id& id : result.result.conflicts) {
        HOLDLINE_ASSIGN(const VersionedRecord* stands, stored({conflicts, id}));
        if (stands && sync::goes_on_from(schema_, stands->stored.record, op, unit))
          return std::optional(sync::RecordKey{conflicts, id});
      }
  }
  return std::optional<sync::RecordKey>{};
}

}  // namespace holdline::hub
