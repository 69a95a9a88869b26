#include "sync/table/filled.hpp"

#include <algorithm>

namespace holdline::sync {

namespace {

const Value* value_filled(const Collection& collection, const Record& record, Filling filling) {
  const auto field = std::ranges::find(collection.fields, filling, &Field::filled_with);
  if (field == collection.fields.end()) return nullptr;
  return &record.fields[static_cast<std::size_t>(field - collection.fields.begin())];
}

}  // namespace

std::string filled_text(const Collection& collection, const Record& record, Filling filling) {
  const Value* value = value_filled(collection, record, filling);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

std::int64_t happened_ms(const Collection& collection, const Record& record) {
  const Value* value = value_filled(collection, record, Filling::event_time);
  if (const auto* ms = value == nullptr ? nullptr : std::get_if<std::int64_t>(value)) return *ms;
  const auto recorded = collection.field("recorded_at");
  const auto* ms = recorded ? std::get_if<std::int64_t>(&record.fields[*recorded]) : nullptr;
  return ms == nullptr ? 0 : *ms;
}

}  // namespace holdline::sync
