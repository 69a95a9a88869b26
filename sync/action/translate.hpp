// Actions of other versions of the schema than the present one, by one rule: what they say of a field they still say of
// the field with its number. A field that was added is not mentioned by older ones, and so stays as it is; one that was
// retired takes what they say of it.
#pragma once

#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/versions.hpp"

namespace holdline::sync {

// The action as `to` numbers its fields. ask_person "unknown-field" when `to` has no such field, or one of another
// type.
Result<Action> translate(const Schema& from, const Schema& to, Action action);

// An action of any known version, as the present one numbers its fields.
struct KnownAction {
  Action action;
  std::vector<Finding> findings;  // of validate(), by the version it was made in: that is what its person was told
};
// As read_action(); "unknown-schema" when the version is not among those that are known, "unknown-field" as above.
Result<KnownAction> read_known(const SchemaVersions& versions, const Maker& maker, const StoredAction& stored);

}  // namespace holdline::sync
