#include "agent/contingency/short_codes.hpp"

#include <algorithm>

#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

constexpr std::uint64_t attempts_bytes = 4'096;
constexpr std::int64_t hour_ms = 3'600'000;

std::int64_t end_of(const contingency::CodeMeaning& meaning) { return (meaning.hour + 2) * hour_ms; }

}  // namespace

Result<ShortCode> make_short_code(const std::string& key, const std::string& scope, bool drill,
                                  const contingency::Incidents& known, std::int64_t wall_ms) {
  contingency::CodeMeaning meaning{contingency::site_of_key(key), scope, contingency::hour_of(wall_ms), 0, drill};
  while (meaning.serial < contingency::code_serials && known.find(meaning.incident())) ++meaning.serial;
  HOLDLINE_ASSIGN(auto code, contingency::make_code(key, meaning));
  return ShortCode{std::move(code), meaning, end_of(meaning)};
}

std::optional<ShortCode> short_code_of(const std::string& key, const contingency::Incident& incident,
                                       std::int64_t wall_ms) {
  const std::string site = contingency::site_of_key(key);
  const std::int64_t now = contingency::hour_of(wall_ms);
  for (const std::string& scope : incident.declared.scopes)
    for (std::int64_t hour = now + 1; hour >= now - 1; --hour)
      for (std::uint8_t serial = 0; serial < contingency::code_serials; ++serial) {
        const contingency::CodeMeaning meaning{site, scope, hour, serial, incident.declared.drill};
        if (meaning.incident() != incident.declared.id) continue;
        auto code = contingency::make_code(key, meaning);
        return code ? std::optional(ShortCode{*std::move(code), meaning, end_of(meaning)}) : std::nullopt;
      }
  return std::nullopt;
}

// Nobody knows how long the machine was off: the whole wait begins again.
CodeAttempts::Loaded CodeAttempts::load(const sync::TimeReading& now) const {
  contingency::ThrottleCounts counts;
  const auto text = platform::read_file(file_, attempts_bytes);
  if (!text) return {};
  auto json = platform::JsonObject::parse(*text);
  counts.wrong = static_cast<std::uint32_t>(std::clamp<std::int64_t>(json.number("wrong", 0), 0, 1'000'000));
  counts.last_ms = json.number("last_boot_ms", 0);
  counts.open_ms = json.number("open_boot_ms", 0);
  const bool same_boot = json.text("boot") == now.boot.text() && counts.last_ms <= now.boot_ms;
  if (!json.checked()) return {};
  if (same_boot) return {counts, true};
  const std::int64_t wait_ms = std::clamp<std::int64_t>(counts.open_ms - counts.last_ms, 0, options_.max_wait_ms);
  return {{counts.wrong, now.boot_ms, now.boot_ms + wait_ms}, false};
}

Result<void> CodeAttempts::save(const contingency::ThrottleCounts& counts, const sync::TimeReading& now) const {
  return platform::replace_file(file_, nlohmann::json{{"boot", now.boot.text()},
                                                      {"wrong", counts.wrong},
                                                      {"last_boot_ms", counts.last_ms},
                                                      {"open_boot_ms", counts.open_ms}}
                                           .dump());
}

Result<contingency::CodeAction> CodeAttempts::enter(const std::string& key, const contingency::Incidents& known,
                                                    const Typed& typed, const sync::TimeReading& now,
                                                    std::int64_t wall_ms) {
  const Loaded before = load(now);
  contingency::CodeEntry entry{contingency::Throttle(options_, before.counts)};
  auto action = entry.step({key, contingency::site_of_key(key), typed.scopes}, known, typed.code, typed.person,
                           now.boot_ms, wall_ms);
  if (!before.kept || entry.throttle().counts() != before.counts) HOLDLINE_TRY(save(entry.throttle().counts(), now));
  return action;
}

}  // namespace holdline::agent
