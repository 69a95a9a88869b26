#include "hub/server.hpp"

#include <future>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "platform/crypto/keystore.hpp"
#include "platform/database/database.hpp"
#include "platform/http/unix_client.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/message.hpp"
#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

// A serving hub, asked over real TLS as workstations do.
class HubServerTest : public HubTest {
 protected:
  void serve() {
    server_ = HubServer::start(io_, hub_, entropy_, clock_, log_, [] {}).value();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~HubServerTest() override {
    work_.reset();
    io_.stop();
    if (thread_.joinable()) thread_.join();
    server_.reset();
  }

  struct Answer {
    int status = 0;
    std::string body;
    std::string code() const { return Json::parse(body, nullptr, false).value("/error/code"_json_pointer, ""); }
  };
  Answer ask(const platform::Identity& identity, std::string_view path, std::string body = {},
             std::string method = "POST") {
    platform::HttpClientOptions options;
    options.trust.ca_pem = hub_.authority.certificate_pem();
    options.identity = identity;
    platform::HttpClientRequest request;
    request.method = std::move(method);
    request.url = "https://127.0.0.1:" + std::to_string(server_->port()) + std::string(path);
    request.body = std::move(body);
    auto answer = platform::request_over_https(options, std::move(request));
    if (!answer) return {0, answer.error().code};
    return {answer->status, std::move(answer->body)};
  }
  Answer admin(std::string method, std::string path, std::string body = {}) {
    platform::HttpClientRequest request;
    request.method = std::move(method);
    request.url = std::move(path);
    request.body = std::move(body);
    auto answer = platform::request_over_unix(hub_.config.directory / "admin.sock", std::move(request)).value();
    return {answer.status, std::move(answer.body)};
  }
  sync::Hello hello(const Enrolled& enrolled) {
    sync::Hello hello;
    hello.maker = {enrolled.device, entropy_.id()};
    return hello;
  }

  platform::Logger log_{[](std::string_view) {}, clock_, {}};
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<HubServer> server_;
  std::thread thread_;
};

TEST_F(HubServerTest, AWorkstationEnrolsAndIsWelcomed) {
  serve();
  const auto key = new_key();
  const auto enrolled = ask({}, sync::path::enroll, Json{{"code", code()}, {"csr", key.csr_pem}}.dump());
  ASSERT_EQ(enrolled.status, 201) << enrolled.body;
  const Json granted = Json::parse(enrolled.body);
  sync::Hello hello;
  hello.maker = {Id::parse(granted.at("device").get<std::string>()).value(), entropy_.id()};
  const auto welcome = ask({granted.at("certificate"), key.key_pem}, sync::path::hello, sync::encode_json(hello));
  ASSERT_EQ(welcome.status, 200) << welcome.body;
  EXPECT_EQ(sync::decode_welcome(welcome.body).value().scopes, std::vector<std::string>{"acme/leeds"});
}

TEST_F(HubServerTest, NobodyIsServedWithoutACertificateButWhoEnrols) {
  serve();
  for (const auto path : {sync::path::hello, sync::path::push, sync::path::pull, sync::path::people})
    EXPECT_EQ(ask({}, path).code(), "no-certificate") << path;
  EXPECT_EQ(ask({}, sync::path::enroll, "{}").status, 422);
}

TEST_F(HubServerTest, ACertificateOfADeviceTheLedgerDoesNotHaveIsRefused) {
  serve();
  const auto key = new_key();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto certificate = hub_.authority.sign_device(key.csr_pem, entropy_.id().text(), now).value();
  const auto answer = ask({certificate, key.key_pem}, sync::path::hello);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "unknown-device");
}

TEST_F(HubServerTest, OnlyTheCertificateTheDeviceWasEnrolledWithCounts) {
  const auto enrolled = enrol();
  serve();
  const auto key = new_key();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto other = hub_.authority.sign_device(key.csr_pem, enrolled.device.text(), now).value();
  EXPECT_EQ(ask({other, key.key_pem}, sync::path::hello).code(), "certificate-superseded");
}

