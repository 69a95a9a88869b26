// What a false clock and the daemon that goes by it share.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdline::process {

// How far a daemon's clocks are ahead of the machine's. Its monotonic clock is the machine's, as it is after a sleep.
struct ClockShift {
  std::atomic<std::int64_t> wall_ms;
  std::atomic<std::int64_t> boot_ms;
};

}  // namespace holdline::process
