// How long until what one agent saves stands on every colleague's screen: twenty workstations at one hub, and as many
// of another site that it is no business of; and how long until what somebody declares is in force at each of them. All
// in this program, each with its own files, certificate, TLS and threads.

#include <algorithm>

#include "agent/contingency/incident_records.hpp"
#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

class Site {
 public:
  Site(Dependencies& deps, HubHost& hub, const Scratch& scratch, const std::string& scope, std::size_t desks) {
    for (std::size_t i = 0; i < desks; ++i)
      desks_.push_back(std::make_unique<Station>(
          deps, hub, scratch / (scope.substr(scope.find('/') + 1) + std::to_string(i)), scope));
  }
  Station& desk(std::size_t n) { return *desks_[n]; }
  bool shows(sync::ChangeNumber cn) const {
    return std::ranges::all_of(
        desks_, [&](const auto& desk) { return desk->workstation().sync_status().replica.cursor.cn >= cn; });
  }

 private:
  std::vector<std::unique_ptr<Station>> desks_;
};

// From a declaration at one desk until it is in force at every desk of the scope.
void declare_and_wait(Dependencies& deps, Site& site, std::size_t desks, std::size_t count, machine::SyncedLog& log,
                      Report& report) {
  Rounds rounds;
  for (std::size_t i = 0; i < count; ++i) {
    contingency::Declaration declared;
    deps.entropy.fill(declared.id.bytes);
    declared.title = "outage " + std::to_string(i);
    declared.scopes = {bench_scope};
    declared.how = contingency::DeclaredBy::code;
    contingency::Ask ask;
    ask.role = contingency::by_code;
    ask.reason = "measured";
    const auto incident = must(contingency::declare(declared, contingency::ServiceTrigger::declare, ask, {},
                                                    bench_person, deps.clock.now().wall_ms));
    agent::Workstation& first = site.desk(0).workstation();
    const Stopwatch bare;
    log.append(std::string(512, 'x'));
    const double bare_seconds = bare.seconds();
    const Stopwatch watch;
    site.desk(0).save_ops(agent::ops_of_declaration(first.schema(), incident, 0, {first.identity().name, {}}),
                          "declared " + std::to_string(i));
    wait_until("all to know of it", [&] {
      for (std::size_t n = 0; n < desks; ++n)
        if (!site.desk(n).workstation().contingency().incidents()->find(declared.id)) return false;
      return true;
    });
    rounds.add(watch.seconds(), bare_seconds);
  }
  report.add({"live.declared_ms",
              1e3 * median(rounds.product),
              "ms",
              1e3 * median(rounds.limit),
              rounds.limit_over_product(),
              {{"p99_ms", 1e3 * percentile(rounds.product, 0.99)}, {"desks", static_cast<double>(desks)}}});
}

}  // namespace

void live(const Options& options, Report& report) {
  const std::size_t desks = options.quick ? 3 : 20, count = options.quick ? 10 : 300;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub.import_customers(options.quick ? 10 : 1'000);
  hub.start();
  Site here(deps, hub, scratch, bench_scope, desks), there(deps, hub, scratch, bench_elsewhere, desks);
  const auto head = [&] { return must(must(hub.parts().ledger->reader())->head()).cn; };
  wait_until("being level", [&] { return here.shows(head()); });
  const auto entries = generator::entries(static_cast<std::uint32_t>(count), generator::NoteSet::grammar);
  machine::SyncedLog log(scratch / "log");
  Rounds rounds;
  double cpu = 0;
  for (const generator::Entry& entry : entries) {
    const Stopwatch bare;
    log.append(std::string(512, 'x'));
    const double bare_seconds = bare.seconds();
    const sync::ChangeNumber told = head() + 1;
    const Stopwatch watch;
    here.desk(0).save({&entry, 1});
    wait_until("all to show it", [&] { return here.shows(told); });
    rounds.add(watch.seconds(), bare_seconds);
    cpu += watch.cpu_seconds();
  }
  report.add({"live.fanout_ms",
              1e3 * median(rounds.product),
              "ms",
              1e3 * median(rounds.limit),
              rounds.limit_over_product(),
              {{"p99_ms", 1e3 * percentile(rounds.product, 0.99)},
               {"desks", static_cast<double>(desks)},
               {"cpu_us_per_desk", 1e6 * cpu / static_cast<double>(count * desks)}}});
  declare_and_wait(deps, here, desks, options.quick ? 3 : 100, log, report);
}

}  // namespace holdline::bench
