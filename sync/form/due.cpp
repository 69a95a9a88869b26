#include "sync/form/due.hpp"

#include <algorithm>
#include <chrono>

#include "sync/schema/due.hpp"

namespace holdline::sync {

namespace {

constexpr std::int64_t due_day_ms = 86'400'000;

// The same day and time of a later month, or its last day, by the calendar of UTC.
std::int64_t months_later(std::int64_t from_ms, std::uint32_t months) {
  using namespace std::chrono;
  const sys_time<milliseconds> from{milliseconds(from_ms)};
  const auto day = floor<std::chrono::days>(from);
  auto date = year_month_day(day) + std::chrono::months(months);
  if (!date.ok()) date = date.year() / date.month() / last;
  return (sys_days(date) + (from - day)).time_since_epoch().count();
}

const FieldChange* change_among(std::span<const FieldChange> changes, FieldIndex field) {
  const auto found = std::ranges::find(changes, field, &FieldChange::field);
  return found == changes.end() ? nullptr : &*found;
}

// As it will stand: changed, else as shown.
Value value_after(const Record* shown, std::span<const FieldChange> changes, FieldIndex field) {
  if (const FieldChange* change = change_among(changes, field)) return change->value;
  return shown ? shown->fields[field] : Value(Null{});
}

Value counted_time(const Due& due, const Record* shown, std::span<const FieldChange> changes) {
  const Value after = value_after(shown, changes, due.after);
  const auto* from = std::get_if<std::int64_t>(&after);
  if (from == nullptr) return Null{};
  std::uint32_t days = due.days;
  if (due.by) {
    const Value kind = value_after(shown, changes, *due.by);
    const auto* option = std::get_if<std::string>(&kind);
    if (const auto told = option ? due.days_of.find(*option) : due.days_of.end(); told != due.days_of.end())
      days = told->second;
  }
  const bool by_month = due.months != 0 && days == 0;
  return by_month ? months_later(*from, due.months) : *from + std::int64_t{days} * due_day_ms;
}

bool is_given_in_part(const Collection& collection, const Due& due, std::span<const FieldChange> changes) {
  return std::ranges::any_of(collection.units[collection.unit_of[due.field]].fields,
                             [&](FieldIndex field) { return change_among(changes, field) != nullptr; });
}

}  // namespace

std::vector<FieldChange> due_times(const Schema& schema, const Collection& collection, const Record* shown,
                                   std::span<const FieldChange> changes) {
  std::vector<FieldChange> set;
  for (const Due& due : dues_of(schema, collection)) {
    if (is_given_in_part(collection, due, changes)) continue;
    const Value stands = shown ? shown->fields[due.field] : Value(Null{});
    const Value counted = counted_time(due, shown, changes);
    if (counted == stands || (shown && stands != counted_time(due, shown, {}))) continue;
    set.push_back({due.field, make_base(stands), counted, {}, {}});
  }
  return set;
}

}  // namespace holdline::sync
