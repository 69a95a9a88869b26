#include "hub/ledger/feed_limits.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t number_bytes = 10;  // the longest varint
constexpr std::size_t length_bytes = 3;   // of a text or a field number
constexpr std::size_t element_bytes = sizeof(sync::Id) + 1 + length_bytes;

}  // namespace

std::size_t encoded_size(const sync::Value& value) {
  const std::size_t start = length_bytes + 1;  // field number and kind of value
  if (sync::is_null(value) || std::holds_alternative<bool>(value)) return start;
  if (const auto* text = std::get_if<std::string>(&value)) return start + length_bytes + text->size();
  std::size_t size = start + number_bytes;
  if (std::holds_alternative<sync::Id>(value)) return start + sizeof(sync::Id);
  if (const auto* elements = std::get_if<sync::Elements>(&value))
    for (const sync::Element& element : *elements) size += element_bytes + element.text.size();
  return size;
}

std::size_t encoded_size(const sync::Record& record, sync::FieldMask fields) {
  std::size_t size = told_head_bytes;
  for (std::size_t i = 0; i < record.fields.size(); ++i)
    if ((fields >> i & 1) != 0) size += encoded_size(record.fields[i]);
  return size;
}

}  // namespace holdline::hub
