// What people and files write for yes, no and the options of a picklist. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

// "Yes", "y", "true", "1", "ja" and their opposites, in any case; nothing for any other text.
std::optional<bool> yes_or_no(std::string_view typed);

// The option that is meant, in any case and with spaces for its underscores; nothing when there is none.
std::optional<std::string> option_of(const Field& field, std::string_view typed);

}  // namespace holdline::sync
