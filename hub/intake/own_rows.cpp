// The hub's own changes, as an import brings them: which of its rows would come into another scope, and applying the
// rest.

#include <algorithm>
#include <iterator>

#include "hub/intake/group.hpp"
#include "sync/action/validate.hpp"
#include "sync/form/form.hpp"

namespace holdline::hub {

Result<std::optional<Refusal>> IntakeGroup::misplaced(std::span<const sync::Op> row) {
  Created created;
  for (const sync::Op& op : row) {
    HOLDLINE_ASSIGN(auto refusal, misplaced(op, created));
    if (!refusal) {
      HOLDLINE_ASSIGN(refusal, breaks_rule(op));
    }
    if (refusal) return refusal;
    if (op.kind == sync::OpKind::create) created.emplace(op.record, op.scope);
  }
  return std::nullopt;
}

// A new record by itself, an edited one as it would stand. What a source tells for the first time of a record that is
// here already only adds to it.
Result<std::optional<Refusal>> IntakeGroup::breaks_rule(const sync::Op& op) {
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(op.record));
  const bool live = stands != nullptr && !stands->stored.record.deleted;
  if (op.kind != (live ? sync::OpKind::edit : sync::OpKind::create)) return std::optional<Refusal>{};
  auto findings = sync::validate_rules(schema_, op, 0);
  if (live) {
    const sync::Collection& collection = *schema_.collection(op.record.collection);
    std::ranges::move(sync::look_over(collection, op.changes, &stands->stored.record, 0, 0),
                      std::back_inserter(findings));
  }
  // Questions were asked when the row was read.
  const auto broken = std::ranges::find(findings, sync::Weight::refused, &sync::Finding::weight);
  if (broken == findings.end()) return std::optional<Refusal>{};
  return std::optional(Refusal{broken->code, broken->message});
}

// A file that still names what people deleted here does not bring it back.
Result<IntakeGroup::Deleted> IntakeGroup::is_about_deleted(const sync::Op& op) {
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(op.record));
  const sync::Collection& collection = *schema_.collection(op.record.collection);
  const bool itself = stands != nullptr && stands->stored.record.deleted;
  if (!collection.parent) return itself ? Deleted::root : Deleted::no;
  const Id* parent = stands == nullptr ? nullptr : std::get_if<Id>(&stands->stored.record.fields[*collection.parent]);
  for (const sync::FieldChange& change : op.changes)
    if (change.field == collection.parent) parent = std::get_if<Id>(&change.value);
  if (parent != nullptr) {
    HOLDLINE_ASSIGN(const VersionedRecord* above, stored({collection.fields[*collection.parent].target, *parent}));
    if (above != nullptr && above->stored.record.deleted) return Deleted::root;
  }
  return itself ? Deleted::child : Deleted::no;
}

Result<bool> IntakeGroup::is_deleted_here(const OwnRow& row) {
  if (!row.about || row.ops.empty()) return false;
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(*row.about));
  return stands != nullptr && stands->stored.record.deleted && stands->stored.record.scope == row.ops.front().scope;
}

Result<std::vector<RowOutcome>> IntakeGroup::take_own(const sync::Maker& hub, const sync::ActionHeader& header,
                                                      std::vector<OwnRow> rows) {
  std::vector<sync::RecordKey> keys;
  for (const OwnRow& row : rows)
    for (const sync::Op& op : row.ops)
      if (row.is_new)
        records_.try_emplace(op.record);  // what hangs on it comes with it
      else
        add_places(op, keys);
  HOLDLINE_TRY(load_records(keys));
  std::vector<RowOutcome> outcomes(rows.size());
  sync::Action own{header, {}, {}};
  std::vector<std::size_t> row_of;  // of each op
  for (std::size_t n = 0; n < rows.size(); ++n) {
    HOLDLINE_ASSIGN(auto followed, sync::follow_merged(schema_, rows[n].ops, finds()));
    std::vector<sync::Op>& ops = followed ? *followed : rows[n].ops;
    HOLDLINE_ASSIGN(outcomes[n].deleted, is_deleted_here(rows[n]));
    if (outcomes[n].deleted) {
      if (rows[n].imported) changes_.imported.push_back(*std::move(rows[n].imported));
      continue;
    }
    HOLDLINE_ASSIGN(auto refusal, misplaced(ops));
    if (refusal) {
      outcomes[n] = {RowEffect::refused, std::move(refusal->code), std::move(refusal->text)};
      continue;
    }
    outcomes[n].followed = followed.has_value();
    if (rows[n].imported) changes_.imported.push_back(*std::move(rows[n].imported));
    for (sync::Op& op : ops) {
      HOLDLINE_ASSIGN(const Deleted gone, is_about_deleted(op));
      outcomes[n].deleted = outcomes[n].deleted || (gone == Deleted::root && &op == &ops.front());
      if (gone != Deleted::no) continue;
      own.ops.push_back(std::move(op));
      row_of.push_back(n);
    }
  }
  HOLDLINE_ASSIGN(const bool full, outgrows(own));
  if (full)
    return fail(ErrorKind::ask_person, "record-full",
                "A list or set of a record would become longer than a record can be. Nothing of this part was stored.");
  const sync::StoredAction none{};
  std::vector<OpEffect> effects;
  HOLDLINE_TRY(
      apply({{hub.device, hub.incarnation, header.lane}, none, own, header.event_ms, true, 0, import_name_}, &effects));
  for (std::size_t op = 0; op < effects.size(); ++op) {
    RowEffect& effect = outcomes[row_of[op]].effect;
    const bool first = op == 0 || row_of[op - 1] != row_of[op];
    // What hangs on a record that was here already changes that one.
    const auto& about = rows[row_of[op]].about;
    const bool hangs = about && own.ops[op].record != *about;
    if (effects[op].conflict)
      effect = RowEffect::conflict;
    else if (effects[op].created && first && !hangs)
      effect = RowEffect::created;
    else if ((effects[op].changed || effects[op].created) && effect == RowEffect::unchanged)
      effect = RowEffect::updated;
  }
  return outcomes;
}

}  // namespace holdline::hub
