// Clocks of a daemon under test that are wrong, jump, or went on while the machine slept.
#pragma once

#include <chrono>

#include "tests/process/preload/clock_shift.hpp"
#include "tests/process/preload/shared_page.hpp"
#include "tests/process/support/process.hpp"

namespace holdline::process {

class FalseClock {
 public:
  // From its next start on the daemon goes by this clock, which is right at first. `file` must not exist.
  FalseClock(Daemon& daemon, const Path& file) : shift_(file) {
    daemon.command().environment["LD_PRELOAD"] = HOLDLINE_FALSE_CLOCK_LIBRARY;
    daemon.command().environment["HOLDLINE_FALSE_CLOCK"] = file.string();
  }

  // The machine's time plus so much.
  void set_ahead(std::chrono::milliseconds by) { shift_->wall_ms = by.count(); }
  // The wall clock shows this now, and goes on from there.
  void set_to(std::chrono::sys_seconds time) {
    set_ahead(time - std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  }
  // The machine slept: wall clock and boot time went on.
  void sleep(std::chrono::milliseconds by) {
    shift_->wall_ms += by.count();
    shift_->boot_ms += by.count();
  }

 private:
  SharedPage<ClockShift> shift_;
};

}  // namespace holdline::process
