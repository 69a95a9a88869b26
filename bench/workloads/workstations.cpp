// What a supervisor waits for who asks which of 600 workstations could work without the hub: the list at the daemon's
// socket, asked of the hub each time.

#include <nlohmann/json.hpp>

#include "bench/daemon.hpp"
#include "contingency/readiness/report.hpp"
#include "hub/people/people.hpp"

namespace holdline::bench {

namespace {

// Workstations that were here today and told of themselves; of 29 something is wrong.
void furnish(HubHost& hub, std::size_t count, std::int64_t now_ms) {
  hub::Ledger& ledger = *hub.parts().ledger;
  std::vector<hub::DeviceReport> reports;
  for (std::size_t n = 0; n < count; ++n) {
    hub::Device device;
    device.id = platform::SystemEntropy().id();
    device.name = "desk-" + std::to_string(n);
    device.scopes = {bench_scope};
    must(ledger.add_device(device));
    contingency::WorkstationReport report;
    report.seat = {"London", std::to_string(n / 20), std::to_string(n % 20)};
    report.copy_as_of_ms = now_ms - (n < 21 ? 9 * 3'600'000 : 30'000);
    report.disk_free_bytes = n < 29 && n >= 21 ? 5 << 20 : 5LL << 30;
    report.unlocks_offline = true;
    reports.push_back({device.id, now_ms, now_ms, contingency::encode_json(report)});
  }
  must(ledger.keep_device_reports(reports));
  must(hub::change_role(ledger, bench_person, "supervisor"));
}

}  // namespace

void workstations(const Options& options, Report& report) {
  const std::size_t count = options.quick ? 60 : 600, rounds = options.quick ? 5 : 100;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  furnish(hub, count, deps.clock.now().wall_ms);
  hub.start();
  Daemon daemon(options, scratch);
  daemon.join(hub);
  Rounds listed;
  const auto seconds_of = [&daemon](const std::string& path) {
    const Stopwatch watch;
    const auto answer = must(daemon.ask("GET", "/api/v1" + path));
    if (answer.status != 200) throw std::runtime_error(path + " was not answered: " + answer.body);
    return watch.seconds();
  };
  for (std::size_t round = 0; round < rounds; ++round) {
    const double bare = seconds_of("/status");
    listed.add(seconds_of("/workstations"), bare);
  }
  report.add({"workstations.list_ms",
              1e3 * median(listed.product),
              "ms",
              1e3 * median(listed.limit),
              listed.limit_over_product(),
              {{"workstations", static_cast<double>(count)}, {"p99_ms", 1e3 * percentile(listed.product, 0.99)}}});
}

}  // namespace holdline::bench
