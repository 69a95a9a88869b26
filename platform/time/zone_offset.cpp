// Separate from zones.cpp for ICU's headers.
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <memory>
#include <string>

#include "platform/time/zones.hpp"

namespace holdline::platform {

std::optional<std::int64_t> zone_offset_ms(std::string_view zone, std::int64_t unix_ms) {
  const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<std::int32_t>(zone.size())));
  const std::unique_ptr<icu::TimeZone> rules(icu::TimeZone::createTimeZone(name));
  if (!rules || *rules == icu::TimeZone::getUnknown()) return std::nullopt;
  std::int32_t raw = 0, summer = 0;
  UErrorCode status = U_ZERO_ERROR;
  rules->getOffset(static_cast<UDate>(unix_ms), false, raw, summer, status);
  if (U_FAILURE(status)) return std::nullopt;
  return std::int64_t{raw} + summer;
}

}  // namespace holdline::platform
