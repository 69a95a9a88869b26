// How an incident is called: where people and records name it, never in digits, which a check for payment cards would
// have to look at. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/base/id.hpp"

namespace holdline::contingency {

inline constexpr std::size_t incident_name_letters = 32;

// The whole id in 32 letters, none of which is mistaken for another: "kdpaemfxwrjt…".
std::string incident_name(const sync::Id& incident);
// What people say: the first six of them, in capitals.
std::string incident_short_name(const sync::Id& incident);
// The key of the record that an incident has in a scope: its name, a blank, the scope.
std::string incident_key(const sync::Id& incident, std::string_view scope);
// Nothing for anything but a whole name, in small or capital letters.
std::optional<sync::Id> incident_of_name(std::string_view name);

}  // namespace holdline::contingency
