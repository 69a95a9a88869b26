#include "sync/form/numbers.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace holdline::sync {

namespace {

std::string text_given(const Op& op, FieldIndex field) {
  const auto change = std::ranges::find(op.changes, field, &FieldChange::field);
  const auto* text = change == op.changes.end() ? nullptr : std::get_if<std::string>(&change->value);
  return text ? *text : std::string();
}

}  // namespace

Finding number_twice(const Collection& collection) {
  const Field& key = collection.fields[*collection.natural_key];
  const bool phone = key.type == FieldType::phone && key.extension;
  return {key.name, "there-already",
          key.label + (phone ? " is there already. With two extensions it is one number: say both in its " +
                                   collection.fields[*key.extension].label + ", like 12 or 14."
                             : " is there already.")};
}

void refuse_two_extensions(const Collection& collection, std::span<const Op> ops, std::vector<Finding>& findings) {
  const auto extension = collection.fields[*collection.natural_key].extension;
  if (!extension) return;
  const std::string number = text_given(ops.back(), *collection.natural_key);
  const std::string last = text_given(ops.back(), *extension);
  if (number.empty() || last.empty()) return;
  for (const Op& op : ops.first(ops.size() - 1)) {
    if (op.record.collection != collection.no || text_given(op, *collection.natural_key) != number) continue;
    const std::string before = text_given(op, *extension);
    if (!before.empty() && before != last) return findings.push_back(number_twice(collection));
  }
}

void name_place(const Collection& collection, std::size_t place, std::span<Finding> findings) {
  for (Finding& finding : findings) {
    const auto field = collection.field(finding.field);
    if (place > 1 && field && finding.message.starts_with(collection.fields[*field].label))
      finding.message.insert(collection.fields[*field].label.size(), " " + std::to_string(place));
  }
}

}  // namespace holdline::sync
