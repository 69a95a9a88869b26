// Loaded into a daemon under test before the C library (LD_PRELOAD): its wall clock and its boot time are ahead of the
// machine's by what the file named by HOLDLINE_FALSE_CLOCK says at this moment (a ClockShift).
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "tests/process/preload/clock_shift.hpp"
#include "tests/process/preload/shared_page.hpp"

namespace {

using holdline::process::ClockShift;

const ClockShift& shift() {
  static const auto* const page = static_cast<const ClockShift*>(
      holdline::process::map_page(std::getenv("HOLDLINE_FALSE_CLOCK"), sizeof(ClockShift)));
  // A test that believes in a false clock where there is none proves nothing.
  if (page == nullptr) std::abort();
  return *page;
}

std::int64_t ahead_ms(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return shift().wall_ms;
    case CLOCK_BOOTTIME:
      return shift().boot_ms;
    default:
      return 0;
  }
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* told) noexcept {
  const long failed = ::syscall(SYS_clock_gettime, clock, told);
  if (failed != 0) return static_cast<int>(failed);
  constexpr std::int64_t second_ns = 1'000'000'000;
  const std::int64_t ahead = ahead_ms(clock), ns = told->tv_nsec + ahead % 1'000 * 1'000'000;
  told->tv_sec += ahead / 1'000 + (ns < 0 ? -1 : ns / second_ns);
  told->tv_nsec = ns < 0 ? ns + second_ns : ns % second_ns;
  return 0;
}

extern "C" time_t time(time_t* told) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (told != nullptr) *told = now.tv_sec;
  return now.tv_sec;
}

extern "C" int gettimeofday(timeval* told, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *told = {now.tv_sec, now.tv_nsec / 1'000};
  return 0;
}
