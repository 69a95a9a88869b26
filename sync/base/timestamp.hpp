// Times as people and JSON write them: RFC 3339 in UTC with milliseconds. No clock is read and no time zone is known
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::sync {

// "2026-03-01T09:30:00.000Z" from Unix milliseconds; years 0000 to 9999.
std::string format_time(std::int64_t unix_ms);

// Takes RFC 3339 with any offset, with or without a fraction (cut to milliseconds). Nothing for anything else.
std::optional<std::int64_t> parse_time(std::string_view text);

// A time as people type it: "2027-03-28T01:30", with or without seconds, with an offset or as it stands on a clock.
struct TypedTime {
  std::int64_t ms = 0;                    // Unix milliseconds; without an offset as if it were UTC
  bool utc = false;                       // "Z"
  std::optional<std::int32_t> offset_ms;  // east of UTC; "Z" is 0
};
std::optional<TypedTime> parse_typed_time(std::string_view text);

}  // namespace holdline::sync
