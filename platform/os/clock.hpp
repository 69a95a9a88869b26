// Time as an argument: programs build a SystemClock and hand it down; tests and the simulator hand down their own.
// Wall time is for showing, the monotonic clock for waiting, boot time for telling how much time passed across a
// restart of the daemon or a sleep of the machine.
#pragma once

#include <chrono>

#include "sync/base/time.hpp"

namespace holdline::platform {

class Clock {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  // Wall time, boot and boot time, read together.
  virtual sync::TimeReading now() const = 0;
  // Never goes back; stands still while the machine sleeps.
  virtual Monotonic monotonic() const = 0;
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  // Reads the boot id once. Without one (no /proc) it is nil, and times of different runs do not compare.
  SystemClock();
  sync::TimeReading now() const override;
  Monotonic monotonic() const override;

 private:
  sync::Id boot_;
};

}  // namespace holdline::platform
