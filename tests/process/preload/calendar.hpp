// One calendar for a hub and its workstations: the days pass for all of them together.
#pragma once

#include "tests/process/preload/false_clock.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {

class Calendar {
 public:
  // The hub goes by it from its next start on.
  Calendar(Hub& hub, const Path& file) : file_(file), clock_(hub.daemon(), file) {}
  // So does this workstation.
  void give_to(Desk& desk) const {
    desk.daemon().command().environment["LD_PRELOAD"] = HOLDLINE_FALSE_CLOCK_LIBRARY;
    desk.daemon().command().environment["HOLDLINE_FALSE_CLOCK"] = file_.string();
  }

  int day() const { return day_; }
  // Counted from the set-up of the hub.
  void go_to(int day) {
    clock_.sleep(std::chrono::hours(24) * (day - day_));
    day_ = day;
  }

 private:
  Path file_;
  FalseClock clock_;
  int day_ = 0;
};

}  // namespace holdline::process
