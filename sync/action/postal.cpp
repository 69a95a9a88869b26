#include "sync/action/postal.hpp"

#include <algorithm>

#include "sync/text/postcode.hpp"

namespace holdline::sync {

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
