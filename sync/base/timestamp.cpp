#include "sync/base/timestamp.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace holdline::sync {

namespace chr = std::chrono;

namespace {

// Takes exactly `digits` decimal digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456" -> 123; nothing there -> 0.
std::optional<int> take_milliseconds(std::string_view& text) {
  if (!take(text, ".")) return 0;
  int ms = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits)
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

// "Z" or "+hh:mm" in minutes east of UTC.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (*hours * 60 + *minutes);
}

}  // namespace

std::string format_time(std::int64_t unix_ms) {
  constexpr std::int64_t first = -62'167'219'200'000, last = 253'402'300'799'999;  // years 0000 and 9999
  const chr::sys_time<chr::milliseconds> time{chr::milliseconds(std::clamp(unix_ms, first, last))};
  const auto day = chr::floor<chr::days>(time);
  const chr::year_month_day date(day);
  const chr::hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data();
}

namespace {

// The date and the clock in front of `text`, as if they were UTC; seconds may be missing when `loose`.
std::optional<std::int64_t> take_clock(std::string_view& text, bool loose) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::optional<int> second = 0, ms = 0;
  if (take(text, ":")) {
    second = take_number(text, 2);
    if (!second || *second > 60) return std::nullopt;  // 60: a leap second is read as the next second
    ms = take_milliseconds(text);
  } else if (!loose) {
    return std::nullopt;
  }
  const chr::year_month_day date{chr::year(*year), chr::month(static_cast<unsigned>(*month)),
                                 chr::day(static_cast<unsigned>(*day))};
  if (!ms || !date.ok()) return std::nullopt;
  const auto time =
      chr::sys_days(date) + chr::hours(*hour) + chr::minutes(*minute) + chr::seconds(*second) + chr::milliseconds(*ms);
  return chr::duration_cast<chr::milliseconds>(time.time_since_epoch()).count();
}

constexpr std::int32_t minute_ms = 60'000;

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto clock = take_clock(text, false);
  const auto offset = clock ? take_offset(text) : std::nullopt;
  if (!offset || !text.empty()) return std::nullopt;
  return *clock - std::int64_t{*offset} * minute_ms;
}

std::optional<TypedTime> parse_typed_time(std::string_view text) {
  const auto clock = take_clock(text, true);
  if (!clock) return std::nullopt;
  if (text.empty()) return TypedTime{*clock, false, std::nullopt};
  const bool utc = text == "Z" || text == "z";
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return TypedTime{*clock - std::int64_t{*offset} * minute_ms, utc, *offset * minute_ms};
}

}  // namespace holdline::sync
