// The clocks of one machine: a wall clock that is off, drifts and can be set, and a boot clock that only runs.
#pragma once

#include <cstdint>

#include "platform/os/clock.hpp"
#include "tests/sim/world/timeline.hpp"

namespace holdline::sim {

// Wall time at which every world begins: 2025-11-21 04:40:00 UTC.
inline constexpr std::int64_t world_began_ms = 1'763'700'000'000;

class MachineClock final : public platform::Clock {
 public:
  MachineClock(const Timeline& timeline, std::int64_t offset_ms, std::int64_t drift_ppm)
      : timeline_(timeline), offset_ms_(offset_ms), drift_ppm_(drift_ppm) {}

  void boot(const sync::Id& boot) {
    boot_ = boot;
    booted_ms_ = timeline_.now_ms();
  }
  // A machine that goes on from another one's memory has its clocks and its boot.
  void resume_as(const MachineClock& other) {
    offset_ms_ = other.offset_ms_;
    drift_ppm_ = other.drift_ppm_;
    boot_ = other.boot_;
    booted_ms_ = other.booted_ms_;
  }
  // Somebody, or the network, sets the wall clock.
  void jump(std::int64_t by_ms) { offset_ms_ += by_ms; }

  sync::TimeReading now() const override {
    const std::int64_t now = timeline_.now_ms();
    return {world_began_ms + drifted(now) + offset_ms_, boot_, drifted(now - booted_ms_)};
  }
  Monotonic monotonic() const override {
    return Monotonic(std::chrono::milliseconds(drifted(timeline_.now_ms() - booted_ms_)));
  }

 private:
  std::int64_t drifted(std::int64_t ms) const { return ms + ms * drift_ppm_ / 1'000'000; }

  const Timeline& timeline_;
  std::int64_t offset_ms_, drift_ppm_;
  sync::Id boot_;
  std::int64_t booted_ms_ = 0;
};

}  // namespace holdline::sim
