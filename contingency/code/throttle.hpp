// How often one desk may try a short code. Five wrong ones are free, then each costs a wait that doubles from a minute
// to a quarter of an hour; an hour without a wrong one forgives one. Slips that the check character notices are no
// guesses and cost nothing. Not thread-safe. Times are milliseconds since the machine started: keep the counts over
// restarts of the daemon, or a restart is five more guesses.
#pragma once

#include <algorithm>
#include <cstdint>

namespace holdline::contingency {

struct ThrottleOptions {
  std::uint32_t free = 5;
  std::int64_t first_wait_ms = 60'000;
  std::int64_t max_wait_ms = 15 * 60'000;
  std::int64_t forgive_ms = 60 * 60'000;
};

struct ThrottleCounts {
  std::uint32_t wrong = 0;
  std::int64_t last_ms = 0;  // when the last wrong one was tried
  std::int64_t open_ms = 0;  // when the next one is looked at
  bool operator==(const ThrottleCounts&) const = default;
};

class Throttle {
 public:
  explicit Throttle(ThrottleOptions options = {}, ThrottleCounts counts = {}) : options_(options), counts_(counts) {}

  // What is left to wait before the next one is looked at; 0: go on.
  std::int64_t wait_ms(std::int64_t now_ms) const { return std::max<std::int64_t>(0, counts_.open_ms - now_ms); }

  // A code was looked at. `known`: it was one of this site.
  void tried(bool known, std::int64_t now_ms) {
    if (known) return;
    const auto forgiven =
        static_cast<std::uint32_t>(std::min<std::int64_t>(counts_.wrong, since(now_ms) / options_.forgive_ms));
    counts_.wrong += 1 - forgiven;
    counts_.last_ms = now_ms;
    if (counts_.wrong > options_.free)
      counts_.open_ms = now_ms + std::min(options_.max_wait_ms,
                                          options_.first_wait_ms << std::min(counts_.wrong - options_.free - 1, 20u));
  }

  const ThrottleCounts& counts() const { return counts_; }

 private:
  std::int64_t since(std::int64_t now_ms) const {
    return counts_.wrong == 0 ? 0 : std::max<std::int64_t>(0, now_ms - counts_.last_ms);
  }

  ThrottleOptions options_;
  ThrottleCounts counts_;
};

}  // namespace holdline::contingency
