// Whether a state changes too often to be believed when it gets better.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "contingency/probes/options.hpp"

namespace holdline::contingency {

class Flaps {
 public:
  explicit Flaps(const StateOptions& options) : options_(options) {}

  void changed(std::int64_t now_ms) {
    changes_.push_back(now_ms);
    while (changes_.size() > 64 || now_ms - changes_.front() >= options_.flap_window_ms) changes_.pop_front();
  }

  // May it get better? `last_failure_ms`: the latest of anything that counts.
  bool calm(std::int64_t now_ms, std::optional<std::int64_t> last_failure_ms) const {
    std::size_t recent = 0;
    for (const std::int64_t at : changes_)
      if (now_ms - at < options_.flap_window_ms) ++recent;
    return recent <= options_.calm_changes || !last_failure_ms || now_ms - *last_failure_ms >= options_.flap_stable_ms;
  }

 private:
  StateOptions options_;
  std::deque<std::int64_t> changes_;
};

}  // namespace holdline::contingency
