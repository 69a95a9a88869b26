// The time zones that this machine knows, as its package tzdata brings them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdline::platform {

// The zone's name as it is spelled there: "europe/london" is Europe/London. Nothing when there is no such zone, or when
// the machine has no zones at all. Reads files; thread-safe.
std::optional<std::string> time_zone_named(std::string_view name);

}  // namespace holdline::platform
