// Texts of durations and sizes, in settings and options, into numbers, and the nearest word to a misspelt one. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace holdline::platform {

// "250ms", "30s", "5min", "72h", "30d". Nothing when it is not one, negative, or does not fit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// "512B", "64KiB", "64MiB", "1GiB", "2TiB".
std::optional<std::uint64_t> parse_size(std::string_view text);

// In the largest unit that divides it: 90000 ms is "90s".
std::string show_duration(std::chrono::milliseconds value);
std::string show_size(std::uint64_t value);

// The word with the fewest edits to `text`, when that is few enough to be a slip of the hand; else empty.
std::string_view nearest(std::string_view text, std::span<const std::string> words);

}  // namespace holdline::platform