TEST_F(HubServerTest, ARevokedWorkstationIsToldSoAndServedNothing) {
  const auto enrolled = enrol();
  const HubConfig config = hub_.config;
  close();
  {
    auto keystore = platform::FileKeystore::open(config.directory / "keys", entropy_).value();
    auto database = platform::Database::open(config.directory / "ledger.db", keystore.load("ledger").value()).value();
    ASSERT_TRUE(database.exec("UPDATE device SET state = 1"));
  }
  hub_ = open_hub(config, entropy_).value();
  serve();
  for (const auto path : {sync::path::hello, sync::path::pull, sync::path::push, sync::path::snapshot}) {
    const auto answer = ask(enrolled.identity, path, sync::encode_json(hello(enrolled)));
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_EQ(answer.code(), "device-revoked") << path;
  }
}

TEST_F(HubServerTest, UnknownPathsAndMethodsAreRefused) {
  const auto enrolled = enrol();
  serve();
  EXPECT_EQ(ask(enrolled.identity, "/sync/v1/nothing").status, 404);
  EXPECT_EQ(ask(enrolled.identity, "/").status, 404);
  EXPECT_EQ(ask(enrolled.identity, sync::path::hello, {}, "PUT").status, 405);
  EXPECT_EQ(ask(enrolled.identity, "/admin/v1/status", {}, "GET").status, 404);
}

TEST_F(HubServerTest, ABodyAboveTheLimitIsRefused) {
  const auto enrolled = enrol();
  serve();
  const std::string large(sync::limits::push_bytes + sync::limits::control_bytes + 1, 'x');
  EXPECT_EQ(ask(enrolled.identity, sync::path::push, large).status, 413);
}

TEST_F(HubServerTest, WhatCannotBeReadIsRefusedAndTheHubServesOn) {
  const auto enrolled = enrol();
  serve();
  for (const auto path : {sync::path::hello, sync::path::push, sync::path::pull, sync::path::leaves})
    EXPECT_EQ(ask(enrolled.identity, path, "nonsense").status, 422) << path;
  EXPECT_EQ(ask(enrolled.identity, sync::path::hello, sync::encode_json(hello(enrolled))).status, 200);
}

TEST_F(HubServerTest, TheAdministratorAsksThroughTheSocketInTheHubsDirectory) {
  serve();
  EXPECT_EQ(Json::parse(admin("GET", "/admin/v1/status").body).at("devices"), 0);
  EXPECT_EQ(admin("POST", "/admin/v1/enroll-codes", R"({"name":"desk","scopes":["acme"],"minutes":"many"})").status,
            400);
  EXPECT_EQ(admin("GET", "/sync/v1/hello").status, 404);
}

TEST_F(HubServerTest, ALongPollLearnsOfAnImport) {
  const auto enrolled = enrol();
  serve();
  const auto welcome =
      sync::decode_welcome(ask(enrolled.identity, sync::path::hello, sync::encode_json(hello(enrolled))).body).value();
  sync::PullRequest pull;
  pull.epoch = welcome.epoch;
  pull.grants = welcome.grants;
  pull.roster = welcome.roster;
  pull.schema = welcome.schema;
  pull.wait_ms = sync::limits::pull_wait_ms;
  auto polled =
      std::async(std::launch::async, [&] { return ask(enrolled.identity, sync::path::pull, sync::encode_json(pull)); });
  ASSERT_EQ(admin("POST", "/admin/v1/import?scope=acme/leeds", "ref,given\nC1,Ada\n").status, 200);
  const auto answer = polled.get();
  ASSERT_EQ(answer.status, 200);
  const sync::Dictionary dictionary(hub_.ledger->identity().dictionary);
  const auto raw = sync::Compressor().decompress(answer.body, &dictionary, sync::limits::message_bytes).value();
  EXPECT_EQ(sync::decode_pull_reply(hub_.ledger->schema(), raw).value().cut.changes.size(), 1u);
}

}  // namespace
}  // namespace holdline::hub::testing
