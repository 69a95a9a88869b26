#include "sync/form/promise.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sync/base/timestamp.hpp"

namespace holdline::sync {

namespace {

constexpr std::int64_t promise_minute_ms = 60'000, hour_ms = 60 * promise_minute_ms, promise_day_ms = 24 * hour_ms;

Finding about_time(const Field& field, std::string code, const std::string& message, Weight weight) {
  return {field.name, std::move(code), field.label + " " + message, weight};
}

// "2027-03-28 01:30" of a clock.
std::string on_clock(std::int64_t clock_ms) {
  std::string text = format_time(clock_ms).substr(0, 16);
  text[10] = ' ';
  return text;
}

// "+01:00"
std::string offset_text(std::int64_t offset_ms) {
  const std::int64_t minutes = std::abs(offset_ms) / promise_minute_ms;
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return (offset_ms < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

// As it can be typed: "2027-10-31T01:30+01:00".
std::string typed_with(std::int64_t clock_ms, std::int64_t offset_ms) {
  return format_time(clock_ms).substr(0, 16) + offset_text(offset_ms);
}

std::string_view name_of_day(std::size_t day) {
  static constexpr std::array<std::string_view, CallingHours::days> names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                                          "Friday", "Saturday", "Sunday"};
  return names[day];
}

std::string hour_text(std::int32_t minutes) {
  return format_time(std::int64_t{minutes} * promise_minute_ms).substr(11, 5);
}

// 1970-01-01 was a Thursday.
std::size_t day_of_week(std::int64_t day) { return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7); }

std::optional<std::int64_t> from_clock(const Field& field, const Site& site, std::string_view zone,
                                       std::int64_t clock_ms, std::vector<Finding>& findings) {
  const LocalMoment moment = moment_of(site, zone, clock_ms);
  const std::string where(zone), when = on_clock(clock_ms);
  switch (moment.kind) {
    case LocalMoment::Kind::unknown_zone:
      findings.push_back(about_time(field, "no-such-time-zone",
                                    "is given without an offset, and there is no such time zone: give a name like "
                                    "Europe/London or America/New_York.",
                                    Weight::refused));
      return std::nullopt;
    case LocalMoment::Kind::once:
      return moment.first;
    case LocalMoment::Kind::skipped: {
      const std::int64_t after = moment.first + *site.offset(zone, moment.first);
      findings.push_back(about_time(field, "clock-skips-it",
                                    "does not exist: in " + where + " clocks are put forward to " + on_clock(after) +
                                        " that night, and none shows " + when + ". Agree on another time.",
                                    Weight::refused));
      return std::nullopt;
    }
    case LocalMoment::Kind::twice: {
      const std::int64_t first = clock_ms - moment.first, second = clock_ms - moment.second;
      findings.push_back(about_time(field, "clock-shows-it-twice",
                                    "comes twice: in " + where + " clocks are put back that night. Give " +
                                        typed_with(clock_ms, first) + " for the first or " +
                                        typed_with(clock_ms, second) + " for the second; the first is meant otherwise.",
                                    Weight::asked));
      return moment.first;
    }
  }
  return std::nullopt;
}

}  // namespace

// A zone changes its offset at most once within two days: what a clock shows was set by the offset before or after.
LocalMoment moment_of(const Site& site, std::string_view zone, std::int64_t clock_ms) {
  if (!site.offset || zone.empty()) return {};
  const auto before = site.offset(zone, clock_ms - promise_day_ms),
             after = site.offset(zone, clock_ms + promise_day_ms);
  if (!before || !after) return {};
  const std::int64_t by_before = clock_ms - *before, by_after = clock_ms - *after;
  const bool before_fits = site.offset(zone, by_before) == before, after_fits = site.offset(zone, by_after) == after;
  if (before_fits && after_fits && by_before != by_after)
    return {LocalMoment::Kind::twice, std::min(by_before, by_after), std::max(by_before, by_after)};
  if (before_fits) return {LocalMoment::Kind::once, by_before, 0};
  if (after_fits) return {LocalMoment::Kind::once, by_after, 0};
  // Clocks go from `before` to `after` between the two; whole minutes do.
  std::int64_t low = std::min(by_before, by_after) / promise_minute_ms,
               high = std::max(by_before, by_after) / promise_minute_ms;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (site.offset(zone, middle * promise_minute_ms) == before)
      low = middle + 1;
    else
      high = middle;
  }
  return {LocalMoment::Kind::skipped, low * promise_minute_ms, 0};
}

