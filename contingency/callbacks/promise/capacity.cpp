#include "contingency/callbacks/promise/capacity.hpp"

#include <algorithm>
#include <array>

#include "sync/action/record_fields.hpp"
#include "sync/form/promise.hpp"

namespace holdline::contingency {

namespace {

constexpr std::int64_t capacity_minute_ms = 60'000, capacity_day_ms = 24 * 60 * capacity_minute_ms;
constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// Minutes since midnight.
std::optional<std::int64_t> minutes_of(const std::string& text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
  if (hours > 24 || minutes > 59 || (hours == 24 && minutes != 0)) return std::nullopt;
  return hours * 60 + minutes;
}

bool holds_on(const PromiseCapacity& capacity, std::int64_t day) {
  const std::string_view name = day_names[static_cast<std::size_t>(((day + 3) % 7 + 7) % 7)];  // day 0 was a Thursday
  return capacity.days.empty() || std::ranges::find(capacity.days, name) != capacity.days.end();
}

// When the clock shows it, for the first time; what a clock skips is the moment at which it does.
std::int64_t moment(const std::string& zone, const ZoneOffset& offset, std::int64_t clock_ms) {
  const auto shown = sync::moment_of({{}, {}, offset}, zone, clock_ms);
  return shown.kind == sync::LocalMoment::Kind::unknown_zone ? clock_ms : shown.first;
}

void add_day(const PromiseCapacity& capacity, const ZoneOffset& offset, std::int64_t day, std::int64_t from_ms,
             std::int64_t until_ms, std::vector<DividedWindow>& into) {
  const std::int64_t midnight = day * capacity_day_ms, length = capacity.minutes * capacity_minute_ms;
  std::int64_t start = moment(capacity.zone, offset, midnight + *minutes_of(capacity.opens) * capacity_minute_ms);
  const std::int64_t end = moment(capacity.zone, offset, midnight + *minutes_of(capacity.closes) * capacity_minute_ms);
  for (; start + length <= end; start += length)
    if (start >= from_ms && start < until_ms)
      into.push_back({{capacity.queue, start, start + length, capacity.calls}, capacity.stations});
}

}  // namespace

PromiseCapacity capacity_of(const sync::Collection& collection, const sync::Record& record) {
  const sync::RecordFields fields(collection, record);
  return {record.scope,
          fields.text("zone"),
          fields.text("opens"),
          fields.text("closes"),
          fields.texts("days"),
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(fields.number("minutes", 60), 1, 1440)),
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(fields.number("calls"), 0, 100'000)),
          fields.texts("stations"),
          fields.number("since")};
}

Result<void> check_capacity(const PromiseCapacity& capacity) {
  const auto opens = minutes_of(capacity.opens), closes = minutes_of(capacity.closes);
  const auto wrong = [](std::string text) {
    return fail(ErrorKind::ask_person, "capacity-malformed", std::move(text));
  };
  if (!opens || !closes || *closes <= *opens)
    return wrong("Say from when until when, by the clock, like 09:00 and 17:00; the end of a day is 24:00.");
  if (capacity.minutes < 15 || *opens + capacity.minutes > *closes)
    return wrong("A window has 15 minutes at least and fits into the hours.");
  for (const std::string& day : capacity.days)
    if (std::ranges::find(day_names, day) == day_names.end())
      return wrong("Days are mon, tue, wed, thu, fri, sat, sun.");
  if (capacity.stations.empty()) return wrong("No workstation has this scope, so nobody could promise anything.");
  return {};
}

std::vector<DividedWindow> windows_between(std::span<const PromiseCapacity> capacities, const ZoneOffset& offset,
                                           std::int64_t from_ms, std::int64_t until_ms) {
  std::vector<DividedWindow> windows;
  for (const PromiseCapacity& one : capacities) {
    if (!check_capacity(one)) continue;
    // Another one holds from its own time on.
    std::int64_t end = until_ms;
    for (const PromiseCapacity& other : capacities)
      if (other.queue == one.queue && other.since_ms > one.since_ms) end = std::min(end, other.since_ms);
    const std::int64_t from = std::max(from_ms, one.since_ms);
    for (std::int64_t day = from / capacity_day_ms - 1; day <= end / capacity_day_ms + 1 && from < end; ++day)
      if (holds_on(one, day)) add_day(one, offset, day, from, end, windows);
  }
  std::ranges::sort(windows, {},
                    [](const DividedWindow& one) { return std::pair(one.window.queue, one.window.start_ms); });
  return windows;
}

PromiseRoom room_of(std::span<const PromiseCapacity> capacities, const std::string& station, const ZoneOffset& offset,
                    std::int64_t now_ms) {
  PromiseRoom room;
  // One that has begun is offered while it lasts; the longest is a day.
  for (const DividedWindow& one :
       windows_between(capacities, offset, now_ms - capacity_day_ms, now_ms + promised_ahead_ms)) {
    const auto shares = shares_of(one.window, one.stations);
    const auto share = shares.find(station);
    room.take(one.window, share == shares.end() ? 0 : share->second);
  }
  return room;
}

}  // namespace holdline::contingency
