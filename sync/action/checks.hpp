// What the checks of single ops and of whole actions share.
// Internal to sync/action.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdline::sync {

// Years 1 to 9999, which is what ISO 8601 and every interface can show.
inline constexpr std::int64_t first_time_ms = -62'135'596'800'000;
inline constexpr std::int64_t last_time_ms = 253'402'300'799'999;

inline bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n") == std::string_view::npos; }

}  // namespace holdline::sync
