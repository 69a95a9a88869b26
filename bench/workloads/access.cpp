// How long until a change of who may take part is effective at every connected workstation: a new person can sign in, a
// disabled one cannot, a revoked workstation is refused though its pull was waiting.

#include <nlohmann/json.hpp>

#include "bench/fleet.hpp"
#include "bench/workloads/workloads.hpp"
#include "platform/http/unix_client.hpp"

namespace holdline::bench {

namespace {

using Json = nlohmann::json;

void administer(const HubHost& hub, const std::string& path, const Json& body) {
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = "/admin/v1" + path;
  request.body = body.dump();
  const auto answer = must(platform::request_over_unix(hub.directory() / "admin.sock", std::move(request)));
  if (answer.status >= 300) throw std::runtime_error(answer.body);
}

void add(Report& report, const std::string& name, const Rounds& rounds, std::size_t desks) {
  report.add({name,
              1e3 * median(rounds.product),
              "ms",
              1e3 * median(rounds.limit),
              rounds.limit_over_product(),
              {{"desks", static_cast<double>(desks)}, {"slowest_ms", 1e3 * percentile(rounds.product, 1)}}});
}

}  // namespace

void access(const Options& options, Report& report) {
  const std::size_t count = options.quick ? 20 : 200, times = options.quick ? 1 : 9;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  Fleet fleet(deps, hub, count);
  hub.start();
  fleet.connect();
  Rounds added, disabled, revoked;
  for (std::size_t round = 0; round < times; ++round) {
    const std::string name = "person-" + std::to_string(round);
    // The way there and back for all of them at once, right before each: what the machine does weighs on both.
    const auto measure = [&](Rounds& rounds, const std::string& path, const Json& body, const auto& effective) {
      const double bare = fleet.bare_round_trip();
      const Stopwatch watch;
      administer(hub, path, body);
      wait_until("the change to be effective", effective);
      rounds.add(watch.seconds(), bare);
    };
    measure(added, "/people", {{"name", name}, {"password", bench_password}, {"scopes", {bench_scope}}},
            [&] { return fleet.letting_in(name) == count - round; });
    measure(disabled, "/people/disable", {{"person", name}},
            [&] { return fleet.knowing_disabled(name) == count - round; });
    measure(revoked, "/devices/revoke", {{"device", fleet.device(round).text()}}, [&] { return fleet.refused(round); });
  }
  add(report, "access.new_person_ms", added, count);
  add(report, "access.disabled_ms", disabled, count);
  add(report, "access.revoked_ms", revoked, count);
}

}  // namespace holdline::bench
