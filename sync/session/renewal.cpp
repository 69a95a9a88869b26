#include "sync/session/renewal.hpp"

#include <utility>

#include "sync/base/timestamp.hpp"

namespace holdline::sync {

namespace {

constexpr std::int64_t pause_after_grant_ms = 3'600'000;

}  // namespace

bool Renewal::look(const TimeReading& now, bool expired_at_hub) {
  if (life_.until_ms == 0 || state_ == State::asking) return false;
  if (state_ == State::resting && now.boot_ms < rest_until_ms_) return false;
  state_ = State::idle;
  const std::int64_t due_ms = life_.until_ms - (life_.until_ms - life_.from_ms) / 3;
  if (!expired_at_hub && now.wall_ms < due_ms) return false;
  state_ = State::asking;
  return true;
}

void Renewal::granted(const CertificateLife& life, const TimeReading& now) {
  life_ = life;
  backoff_.reset();
  state_ = State::resting;
  rest_until_ms_ = now.boot_ms + pause_after_grant_ms;
}

void Renewal::failed(const TimeReading& now, std::uint64_t random_bits) {
  state_ = State::resting;
  rest_until_ms_ = now.boot_ms + backoff_.next(random_bits);
}

Error explain_refusal(Error error, const CertificateLife& life, std::int64_t wall_ms) {
  const bool by_date = error.code == "certificate-expired" || error.code == "renewal-needs-approval";
  if (!by_date || life.until_ms == 0 || wall_ms >= life.until_ms) return error;
  return {error.kind, "clocks-differ",
          "The clocks of the hub and of this computer differ. The hub says: \"" + std::move(error.message) +
              "\" By this computer's clock it is " + format_time(wall_ms) +
              ". Have the clock that is wrong corrected; entries are saved here meanwhile."};
}

}  // namespace holdline::sync
