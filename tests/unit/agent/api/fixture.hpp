// The JSON API of a workstation without sockets and without a hub: requests go straight to LocalApi::answer(), and the
// I/O context is never run, so that nothing reaches the network.
#pragma once

#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "agent/api/local_api.hpp"
#include "platform/crypto/password.hpp"
#include "platform/crypto/signing.hpp"
#include "platform/os/log.hpp"
#include "tests/unit/agent/outbox/fixture.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {

// One person's entry in the hub's list of people.
inline nlohmann::json person_json(const std::string& name, std::string_view password, const sync::Id& id,
                                  platform::Entropy& entropy, const std::string& role = "agent") {
  const auto key = platform::SigningKey::generate(entropy);
  const auto wrapped = must(platform::wrap_secret(password, key.seed().view(), entropy, {1, 8}));
  const std::string_view public_key(reinterpret_cast<const char*>(key.public_key().data()), key.public_key().size());
  return {{"id", id.text()},
          {"name", name},
          {"role", role},
          {"scopes", {test_scope}},
          {"public_key", sync::to_hex(public_key)},
          {"wrapped", sync::to_hex(wrapped)}};
}

class LocalApiTest : public testing::Test {
 protected:
  using Json = nlohmann::json;

  struct Answer {
    int status = 0;
    std::string body;
    Json json() const { return Json::parse(body, nullptr, false); }
    std::string code() const { return json().value("code", ""); }
  };

  ~LocalApiTest() override { api.reset(); }

  WorkstationIdentity identity() const {
    WorkstationIdentity own;
    own.device = id_of(0xd1);
    own.name = "desk 7";
    own.hub = "https://hub.invalid:7443";
    own.scopes = {test_scope};
    own.schema = test_schema().hash();
    own.ca_pem = own.certificate.chain_pem = "of the test\n";
    own.certificate.key_pem = "-----BEGIN PRIVATE KEY-----\nof the test";
    return own;
  }
  // The files of an enrolled workstation; what it holds of the ledger is `records`.
  void enrol(const std::vector<sync::Record>& records = {}) {
    FileLibrary library(directory() / "library");
    must(library.store(test_schema().hash(), test_schema().text()));
    must(save_identity(directory(), identity()));
    const auto key = must(keystore.create("replica"));
    ReplicaOptions options;
    options.directory = directory();
    const auto replica = must(Replica::open(options, key, test_schema()));
    bootstrap(*replica, Snapshot(10, records), pc_clock.wall_ms);
  }
  Result<void> start() {
    api.reset();
    AgentConfig config;
    config.directory = directory();
    api = std::make_unique<LocalApi>(config, Workstation::Dependencies{io, keystore, pc_clock, entropy, log});
    return api->start();
  }
  // Enrolled, running, and somebody (uid 1000) signed in.
  void work(const std::vector<sync::Record>& records = {}) {
    enrol(records);
    must(start());
    must(api->workstation()->accounts().keep(
        Json{{"people", {person_json("ada", "password", id_of(4), entropy, role)}}}.dump()));
    sign_in();
  }
  void sign_in(const std::string& name = "ada") {
    const auto answer = post("/login", {{"person", name}, {"password", "password"}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    token = answer.json().at("token");
  }
  // As after a restart of the daemon: what is in memory only is gone.
  void restart() {
    must(start());
    sign_in();
  }

  Answer ask(std::string method, std::string path, std::string body = {}, std::string key = {}) {
    platform::HttpRequest request;
    request.method = std::move(method);
    const auto query = path.find('?');
    if (query != std::string::npos) {
      request.query = platform::parse_target(path)->query;
      path.resize(query);
    }
    request.path = "/api/v1" + path;
    request.body = std::move(body);
    request.peer.kind = platform::Peer::Kind::unix_socket;
    request.peer.uid = uid;
    if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
    if (!key.empty()) request.headers["idempotency-key"] = std::move(key);
    auto answered = std::make_shared<std::promise<Answer>>();
    auto answer = answered->get_future();
    api->answer(std::move(request), platform::Respond([answered](platform::HttpResponse response) {
                  answered->set_value({response.status, std::move(response.body)});
                }));
    return answer.get();
  }
  Answer get(std::string path) { return ask("GET", std::move(path)); }
  Answer post(std::string path, const Json& body, std::string key = {}) {
    return ask("POST", std::move(path), body.dump(), std::move(key));
  }
  Answer patch(std::string path, const Json& body, std::string key) {
    return ask("PATCH", std::move(path), body.dump(), std::move(key));
  }
  // Everything in the outbox, newest first.
  Json outbox() { return get("/outbox?limit=1000").json().at("items"); }

  std::filesystem::path directory() const { return scratch.path(); }

  platform::Scratch scratch;
  support::TestClock pc_clock;
  platform::SystemEntropy entropy;
  boost::asio::io_context io;
  platform::FileKeystore keystore = must(platform::FileKeystore::open(scratch / "keys", entropy));
  platform::Logger log{[](std::string_view) {}, pc_clock, {}};
  std::uint32_t uid = 1000;
  std::string token;           // of this terminal
  std::string role = "agent";  // of who signs in
  std::unique_ptr<LocalApi> api;
};

inline const nlohmann::json message{{"fields", {{"kind", "message"}, {"note", "please call back after lunch"}}}};

}  // namespace holdline::agent
