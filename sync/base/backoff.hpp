// How long to wait before the next attempt, also when the other side asked for a delay (Retry-After): full-jitter
// exponential backoff (Brooker, "Exponential Backoff And Jitter", 2015): a fleet that lost its hub in the
// same second must not come back in the same second.
#pragma once

#include <algorithm>
#include <cstdint>

namespace holdline::sync {

class Backoff {
 public:
  struct Limits {
    std::int64_t first_ms = 500;   // cap of the first delay; shorter would hammer a hub that is restarting
    std::int64_t max_ms = 60'000;  // cap of every delay; longer would keep people waiting after recovery
  };
  Backoff() = default;
  explicit Backoff(Limits limits) : limits_(limits) {}

  // The next delay, uniform in [cap/10, cap], cap doubling per call. `draw` is any 64 random bits. A delay the other
  // side asked for (Retry-After) is a floor.
  std::int64_t next(std::uint64_t draw, std::int64_t asked_ms = 0) {
    const std::int64_t cap = std::min(limits_.max_ms, limits_.first_ms << std::min(attempt_, 20u));
    ++attempt_;
    const std::int64_t floor = cap / 10;
    const auto span = static_cast<std::uint64_t>(cap - floor + 1);
    return std::max(asked_ms, floor + static_cast<std::int64_t>(draw % span));
  }
  void reset() { attempt_ = 0; }

 private:
  Limits limits_;
  unsigned attempt_ = 0;
};

}  // namespace holdline::sync
