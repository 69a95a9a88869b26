// The next callback for each of 200 agents who ask at the same moment: holdline-hub as a process of its own, each
// agent's workstation with its own certificate and TLS connection, each answer told after it is durable.

#include <cstdlib>
#include <future>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "hub/callbacks/list/fields.hpp"
#include "hub/callbacks/list/releases.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/people.hpp"
#include "platform/crypto/signing.hpp"
#include "sync/session/person_question.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t claiming_hour_ms = 3'600'000;

template <class Bytes>
std::string as_text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

// A zone where it is early in the afternoon now, so that the hours of calling are open whenever this runs.
std::string afternoon_zone(std::int64_t now_ms) {
  const std::int64_t east = 14 - now_ms / claiming_hour_ms % 24;
  return "Etc/GMT" + std::string(east > 0 ? "-" : "+") + std::to_string(std::abs(east));
}

// Promises as desks keep them, and a release that has run for an hour.
void fill_list(Dependencies& deps, HubHost& hub, std::uint32_t promises) {
  hub::Ledger& ledger = *hub.parts().ledger;
  hub::Intake intake(ledger, deps.entropy);
  const std::int64_t now_ms = deps.clock.now().wall_ms;
  const sync::Collection& requests = *ledger.schema().collection("callback_request");
  std::vector<hub::OwnRow> rows;
  for (std::uint32_t n = 0; n < promises; ++n) {
    hub::RecordOp op(requests, sync::OpKind::create, deps.entropy.id(), bench_scope);
    op.set("name", "Ada Lovelace " + std::to_string(n)).set("phone", "+4420" + std::to_string(70'000'000 + n));
    op.set("reason", std::string("delivery")).set("promise_zone", afternoon_zone(now_ms));
    op.set("taken_at", now_ms - claiming_hour_ms - n).set("state", std::string("open"));
    rows.push_back({{std::move(op).op()}});
    if (rows.size() < 1'000 && n + 1 < promises) continue;
    must(intake.take_own(rows, now_ms));
    rows.clear();
  }
  contingency::ReleaseBatch batch;
  batch.id = deps.entropy.id();
  batch.filter.scope = bench_scope;
  batch.caps = {.per_agent = 1, .per_minute = 10'000, .ramp_percent = {100}};
  batch.by = {"sue", contingency::by_supervisor, "a benchmark", now_ms - claiming_hour_ms};
  batch.since_ms = batch.by.at_ms;
  must(hub::keep_release(ledger.schema(), intake, batch, {}, 0, now_ms));
}

class ClaimingAgent {
 public:
  ClaimingAgent(Dependencies& deps, HubHost& hub, std::size_t number, boost::asio::io_context& io)
      : io_(io), key_(platform::SigningKey::generate(deps.entropy)), url_(hub.parts().config.url) {
    hub::Ledger& ledger = *hub.parts().ledger;
    auto person = must(hub::find_person(ledger, bench_person));
    person.id = deps.entropy.id();
    person.name = "agent-" + std::to_string(number);
    person.public_key = as_text(key_.public_key());
    must(ledger.put_person(person));
    const std::int64_t now_ms = deps.clock.now().wall_ms;
    const auto device = must(platform::make_device_key_and_csr(deps.entropy.id().text()));
    const Json wish{{"code", hub.enrollment_code()}, {"csr", device.csr_pem}};
    const Json granted = Json::parse(must(hub::enroll(hub.parts().enrollment(), wish.dump(), deps.entropy, now_ms)));
    sign_in_ = {1, person.id, now_ms, {}};
    const auto id = *sync::Id::parse(granted.at("device").get<std::string>());
    sign_in_.signature = as_text(key_.sign(sync::assertion_text(id, sign_in_)));
    platform::HttpClientOptions options;
    options.trust.ca_pem = hub.parts().trusted_pem;
    options.identity = {granted.at("certificate"), device.key_pem};
    client_ = std::make_unique<platform::HttpClient>(io, std::move(options));
  }

  using Then = std::function<void(int status, const Json&)>;
  // On the I/O thread.
  void ask(const std::string& what, const Json& body, const Then& then) {
    post(std::string(sync::path::callbacks), sync::encode_json(sync::PersonQuestion{sign_in_, what, body.dump()}),
         then);
  }
  // Refused after the device was looked up and the body read: nothing but the way.
  void round_trip(const Then& then) { post("/sync/v1/nothing", "", then); }

  std::uint64_t fence = 0;

 private:
  void post(const std::string& path, const std::string& body, const Then& then) {
    platform::HttpClientRequest request;
    request.method = "POST";
    request.url = url_ + path;
    request.body = body;
    client_->send(std::move(request), [=, this](Result<platform::HttpClientResponse> answer) {
      if (answer) return then(answer->status, Json::parse(answer->body, nullptr, false));
      // The hub bounds the handshakes of one address, which all of these share.
      const auto timer = std::make_shared<boost::asio::steady_timer>(io_, std::chrono::milliseconds(200));
      timer->async_wait([=, this](const boost::system::error_code&) { post(path, body, then); });
    });
  }

  boost::asio::io_context& io_;
  platform::SigningKey key_;
  std::string url_;
  sync::Assertion sign_in_;
  std::unique_ptr<platform::HttpClient> client_;
};

class ClaimingFloor {
 public:
  ClaimingFloor(Dependencies& deps, HubHost& hub, std::size_t count) {
    for (std::size_t n = 0; n < count; ++n)
      agents_.push_back(std::make_unique<ClaimingAgent>(deps, hub, n, thread_.io));
  }
  ~ClaimingFloor() { thread_.stop(); }

  // Of each agent, seconds until the answer; all ask at once. `send`: (agent, then).
  template <class Send>
  std::vector<double> at_once(const Send& send) {
    std::promise<void> all;
    std::vector<double> took;
    boost::asio::post(thread_.io, [&] {
      for (const auto& agent : agents_)
        send(*agent, [&, watch = Stopwatch(), agent = agent.get()](int status, const Json& told) {
          took.push_back(watch.seconds());
          if (status == 200 && told.contains("claim")) agent->fence = told["claim"].get<std::uint64_t>();
          if (status == 200) ++answered_;
          if (took.size() == agents_.size()) all.set_value();
        });
    });
    all.get_future().wait();
    return took;
  }
  std::size_t answered() { return std::exchange(answered_, 0); }

 private:
  std::size_t answered_ = 0;
  IoThread thread_;
  std::vector<std::unique_ptr<ClaimingAgent>> agents_;  // their connections end before the thread's context does
};

}  // namespace

void claiming(const Options& options, Report& report) {
  const std::size_t count = options.quick ? 10 : 200, times = options.quick ? 2 : 15;
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost host(deps, scratch / "hub");
  fill_list(deps, host, options.quick ? 200 : 20'000);
  ClaimingFloor floor(deps, host, count);
  host.close();
  const machine::Child hub({(options.programs / "holdline-hub").string(), "run", "--dir", host.directory().string()},
                           scratch / "hub.log");
  std::vector<double> all, bare, whole;
  const auto next = [](ClaimingAgent& agent, auto then) { agent.ask("next", Json::object(), then); };
  const auto outcome = [](ClaimingAgent& agent, auto then) {
    agent.ask("outcome", {{"claim", agent.fence}, {"outcome", "no_answer"}}, then);
  };
  // What everybody has on the screen before; until then the hub reads its list, and connections are made.
  floor.at_once([](ClaimingAgent& agent, auto then) { agent.ask("mine", Json::object(), then); });
  for (std::size_t round = 0; round < times; ++round) {
    for (const double one : floor.at_once([](ClaimingAgent& agent, auto then) { agent.round_trip(then); }))
      bare.push_back(1e3 * one);
    floor.answered();
    const auto took = floor.at_once(next);
    if (floor.answered() != count) throw std::runtime_error("not everybody was given a case");
    for (const double one : took) all.push_back(1e3 * one);
    whole.push_back(1e3 * percentile(took, 1));
    floor.at_once(outcome);
  }
  report.add({"callbacks.next_ms",
              percentile(all, 0.99),
              "ms",
              percentile(bare, 0.99),
              percentile(bare, 0.99) / percentile(all, 0.99),
              {{"median_ms", median(all)},
               {"round_median_ms", median(whole)},
               {"slowest_ms", percentile(all, 1)},
               {"agents", static_cast<double>(count)},
               {"hub_cpu_s", hub.cpu_seconds()}}});
}

}  // namespace holdline::bench
