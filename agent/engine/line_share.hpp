// How much to ask of a line at once: what it carries in a few seconds, less after it broke. So an interruption costs
// little on a slow line, and a fast one is not held up by questions. Pure; one thread.
// Internal to agent/engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace holdline::agent {

struct LineLimits {
  std::size_t first = 64 * 1024;  // eight seconds of 64 kbit/s: below the time after which a line counts as dead
  std::size_t least = 16 * 1024;  // what is smaller tells how far away the hub is, not how fast the line is
  std::size_t most = 8 * 1024 * 1024;
  std::size_t slow_below = 100'000;  // bytes a second
};

class LineShare {
 public:
  explicit LineShare(LineLimits limits = {}) : limits_(limits) {}

  // Bytes to ask for, or to send, next.
  std::size_t bytes() const { return bytes_; }
  // It showed that it carries little, or broke and has not carried much since.
  bool is_slow() const { return slow_; }

  void carried(std::size_t bytes, std::int64_t ms) {
    const auto in_time =
        static_cast<std::size_t>(bytes * share_ms / static_cast<std::size_t>(std::max<std::int64_t>(1, ms)));
    // But never that the line is slower than this.
    if (bytes < limits_.least && in_time < bytes_) return;
    slow_ = in_time < limits_.slow_below * share_ms / 1'000;
    bytes_ = std::clamp(in_time, limits_.least, std::max(limits_.least, std::min(4 * bytes_, ceiling_)));
    // What broke once is tried again, step by step.
    ceiling_ = std::min(limits_.most, ceiling_ + std::max<std::size_t>(1, ceiling_ / 8));
  }
  void broke() {
    slow_ = true;
    bytes_ = ceiling_ = std::max(limits_.least, bytes_ / 2);
  }

 private:
  static constexpr std::size_t share_ms = 5'000;

  LineLimits limits_;
  std::size_t bytes_ = limits_.first, ceiling_ = limits_.most;
  bool slow_ = false;
};

}  // namespace holdline::agent
