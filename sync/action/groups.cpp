#include "sync/action/groups.hpp"

#include <algorithm>

namespace holdline::sync {

std::optional<FieldIndex> missing_of_group(const Collection& collection, std::span<const FieldChange> changes) {
  const auto named = [&](FieldIndex field) {
    return std::ranges::find(changes, field, &FieldChange::field) != changes.end();
  };
  const auto fixed = [&](FieldIndex field) { return collection.parent == field || collection.natural_key == field; };
  for (const FieldChange& change : changes) {
    if (change.field >= collection.fields.size() || fixed(change.field)) continue;
    for (const FieldIndex field : collection.units[collection.unit_of[change.field]].fields)
      if (!fixed(field) && !named(field)) return field;
  }
  return std::nullopt;
}

void complete_groups(const Collection& collection, const Record& shown, std::vector<FieldChange>& changes) {
  while (const auto field = missing_of_group(collection, changes)) {
    const Value& stands = shown.fields[*field];
    const auto place = std::ranges::lower_bound(changes, *field, {}, &FieldChange::field);
    changes.insert(place, {*field, make_base(stands), stands, {}, {}});
  }
}

}  // namespace holdline::sync