std::optional<std::int64_t> read_zoned_time(const Field& field, const Site& site, std::string_view zone,
                                            std::string_view typed, std::vector<Finding>& findings) {
  const auto time = parse_typed_time(typed);
  if (!time) {
    findings.push_back(about_time(field, "wrong-type", "must be a time like 2026-03-01T09:30.", Weight::refused));
    return std::nullopt;
  }
  if (!time->offset_ms && zone.empty()) {
    findings.push_back(about_time(field, "no-time-zone",
                                  "needs a time zone: give it beside the time, or the time with its offset, like "
                                  "2026-03-01T09:30+01:00.",
                                  Weight::refused));
    return std::nullopt;
  }
  if (!time->offset_ms) return from_clock(field, site, zone, time->ms, findings);
  // Programs give UTC; a person who names an offset names it of some place.
  const auto there = time->utc || zone.empty() || !site.offset ? std::nullopt : site.offset(zone, time->ms);
  if (there && *there != *time->offset_ms)
    findings.push_back(about_time(field, "other-offset",
                                  "is given with the offset " + offset_text(*time->offset_ms) + ", but clocks in " +
                                      std::string(zone) + " show " + on_clock(time->ms + *there) + " then (" +
                                      offset_text(*there) +
                                      "). Give the time of that zone, or say that it is meant so.",
                                  Weight::asked));
  return time->ms;
}

std::vector<Finding> outside_hours(const Schema& schema, const Collection& collection, const Record& record,
                                   const std::vector<FieldChange>& changes, const Site& site,
                                   std::string_view zone_of_customer) {
  std::vector<Finding> findings;
  if (!site.offset) return findings;
  for (const FieldChange& change : changes) {
    const Field& field = collection.fields[change.field];
    const auto* moment = std::get_if<std::int64_t>(&change.value);
    if (!field.zone || !moment || base_matches(change.base, change.value)) continue;
    const auto* own = std::get_if<std::string>(&record.fields[*field.zone]);
    const std::string zone = own && !own->empty() ? *own : std::string(zone_of_customer);
    const auto offset = zone.empty() ? std::nullopt : site.offset(zone, *moment);
    if (!offset) continue;
    const std::int64_t clock = *moment + *offset;
    const std::int64_t day = clock >= 0 ? clock / promise_day_ms : (clock - promise_day_ms + 1) / promise_day_ms;
    const CallingHours* hours = schema.calling_hours(site.region, static_cast<std::int32_t>(day));
    if (!hours) continue;
    const CallingHours::Span& span = hours->on[day_of_week(day)];
    const auto minute = static_cast<std::int32_t>((clock - day * promise_day_ms) / promise_minute_ms);
    if (minute >= span.from && minute <= span.until && span.from != span.until) continue;
    const std::string when = std::string(name_of_day(day_of_week(day))) + " " + on_clock(clock).substr(11);
    findings.push_back(about_time(
        field, "outside-calling-hours",
        "is " + when + " in " + zone + ", " +
            (span.from == span.until
                 ? "a day on which people are not called"
                 : "and people may be called from " + hour_text(span.from) + " to " + hour_text(span.until)) +
            " (" + hours->source + ").",
        Weight::told));
  }
  return findings;
}

}  // namespace holdline::sync
