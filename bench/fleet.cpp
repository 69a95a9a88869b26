#include "bench/fleet.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "hub/people/enrollment.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/compress.hpp"

namespace holdline::bench {

using Json = nlohmann::json;

struct Fleet::Shared {
  std::string url;
  platform::HttpClientOptions client;
  const sync::Schema* schema = nullptr;
  std::optional<sync::Dictionary> dictionary;
  sync::Compressor compressor;  // the I/O thread only
  boost::asio::io_context* io = nullptr;
};

class Fleet::Desk {
 public:
  Desk(Shared& shared, const sync::Id& own, const sync::Id& incarnation, platform::Identity identity)
      : device(own), shared_(shared), incarnation_(incarnation), identity_(std::move(identity)) {}

  void connect() {
    platform::HttpClientOptions options = shared_.client;
    options.identity = identity_;
    client_ = std::make_unique<platform::HttpClient>(*shared_.io, std::move(options));
    sync::Hello hello;
    hello.maker = {device, incarnation_};
    post(sync::path::hello, sync::encode_json(hello), [this](const std::string& body) {
      const auto welcome = must(sync::decode_welcome(body));
      request_.epoch = welcome.epoch;
      request_.incarnation = incarnation_;
      request_.grants = welcome.grants;
      request_.roster = welcome.roster;
      request_.schema = welcome.schema;
      request_.wait_ms = sync::limits::pull_wait_ms;
      ask_people();
      pull();
    });
  }

  void round_trip(std::function<void()> done) {
    // A question that is refused after the device was looked up and the body read: nothing but the way.
    post("/sync/v1/nothing", "", nullptr, std::move(done));
  }

  std::string state_of(const std::string& person) const {
    const std::lock_guard lock(mutex_);
    const auto found = people_.find(person);
    return found == people_.end() ? std::string() : found->second;
  }

  const sync::Id device;
  std::atomic<bool> refused = false, connected = false;

 private:
  using Then = std::function<void(const std::string&)>;
  void post(std::string_view path, const std::string& body, const Then& then,
            const std::function<void()>& done = nullptr) {
    platform::HttpClientRequest request;
    request.method = "POST";
    request.url = shared_.url + std::string(path);
    request.body = body;
    request.timeout = std::chrono::minutes(2);
    client_->send(std::move(request), [=, this](Result<platform::HttpClientResponse> answer) {
      // The hub bounds the handshakes of one address, which all of these share.
      if (!answer) return after_a_pause([=, this] { post(path, body, then, done); });
      if (done) return done();
      if (answer->status == 200) return then(answer->body);
      if (answer->body.find("device-revoked") != std::string::npos) refused = true;
    });
  }

  void after_a_pause(std::function<void()> then) {
    constexpr std::chrono::milliseconds pause{200};
    const auto timer = std::make_shared<boost::asio::steady_timer>(*shared_.io, pause);
    timer->async_wait([timer, then = std::move(then)](const boost::system::error_code& ended) {
      if (!ended) then();
    });
  }

  void pull() {
    connected = true;
    post(sync::path::pull, sync::encode_json(request_), [this](const std::string& body) {
      const auto raw = must(shared_.compressor.decompress(body, &*shared_.dictionary, sync::limits::message_bytes));
      const auto reply = must(sync::decode_pull_reply(*shared_.schema, raw));
      if (reply.roster != request_.roster) ask_people();
      request_.roster = reply.roster;
      pull();
    });
  }

  void ask_people() {
    post(sync::path::people, R"({"known":[]})", [this](const std::string& body) {
      const Json told = Json::parse(body);
      const std::lock_guard lock(mutex_);
      people_.clear();
      for (const Json& person : told.at("people")) people_[person.at("name")] = person.at("state");
    });
  }

  Shared& shared_;
  sync::Id incarnation_;
  platform::Identity identity_;
  std::unique_ptr<platform::HttpClient> client_;  // the I/O thread only
  sync::PullRequest request_;                     // likewise
  mutable std::mutex mutex_;
  std::map<std::string, std::string> people_;
};

Fleet::Fleet(Dependencies& deps, HubHost& hub, std::size_t count) : shared_(std::make_unique<Shared>()) {
  const hub::HubParts& parts = hub.parts();
  shared_->url = parts.config.url;
  shared_->client.trust.ca_pem = parts.trusted_pem;
  shared_->client.stall_timeout = std::chrono::milliseconds(sync::limits::pull_wait_ms + 10'000);
  shared_->schema = &parts.ledger->schema();
  shared_->dictionary.emplace(parts.ledger->identity().dictionary);
  shared_->io = &thread_.io;
  const std::int64_t now_ms = deps.clock.now().wall_ms;
  for (std::size_t i = 0; i < count; ++i) {
    const auto key = must(platform::make_device_key_and_csr(deps.entropy.id().text()));
    const Json wish{{"code", hub.enrollment_code()}, {"csr", key.csr_pem}};
    const Json granted = Json::parse(must(hub::enroll(parts.enrollment(), wish.dump(), deps.entropy, now_ms)));
    desks_.push_back(std::make_unique<Desk>(*shared_, *sync::Id::parse(granted.at("device").get<std::string>()),
                                            deps.entropy.id(),
                                            platform::Identity{granted.at("certificate"), key.key_pem}));
  }
}

Fleet::~Fleet() { thread_.stop(); }

void Fleet::connect() {
  boost::asio::post(thread_.io, [this] {
    for (const auto& desk : desks_) desk->connect();
  });
  wait_until("all to be connected", [this] {
    return std::ranges::all_of(
        desks_, [](const auto& desk) { return desk->connected && desk->state_of(bench_person) == "active"; });
  });
}

const sync::Id& Fleet::device(std::size_t n) const { return desks_[n]->device; }
bool Fleet::refused(std::size_t n) const { return desks_[n]->refused; }

std::size_t Fleet::letting_in(const std::string& person) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(desks_, [&](const auto& desk) { return desk->state_of(person) == "active"; }));
}

std::size_t Fleet::knowing_disabled(const std::string& person) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(desks_, [&](const auto& desk) { return desk->state_of(person) == "disabled"; }));
}

double Fleet::bare_round_trip() {
  std::promise<void> all;
  const auto left = std::make_shared<std::size_t>(desks_.size());
  const Stopwatch watch;
  boost::asio::post(thread_.io, [&] {
    for (const auto& desk : desks_)
      desk->round_trip([&all, left] {
        if (--*left == 0) all.set_value();
      });
  });
  all.get_future().wait();
  return watch.seconds();
}

}  // namespace holdline::bench
