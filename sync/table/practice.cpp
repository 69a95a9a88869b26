#include "sync/table/practice.hpp"

#include <algorithm>

namespace holdline::sync {

namespace {

constexpr int most_followed = 3;  // a conflict about the number of a customer

// A conflict names what it is about by number and id.
std::optional<RecordKey> subject_of_conflict(const Schema& schema, const Collection& conflicts, const Record& record) {
  const auto number = conflicts.field("collection"), about = conflicts.field("record");
  const auto* of = number ? std::get_if<std::int64_t>(&record.fields[*number]) : nullptr;
  const auto* id = about ? std::get_if<Id>(&record.fields[*about]) : nullptr;
  const Collection* subject = of ? schema.collection(static_cast<CollectionNo>(*of)) : nullptr;
  return subject && id ? std::optional(RecordKey{subject->no, *id}) : std::nullopt;
}

std::optional<RecordKey> followed_from(const Collection& collection, const Record& record, FieldIndex field) {
  const auto* id = std::get_if<Id>(&record.fields[field]);
  return id ? std::optional(RecordKey{collection.fields[field].target, *id}) : std::nullopt;
}

}  // namespace

bool bears_practice_mark(const Collection& collection) {
  return std::ranges::find(collection.fields, Filling::drill, &Field::filled_with) != collection.fields.end();
}

bool is_practice(const Collection& collection, const Record& record) {
  const auto field = std::ranges::find(collection.fields, Filling::drill, &Field::filled_with);
  if (field == collection.fields.end()) return false;
  const auto* practice = std::get_if<bool>(&record.fields[static_cast<std::size_t>(field - collection.fields.begin())]);
  return practice != nullptr && *practice;
}

std::optional<RecordKey> practice_follows(const Schema& schema, const Record& record) {
  const Collection& collection = *schema.collection(record.key.collection);
  if (bears_practice_mark(collection)) return std::nullopt;
  if (collection.name == "conflict") return subject_of_conflict(schema, collection, record);
  if (collection.parent) return followed_from(collection, record, *collection.parent);
  for (FieldIndex field = 0; field < collection.fields.size(); ++field)
    if (collection.fields[field].type == FieldType::reference)
      if (auto named = followed_from(collection, record, field)) return named;
  return std::nullopt;
}

bool is_of_practice(const Schema& schema, const Record& record, const FindFollowed& find) {
  Record last = record;
  for (int step = 0; step < most_followed; ++step) {
    const auto next = practice_follows(schema, last);
    if (!next) break;
    auto found = find(*next);
    if (!found) return false;
    last = *std::move(found);
  }
  return is_practice(*schema.collection(last.key.collection), last);
}

}  // namespace holdline::sync
