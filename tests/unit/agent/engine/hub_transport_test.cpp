#include "agent/engine/hub_transport.hpp"

#include <map>
#include <optional>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::agent {
namespace {

using platform::HttpRequest;
using platform::HttpResponse;
using platform::Respond;

// A hub over plain HTTP; the transport's event loop runs on the test's thread, only while it waits for an answer.
class HubTransportTest : public testing::Test {
 protected:
  void start(platform::HttpHandler handler) {
    server.emplace(platform::LoopbackEndpoint{}, std::move(handler));
    transport.emplace(
        io, platform::test::plain(), server->url("http", ""),
        [this](std::uint64_t token, Result<TransportAnswer> answer) { answers.emplace(token, std::move(answer)); });
  }
  const Result<TransportAnswer>& answer_to(std::uint64_t token) {
    io.restart();
    while (!answers.contains(token)) io.run_one();
    return answers.at(token);
  }
  static HttpResponse response(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }

  boost::asio::io_context io;
  std::optional<platform::test::ServerThread> server;
  std::map<std::uint64_t, Result<TransportAnswer>> answers;
  std::optional<HubTransport> transport;
};

TEST_F(HubTransportTest, ARequestIsPostedAndItsAnswerHandedBackWithItsToken) {
  start([](HttpRequest request, Respond respond) {
    respond(response(200, request.method + " " + request.path + " " + request.body));
  });
  transport->post(7, "/sync/v1/hello", "body", 5'000);
  const auto& answer = answer_to(7);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /sync/v1/hello body");
  EXPECT_EQ(answer->retry_after_ms, 0);
}

TEST_F(HubTransportTest, EveryAnswerFindsItsOwnToken) {
  start([](HttpRequest request, Respond respond) { respond(response(200, request.path)); });
  for (std::uint64_t token = 1; token <= 5; ++token) transport->post(token, "/" + std::to_string(token), {}, 5'000);
  for (std::uint64_t token = 1; token <= 5; ++token) EXPECT_EQ(answer_to(token)->body, "/" + std::to_string(token));
}

TEST_F(HubTransportTest, ARefusalIsAnAnswerAndSaysWhenToComeBack) {
  std::string retry_after;
  start([&](const HttpRequest&, const Respond& respond) {
    auto refusal = response(503, "busy");
    refusal.headers.emplace_back("Retry-After", retry_after);
    respond(std::move(refusal));
  });
  std::uint64_t token = 0;
  for (const auto& [header, wanted_ms] :
       std::map<std::string, std::int64_t>{{"7", 7'000}, {"-5", 0}, {"soon", 0}, {"99999999", 3'600'000}}) {
    retry_after = header;
    transport->post(++token, "/", {}, 5'000);
    ASSERT_TRUE(answer_to(token));
    EXPECT_EQ(answer_to(token)->status, 503);
    EXPECT_EQ(answer_to(token)->retry_after_ms, wanted_ms) << header;
  }
}

TEST_F(HubTransportTest, AHubThatIsNotThereIsTriedLater) {
  start(platform::test::echo);
  const std::string gone = server->url("http", "");
  server.reset();
  transport->post(1, "/", {}, 5'000);
  const auto& answer = answer_to(1);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::retry_later);
}

TEST_F(HubTransportTest, WhatWasAbandonedIsNeverAnswered) {
  start([](HttpRequest request, Respond respond) { respond(response(200, request.path)); });
  transport->post(1, "/old", {}, 5'000);
  transport->abandon();
  transport->post(2, "/new", {}, 5'000);
  EXPECT_EQ(answer_to(2)->body, "/new");
  EXPECT_FALSE(answers.contains(1));
}

// A batch of 256 KiB takes half a minute on a line of 64 kbit/s, and whatever is asked behind it waits as long.
TEST_F(HubTransportTest, AnAnswerHasAsMuchMoreTimeAsWhatIsUnderWayNeeds) {
  EXPECT_EQ(HubTransport::answer_limit_ms(40'000, 0), 40'000);
  EXPECT_GE(HubTransport::answer_limit_ms(40'000, 256 * 1024), 40'000 + 2 * 256 * 1024 / 8);
}

}  // namespace
}  // namespace holdline::agent
