#include "sync/action/groups.hpp"

#include <algorithm>

#include "sync/text/postcode.hpp"

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

std::optional<FieldIndex> country_beside(const Collection& collection, FieldIndex postcode) {
  const Field& field = collection.fields[postcode];
  if (field.name != "postcode" || field.type != FieldType::text) return std::nullopt;
  const auto found = std::ranges::find_if(collection.fields, [&](const Field& other) {
    return other.format == TextFormat::country && other.merge_group == field.merge_group;
  });
  if (found == collection.fields.end()) return std::nullopt;
  return static_cast<FieldIndex>(found - collection.fields.begin());
}

std::string postcode_key(const Collection& collection, const Record& record, FieldIndex postcode) {
  const auto text_in = [&](std::optional<FieldIndex> field) {
    const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
    return text ? *text : std::string();
  };
  return postcode_key(text_in(country_beside(collection, postcode)), text_in(postcode));
}

}  // namespace holdline::sync
