// Answers that come later than the handler returns: in time, too late, to a client that left, or while the server
// stops.
#include <condition_variable>
#include <mutex>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

// Keeps every Respond until told to answer.
class Parked {
 public:
  HttpHandler handler() {
    return [this](HttpRequest, Respond respond) {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(respond));
      arrived_.notify_all();
    };
  }
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !waiting_.empty(); });
  }
  void answer_all() {
    const std::lock_guard lock(mutex_);
    for (const Respond& respond : waiting_) respond({200, "text/plain", {}, "at last"});
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Respond> waiting_;
};

TEST(HttpServer, SendsAnAnswerThatComesLaterFromAnotherThread) {
  const Certificates set;
  Parked parked;
  ServerThread server(tls_endpoint(set.server, set.ca), parked.handler());
  std::thread later([&] {
    parked.wait_for_one();
    parked.answer_all();
  });
  const auto response = request_over_https(trusting(set.ca, set.device), get(server.url("https")));
  later.join();
  EXPECT_EQ(response.value().body, "at last");
}

TEST(HttpServer, AnswersForAHandlerThatTakesTooLong) {
  Parked parked;
  HttpServerOptions options;
  options.answer_deadline = 50ms;
  ServerThread server(LoopbackEndpoint{}, parked.handler(), options);
  EXPECT_EQ(request_over_https(plain(), get(server.url("http"))).value().status, 503);
  parked.answer_all();  // too late, and harmless
}

TEST(HttpServer, FreesTheConnectionOfAClientThatLeavesDuringALongPoll) {
  Parked parked;
  ServerThread server(LoopbackEndpoint{}, parked.handler());
  {
    RawConnection raw(server.port());
    raw.send(plain_get);
    parked.wait_for_one();
  }
  spin_until([&] { return server.server().stats().open == 0; });
  parked.answer_all();
  EXPECT_EQ(server.server().stats().internal_errors, 0u);
}

// As `socat` and `nc -N` do, and what a person saved must not look unsaved.
TEST(HttpServer, AnswersALocalClientThatSendsNoMoreAndForgetsOneThatLeft) {
  const Scratch directory;
  Parked parked;
  ServerThread server(UnixEndpoint{directory / "agent.sock", "", {}}, parked.handler());
  RawConnection waits(directory / "agent.sock");
  waits.send(plain_get);
  waits.finish();
  parked.wait_for_one();
  {
    RawConnection leaves(directory / "agent.sock");
    leaves.send(plain_get);
    spin_until([&] { return server.server().stats().requests == 2; });
  }
  spin_until([&] { return server.server().stats().open == 1; });
  parked.answer_all();
  EXPECT_TRUE(waits.read_all().starts_with("HTTP/1.1 200"));
}

TEST(HttpServer, LetsAnswersInFlightFinishWhenItStops) {
  Parked parked;
  ServerThread server(LoopbackEndpoint{}, parked.handler());
  RawConnection idle(server.port());
  RawConnection busy(server.port());
  busy.send(plain_get);
  parked.wait_for_one();
  std::promise<void> stopped;
  server.server().stop(60s, [&] { stopped.set_value(); });
  EXPECT_EQ(idle.read_all(), "");
  parked.answer_all();
  const std::string all = busy.read_all();
  EXPECT_TRUE(all.ends_with("at last")) << all;
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  stopped.get_future().wait();
  EXPECT_EQ(server.server().stats().open, 0u);
}

TEST(HttpServer, ClosesWhatIsLeftWhenTheTimeToStopIsOver) {
  Parked parked;
  ServerThread server(LoopbackEndpoint{}, parked.handler());
  RawConnection busy(server.port());
  busy.send(plain_get);
  parked.wait_for_one();
  std::promise<void> stopped;
  server.server().stop(20ms, [&] { stopped.set_value(); });
  EXPECT_EQ(busy.read_all(), "");
  stopped.get_future().wait();
}

TEST(HttpServer, SurvivesAnswersThatComeAfterItWasDestroyed) {
  Parked parked;
  auto server = std::make_unique<ServerThread>(LoopbackEndpoint{}, parked.handler());
  RawConnection busy(server->port());
  busy.send(plain_get);
  parked.wait_for_one();
  server.reset();
  parked.answer_all();
  EXPECT_EQ(busy.read_all(), "");
}

}  // namespace
}  // namespace holdline::platform
