// What the daemon costs a workstation on which nobody works: memory and processor time with 100,000 customers.

#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "bench/measure.hpp"
#include "bench/workloads.hpp"
#include "bench/world.hpp"
#include "platform/unix_client.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

using Json = nlohmann::json;

// holdlined as a process of its own, spoken to over its socket.
class Daemon {
 public:
  Daemon(const Options& options, const Scratch& scratch) : socket_(scratch / "agent.sock") {
    const auto settings = scratch / "agent.toml";
    std::ofstream(settings) << "directory = \"" << (scratch / "desk").string() << "\"\n[local]\nsocket = \""
                            << socket_.string() << "\"\ngroup = \"\"\n";
    child_.emplace(std::vector<std::string>{(options.programs / "holdlined").string(), "--config", settings.string()},
                   scratch / "holdlined.log");
    wait_until("the daemon answering", [&] { return ask("GET", "/api/v1/status").has_value(); });
  }

  Result<platform::HttpClientResponse> ask(const std::string& method, const std::string& path, std::string body = {}) {
    platform::HttpClientRequest request;
    request.method = method;
    request.url = path;
    request.body = std::move(body);
    return platform::request_over_unix(socket_, request);
  }
  bool settled() {
    const auto answer = ask("GET", "/api/v1/status");
    const Json status = answer ? Json::parse(answer->body, nullptr, false) : Json();
    return status.is_object() && status.value("mode", "") == "online";
  }
  const machine::Child& process() const { return *child_; }

 private:
  std::filesystem::path socket_;
  std::optional<machine::Child> child_;
};

}  // namespace

void idle(const Options& options, Report& report) {
  const std::uint32_t customers = options.quick ? 2'000 : 100'000;
  const std::chrono::seconds settling(options.quick ? 1 : 10), watched(options.quick ? 2 : 30);
  const Scratch scratch(options.directory);
  Surroundings around;
  HubHost hub(around, scratch / "hub");
  hub.import_customers(customers);
  hub.start();
  Daemon daemon(options, scratch);
  const Stopwatch joining;
  const auto enrolled = must(daemon.ask("POST", "/api/v1/enroll", Json{{"code", hub.enrollment_code()}}.dump()));
  if (enrolled.status != 201) throw std::runtime_error("the daemon could not be enrolled: " + enrolled.body);
  wait_until(
      "the daemon being level with the hub", [&] { return daemon.settled(); }, std::chrono::seconds(300));
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
