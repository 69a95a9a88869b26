#include "platform/http/live/body.hpp"

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

// A server whose answer to everything is the one live body.
class LiveBodyTest : public testing::Test {
 protected:
  HttpHandler handler() {
    return [this](HttpRequest, Respond respond) {
      HttpResponse response;
      response.content_type = "text/event-stream";
      response.body = "head ";
      response.live = body;
      respond(std::move(response));
    };
  }
  static bool within(std::chrono::milliseconds limit, const std::function<bool()>& look) {
    for (const auto end = std::chrono::steady_clock::now() + limit; std::chrono::steady_clock::now() < end;) {
      if (look()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  std::shared_ptr<LiveBody> body = std::make_shared<LiveBody>(1'000'000);
};

TEST_F(LiveBodyTest, WhatIsWrittenLaterFromAnotherThreadArrivesInOrder) {
  const Certificates set;
  for (const bool tls : {false, true}) {
    body = std::make_shared<LiveBody>();
    ServerThread server(tls ? tls_endpoint(set.server, set.ca) : HttpEndpoint(LoopbackEndpoint{}), handler());
    std::thread writer([&] {
      for (int i = 0; i < 3; ++i) {
        std::this_thread::sleep_for(10ms);
        EXPECT_TRUE(body->write(std::to_string(i)));
      }
      body->end();
    });
    const auto response = tls ? request_over_https(trusting(set.ca, set.device), get(server.url("https")))
                              : request_over_https(plain(), get(server.url("http")));
    writer.join();
    EXPECT_EQ(response.value().body, "head 012");
    EXPECT_FALSE(body->write("more"));
  }
}

TEST_F(LiveBodyTest, AClientThatLeavesIsNoticedWithoutAWrite) {
  ServerThread server(LoopbackEndpoint{}, handler());
  HttpClientRequest request = get(server.url("http"));
  request.timeout = 50ms;
  EXPECT_FALSE(request_over_https(plain(), std::move(request)));
  EXPECT_TRUE(within(2s, [&] { return !body->is_open(); }));
}

TEST_F(LiveBodyTest, StoppingTheServerWaitsForNoLiveBody) {
  ServerThread server(LoopbackEndpoint{}, handler());
  std::thread client([&] { static_cast<void>(request_over_https(plain(), get(server.url("http")))); });
  EXPECT_TRUE(within(2s, [&] { return server.server().stats().requests == 1; }));
  std::promise<void> stopped;
  const auto began = std::chrono::steady_clock::now();
  server.server().stop(5s, [&] { stopped.set_value(); });
  stopped.get_future().wait();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
  client.join();
}

TEST_F(LiveBodyTest, MoreThanTheBoundEndsItInPlaceOfGrowing) {
  LiveBody small(10);
  EXPECT_TRUE(small.write("123456789"));
  EXPECT_FALSE(small.write("10"));
  EXPECT_FALSE(small.is_open());
  EXPECT_EQ(small.take().text, "123456789");
}

}  // namespace
}  // namespace holdline::platform
