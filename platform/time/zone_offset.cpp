// Separate from zones.cpp for the headers of ICU and of the date library. ICU 72 brings the rules of 2022 with it,
// wrong since in Mexico, Egypt and others; Debian keeps the machine's files up to date.
#include <date/tz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "platform/time/zones.hpp"

namespace holdline::platform {

namespace {

// The files list changes of clocks up to 2037.
constexpr std::int64_t listed_until_ms = 2'114'380'800'000;  // 2037-01-01

const date::time_zone* zone_of_files(std::string_view zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::runtime_error&) {  // how the library says that there is none
    return nullptr;
  }
}

std::optional<std::int64_t> offset_by_icu(std::string_view zone, std::int64_t unix_ms) {
  const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<std::int32_t>(zone.size())));
  const std::unique_ptr<icu::TimeZone> rules(icu::TimeZone::createTimeZone(name));
  if (!rules || *rules == icu::TimeZone::getUnknown()) return std::nullopt;
  std::int32_t raw = 0, summer = 0;
  UErrorCode status = U_ZERO_ERROR;
  rules->getOffset(static_cast<UDate>(unix_ms), false, raw, summer, status);
  if (U_FAILURE(status)) return std::nullopt;
  return std::int64_t{raw} + summer;
}

}  // namespace

std::optional<std::int64_t> zone_offset_ms(std::string_view zone, std::int64_t unix_ms) {
  const date::time_zone* found = zone_of_files(zone);
  if (found == nullptr || unix_ms >= listed_until_ms) return offset_by_icu(zone, unix_ms);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(unix_ms));
  return std::chrono::milliseconds(found->get_info(date::sys_seconds(seconds)).offset).count();
}

}  // namespace holdline::platform
