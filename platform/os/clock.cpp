#include "platform/os/clock.hpp"

#include <time.h>

#include <fstream>
#include <string>

namespace holdline::platform {
namespace {

std::int64_t milliseconds(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

SystemClock::SystemClock() {
  std::string text;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> text;
  boot_ = sync::Id::parse(text).value_or(sync::Id{});
}

sync::TimeReading SystemClock::now() const {
  return {.wall_ms = milliseconds(CLOCK_REALTIME), .boot = boot_, .boot_ms = milliseconds(CLOCK_BOOTTIME)};
}

Clock::Monotonic SystemClock::monotonic() const { return std::chrono::steady_clock::now(); }

}  // namespace holdline::platform
