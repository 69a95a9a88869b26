#include "agent/api/health.hpp"

#include <algorithm>
#include <string>

#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t day_ms = 24 * 3'600'000;
// Half of the third of its life in which the certificate is renewed by itself.
constexpr std::int64_t late_parts = 6;

std::int64_t days_of(std::int64_t ms) { return ms >= 0 ? ms / day_ms : -((day_ms - 1 - ms) / day_ms); }

// Only as long as the hub has not said how far the clocks are apart, which is told beside this.
bool is_behind_the_past(const SyncStatus& sync, std::int64_t now_ms) {
  constexpr std::int64_t worth_telling_ms = 60'000;
  const std::int64_t past_ms = std::max(sync.certificate.from_ms, sync.replica.as_of_ms);
  return past_ms - now_ms >= worth_telling_ms && sync.clock_offset_ms < worth_telling_ms;
}

}  // namespace

nlohmann::json certificate_json(const sync::CertificateLife& life, std::int64_t now_ms) {
  if (life.until_ms == 0) return Json();
  return {{"ends", sync::format_time(life.until_ms)}, {"days_left", days_of(life.until_ms - now_ms)}};
}

nlohmann::json health_json(const SyncStatus& sync, const OutboxStatus& outbox, std::int64_t now_ms) {
  Json notes = Json::array();
  const auto note = [&](const std::string& code, std::string message) {
    notes.push_back({{"code", code}, {"message", std::move(message)}});
  };
  const sync::CertificateLife& life = sync.certificate;
  const std::string why = sync.renewal_error ? " The latest attempt: " + sync.renewal_error->message : std::string();
  const std::int64_t left_ms = life.until_ms - now_ms;
  if (life.until_ms != 0 && left_ms < 0)
    note("certificate-expired", "This computer's certificate ended on " + sync::format_time(life.until_ms) +
                                    "; it is renewed when the hub answers." + why);
  else if (life.until_ms != 0 && left_ms < (life.until_ms - life.from_ms) / late_parts)
    note("certificate-ends-soon", "This computer's certificate ends in " + std::to_string(days_of(left_ms)) +
                                      " days and is not renewed yet." + why);
  if (is_behind_the_past(sync, now_ms))
    note("clock-behind", "By this computer's clock it is " + sync::format_time(now_ms) +
                             ", but it has heard from the hub later than that. Set the clock: entries bear wrong "
                             "times.");
  if (sync.last_error && sync.last_error->code == "clocks-differ") note("clocks-differ", sync.last_error->message);
  if (outbox.health == OutboxHealth::read_only) note(outbox.code, outbox.advice);
  return notes;
}

}  // namespace holdline::agent
