// Where the record of an op belongs: in one scope for good, and a child in that of its parent. Ids that are computed
// from a key mean the same record everywhere, so somebody of another scope can name it before it is there, or beside
// it.

#include <algorithm>

#include "hub/intake/group.hpp"

namespace holdline::hub {

namespace {

// The record that a create puts its own under.
std::optional<sync::RecordKey> parent_of(const sync::Collection& collection, const sync::Op& op) {
  if (!collection.parent || op.kind != sync::OpKind::create) return std::nullopt;
  const auto change = std::ranges::find(op.changes, *collection.parent, &sync::FieldChange::field);
  const auto* id = change == op.changes.end() ? nullptr : std::get_if<Id>(&change->value);
  if (id == nullptr) return std::nullopt;
  return sync::RecordKey{collection.fields[*collection.parent].target, *id};
}

}  // namespace

Result<std::optional<std::string_view>> IntakeGroup::scope_of(const sync::RecordKey& key, const Created& created) {
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(key));
  if (stands) return std::optional<std::string_view>(stands->stored.record.scope);
  const auto own = created.find(key);
  if (own == created.end()) return std::optional<std::string_view>();
  return std::optional(own->second);
}

Result<std::optional<Refusal>> IntakeGroup::misplaced(const sync::Op& op, const Created& created) {
  const bool creates = op.kind == sync::OpKind::create;
  HOLDLINE_ASSIGN(const auto scope, scope_of(op.record, created));
  if (!scope && !creates) return Refusal{"unknown-record", "The record this changes is not known to the hub."};
  if (scope && *scope != op.scope)
    return creates
               ? Refusal{"scope-clash",
                         "A record with this key is already there, in another scope. Nothing was changed in either. "
                         "Somebody with rights in both scopes has to decide where it belongs."}
               : Refusal{"scope-moved",
                         "The record belongs to another scope now. Somebody with rights there can enter it again."};
  HOLDLINE_ASSIGN(auto refusal, mismerged(op, created));
  if (refusal) return refusal;
  const auto parent = parent_of(*schema_.collection(op.record.collection), op);
  if (!parent) return std::nullopt;
  HOLDLINE_ASSIGN(const auto above, scope_of(*parent, created));
  if (!above) return Refusal{"unknown-record", "The record this belongs to is not known to the hub."};
  if (*above != op.scope)
    return Refusal{
        "scope-clash",
        "The record this belongs to lies in another scope. Enter it at a workstation that holds that scope."};
  return std::nullopt;
}

void IntakeGroup::add_places(const sync::Op& op, std::vector<sync::RecordKey>& keys) const {
  keys.push_back(op.record);
  const sync::Collection* collection = schema_.collection(op.record.collection);
  if (collection == nullptr) return;
  if (const auto parent = parent_of(*collection, op)) keys.push_back(*parent);
}

}  // namespace holdline::hub
