// Memory of a daemon under test that runs out.
#pragma once

#include "tests/process/preload/memory_order.hpp"
#include "tests/process/preload/shared_page.hpp"
#include "tests/process/support/process.hpp"

namespace holdline::process {

class FailingMemory {
 public:
  static constexpr std::int64_t for_ever = INT64_MAX;

  // From its next start on the daemon's memory can run out. `file` must not exist.
  FailingMemory(Daemon& daemon, const Path& file) : order_(file) {
    daemon.command().environment["LD_PRELOAD"] = HOLDLINE_FAILING_MEMORY_LIBRARY;
    daemon.command().environment["HOLDLINE_FAILING_MEMORY"] = file.string();
  }

  // After so many more allocations the next `times` fail.
  void run_out_after(std::int64_t allocations, std::int64_t times) {
    order_->failed = 0;
    order_->left = allocations;
    order_->wanted = times;
  }
  // There is enough again. Returns how many allocations failed.
  std::int64_t suffice() {
    order_->wanted = 0;
    return order_->failed;
  }

 private:
  SharedPage<MemoryOrder> order_;
};

}  // namespace holdline::process
