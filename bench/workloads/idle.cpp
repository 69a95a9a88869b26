// What the daemon costs a workstation on which nobody works: memory and processor time with 100,000 customers.

#include <thread>

#include "bench/daemon.hpp"

namespace holdline::bench {

void idle(const Options& options, Report& report) {
  const std::uint32_t customers = options.quick ? 2'000 : options.customers.value_or(100'000);
  const std::chrono::seconds settling(options.quick ? 1 : 10), watched(options.quick ? 2 : 30);
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub.import_customers(customers);
  hub.start();
  Daemon daemon(options, scratch);
  const Stopwatch joining;
  daemon.join(hub);
  const double joined = joining.seconds();
  std::this_thread::sleep_for(settling);
  const double cpu_before = daemon.process().cpu_seconds();
  const Stopwatch watching;
  std::this_thread::sleep_for(watched);
  const double cpu = (daemon.process().cpu_seconds() - cpu_before) / watching.seconds();
  report.add({"agent.idle_rss_mb",
              static_cast<double>(daemon.process().resident_bytes()) / 1e6,
              "MB",
              {},
              {},
              {{"customers", customers}, {"join_seconds", joined}}});
  report.add({"agent.idle_cpu_percent", 100 * cpu, "%", {}, {}, {{"watched_seconds", watching.seconds()}}});
}

}  // namespace holdline::bench
