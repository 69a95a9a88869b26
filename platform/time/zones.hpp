// The time zones that this machine knows, as its package tzdata brings them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::platform {

// The zone's name as it is spelled there: "europe/london" is Europe/London. Nothing when there is no such zone, or when
// the machine has no zones at all. Reads files; thread-safe.
std::optional<std::string> time_zone_named(std::string_view name);

// How far east of UTC the clocks of a zone are at a moment, in milliseconds; nothing when there is no such zone. By the
// machine's files, and from 2037 on, which they do not list, by the rules of ICU. Thread-safe.
std::optional<std::int64_t> zone_offset_ms(std::string_view zone, std::int64_t unix_ms);

}  // namespace holdline::platform
