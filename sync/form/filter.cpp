#include "sync/form/filter.hpp"

#include <algorithm>

#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

std::string folded(std::string_view text) { return fold_text(tidy_line(text)); }

bool can_be_asked_for(const Field& field) {
  return !field.sensitive && field.type != FieldType::time && field.type != FieldType::reference;
}

bool says(const Value& value, const std::string& wanted) {
  if (is_null(value)) return wanted.empty();
  if (const auto* text = std::get_if<std::string>(&value)) return folded(*text) == wanted;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number) == wanted;
  if (const auto* flag = std::get_if<bool>(&value)) return wanted == (*flag ? "yes" : "no");
  const auto* elements = std::get_if<Elements>(&value);
  if (elements == nullptr) return false;
  const auto has = [&](const Element& element) { return folded(element.text) == wanted; };
  return std::ranges::any_of(*elements, has) || (wanted.empty() && elements->empty());
}

}  // namespace

Result<Filter> filter_of(const Collection& collection, const std::map<std::string, std::string>& wanted) {
  Filter filter;
  for (const auto& [name, text] : wanted) {
    const auto field = collection.field(name);
    if (!field)
      return fail(ErrorKind::ask_person, "unknown-field",
                  "There is no field '" + name + "' to choose by. holdline schema docs names those there are.");
    if (!can_be_asked_for(collection.fields[*field]))
      return fail(ErrorKind::ask_person, "not-a-filter",
                  collection.fields[*field].label + " is nothing to choose by; take a text, a number or an option.");
    filter.all.push_back({*field, folded(text)});
  }
  return filter;
}

bool passes(const Filter& filter, const Record& record) {
  return std::ranges::all_of(filter.all,
                             [&](const Filter::Wanted& one) { return says(record.fields[one.field], one.text); });
}

}  // namespace holdline::sync
