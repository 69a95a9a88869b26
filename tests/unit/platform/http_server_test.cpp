#include "platform/http_server.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/unit/platform/net_fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

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

template <class Predicate>
void spin_until(Predicate predicate) {
  while (!predicate()) std::this_thread::yield();
}

TEST(HttpServer, ReportsTheDeviceOfAClientCertificateAndNobodyWithoutOne) {
  const Certificates set;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  EXPECT_EQ(request_over_https(trusting(set.ca), post(server.url("https"), "a")).value().body, "nobody:a");
  EXPECT_EQ(request_over_https(trusting(set.ca, set.device), post(server.url("https"), "b")).value().body,
            "device-1:b");
}

TEST(HttpServer, GivesTheFingerprintAndSerialOfTheClientCertificate) {
  const Certificates set;
  std::promise<Peer> seen;
  ServerThread server(tls_endpoint(set.server, set.ca), [&](HttpRequest request, Respond respond) {
    seen.set_value(request.peer);
    respond({});
  });
  ASSERT_TRUE(request_over_https(trusting(set.ca, set.device), get(server.url("https"))));
  const Peer peer = seen.get_future().get();
  const auto info = describe_certificate(set.device.chain_pem).value();
  EXPECT_EQ(peer.kind, Peer::Kind::tls);
  EXPECT_EQ(peer.certificate.value().fingerprint, info.fingerprint);
  EXPECT_EQ(peer.certificate.value().serial, info.serial);
}

TEST(HttpServer, RefusesABodyAboveTheLimitBeforeItIsReceived) {
  HttpServerOptions options;
  options.body_bytes = 1000;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  EXPECT_EQ(request_over_https(plain(), post(server.url("http"), std::string(1000, 'x'))).value().status, 200);
  EXPECT_EQ(request_over_https(plain(), post(server.url("http"), std::string(3'000'000, 'x'))).value().status, 413);
  RawConnection raw(server.port());
  raw.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_TRUE(raw.read_until("\r\n").starts_with("HTTP/1.1 413"));
}

TEST(HttpServer, AllowsOnlySmallBodiesWithoutAClientCertificate) {
  const Certificates set;
  HttpServerOptions options;
  options.anonymous_body_bytes = 1000;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  const std::string body(1001, 'x');
  EXPECT_EQ(request_over_https(trusting(set.ca), post(server.url("https"), body)).value().status, 413);
  EXPECT_EQ(request_over_https(trusting(set.ca, set.device), post(server.url("https"), body)).value().status, 200);
}

TEST(HttpServer, ClosesAConnectionWhoseHeaderDoesNotArriveInTime) {
  HttpServerOptions options;
  options.header_deadline = 100ms;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  RawConnection silent(server.port());
  RawConnection slow(server.port());
  slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Half");
  EXPECT_EQ(slow.read_all(), "");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(server.server().stats().timed_out, 2u);
}

TEST(HttpServer, ClosesAConnectionWhoseTlsHandshakeDoesNotEndInTime) {
  const Certificates set;
  HttpServerOptions options;
  options.handshake_deadline = 100ms;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  RawConnection silent(server.port());
  silent.send("\x16\x03\x01");
  EXPECT_EQ(silent.read_all(), "");
}

TEST(HttpServer, ClosesAConnectionWhoseBodyStalls) {
  HttpServerOptions options;
  options.body_deadline = 100ms;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  RawConnection slow(server.port());
  slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(slow.read_all(), "");
}

TEST(HttpServer, ClosesAnIdleConnectionAfterItsAnswer) {
  HttpServerOptions options;
  options.idle_timeout = 100ms;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  RawConnection raw(server.port());
  raw.send(kGet);
  EXPECT_TRUE(raw.read_all().ends_with("nobody:"));
}

TEST(HttpServer, ServesPipelinedRequestsInOrder) {
  ServerThread server(LoopbackEndpoint{}, echo);
  RawConnection raw(server.port());
  raw.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
      "Content-Length: 1\r\n\r\n2");
  const std::string all = raw.read_all();
  EXPECT_LT(all.find("nobody:1"), all.find("nobody:2"));
  EXPECT_TRUE(all.ends_with("nobody:2"));
}

TEST(HttpServer, AnswersAMalformedRequestAndCloses) {
  ServerThread server(LoopbackEndpoint{}, echo);
  RawConnection raw(server.port());
  raw.send("GARBAGE\r\n\r\n");
  raw.finish();
  const std::string all = raw.read_all();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 400")) << all;
  EXPECT_NE(all.find("\"malformed-request\""), std::string::npos);
}

TEST(HttpServer, AsksForTheBodyWhenTheClientExpectsIt) {
  ServerThread server(LoopbackEndpoint{}, echo);
  RawConnection raw(server.port());
  raw.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(raw.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  raw.send("ok");
  EXPECT_TRUE(raw.read_until("nobody:ok").ends_with("nobody:ok"));
}

TEST(HttpServer, AnswersHeadWithTheLengthButNoBody) {
  ServerThread server(LoopbackEndpoint{}, echo);
  RawConnection raw(server.port());
  raw.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = raw.read_all();
  EXPECT_NE(all.find("Content-Length: 7\r\n"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\n"));
}

TEST(HttpServer, TurnsADroppedAnswerAnExceptionAndAnUnsafeHeaderInto500WithoutDetail) {
  ServerThread server(LoopbackEndpoint{}, [](HttpRequest request, Respond respond) {
    if (request.path == "/throw") throw std::runtime_error("secret detail");
    if (request.path == "/unsafe") respond({200, "text/plain", {{"X", "a\r\nSet-Cookie: b"}}, "secret detail"});
  });
  for (const char* target : {"/drop", "/throw", "/unsafe"}) {
    const auto response = request_over_https(plain(), get(server.url("http", target))).value();
    EXPECT_EQ(response.status, 500) << target;
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << target;
  }
}

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
    raw.send(kGet);
    parked.wait_for_one();
  }
  spin_until([&] { return server.server().stats().open == 0; });
  parked.answer_all();
  EXPECT_EQ(server.server().stats().internal_errors, 0u);
}

TEST(HttpServer, SendsALargeAnswerWhole) {
  const Certificates set;
  std::string large(8 * 1024 * 1024 - 1, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 2654435761u >> 24);
  ServerThread server(tls_endpoint(set.server, set.ca), [&](HttpRequest, Respond respond) {
    respond({200, "application/octet-stream", {}, large});
  });
  EXPECT_TRUE(request_over_https(trusting(set.ca), get(server.url("https"))).value().body == large);
}

TEST(HttpServer, KeepsTheConnectionsOfAHundredClients) {
  const Certificates set;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  boost::asio::io_context io;
  std::vector<std::unique_ptr<HttpClient>> clients;
  int right = 0;
  std::function<void(std::size_t, int)> next = [&](std::size_t i, int left) {
    const std::string body = std::to_string(i) + "/" + std::to_string(left);
    clients[i]->send(post(server.url("https"), body), [&, i, left, body](Result<HttpClientResponse> result) {
      right += result && result->body == "device-1:" + body;
      if (left > 1) next(i, left - 1);
    });
  };
  for (std::size_t i = 0; i < 100; ++i)
    clients.push_back(std::make_unique<HttpClient>(io, trusting(set.ca, set.device)));
  for (std::size_t i = 0; i < 100; ++i) next(i, 5);
  while (right < 500 && io.run_one() > 0) {
  }
  EXPECT_EQ(right, 500);
  EXPECT_EQ(server.server().stats().accepted, 100u);
}

TEST(HttpServer, ClosesConnectionsAboveItsLimit) {
  HttpServerOptions options;
  options.max_connections = 1;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  RawConnection first(server.port());
  first.send(kGet);
  ASSERT_TRUE(first.read_until("nobody:").ends_with("nobody:"));
  RawConnection second(server.port());
  EXPECT_EQ(second.read_all(), "");
  EXPECT_EQ(server.server().stats().refused_full, 1u);
}

TEST(HttpServer, LimitsConnectionsWithoutACertificateApartFromDevices) {
  const Certificates set;
  HttpServerOptions options;
  options.max_unauthenticated = 1;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  boost::asio::io_context io;
  HttpClient device(io, trusting(set.ca, set.device));
  ASSERT_TRUE(ask(io, device, get(server.url("https"))));
  HttpClient stranger(io, trusting(set.ca));
  EXPECT_TRUE(ask(io, stranger, get(server.url("https"))));
  HttpClient another(io, trusting(set.ca));
  EXPECT_FALSE(ask(io, another, get(server.url("https"))));
  EXPECT_TRUE(ask(io, device, get(server.url("https"))));
}

TEST(HttpServer, GoesOnAcceptingAfterItRanOutOfDescriptors) {
  ServerThread server(LoopbackEndpoint{}, echo);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;  // one for the client, none for the server
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawConnection raw(server.port());
  spin_until([&] { return server.server().stats().accept_pauses > 0; });
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  raw.send(kGet);
  EXPECT_TRUE(raw.read_until("nobody:").ends_with("nobody:"));
}

TEST(HttpServer, LetsAnswersInFlightFinishWhenItStops) {
  Parked parked;
  ServerThread server(LoopbackEndpoint{}, parked.handler());
  RawConnection idle(server.port());
  RawConnection busy(server.port());
  busy.send(kGet);
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
  busy.send(kGet);
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
  busy.send(kGet);
  parked.wait_for_one();
  server.reset();
  parked.answer_all();
  EXPECT_EQ(busy.read_all(), "");
}

TEST(HttpServer, ReportsTheLoginAtTheUnixSocketAndKeepsItsFileToOwnerAndGroup) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  const auto who = [](HttpRequest request, Respond respond) {
    respond({200, "text/plain", {}, std::to_string(request.peer.uid) + "/" + std::to_string(request.peer.pid)});
  };
  ServerThread server(UnixEndpoint{path, "", {}}, who);
  EXPECT_EQ(request_over_unix(path, get("/")).value().body,
            std::to_string(::getuid()) + "/" + std::to_string(::getpid()));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660u);
}

TEST(HttpServer, RefusesALoginBeforeReadingAnything) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  ServerThread server(UnixEndpoint{path, "", [](const Peer& peer) { return peer.uid == ::getuid() + 1; }}, echo);
  RawConnection raw(path);
  const std::string all = raw.read_until("}}");
  EXPECT_TRUE(all.starts_with("HTTP/1.1 403")) << all;
  EXPECT_NE(all.find("\"not-allowed\""), std::string::npos);
  EXPECT_EQ(server.server().stats().refused_peers, 1u);
  EXPECT_EQ(server.server().stats().requests, 0u);
}

// Only root can become somebody else; for everybody else the kernel's part is covered by the two tests above.
TEST(HttpServer, KnowsAnotherLoginByTheKernelsWord) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root to connect as another user";
  const Scratch directory;
  const auto path = directory / "agent.sock";
  constexpr uid_t nobody = 65534;
  std::atomic<std::uint32_t> seen = 0;
  ServerThread server(UnixEndpoint{path, "", [&](const Peer& peer) { return seen = peer.uid, peer.uid == 0; }}, echo);
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(path.c_str(), 0666);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(nobody) != 0) ::_exit(2);
    RawConnection raw(path);
    ::_exit(raw.read_until("\r\n").starts_with("HTTP/1.1 403") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(seen, nobody);
}

TEST(HttpServer, ReplacesASocketFileNobodyListensOnButNotALiveOne) {
  const Scratch directory;
  const auto path = directory / "agent.sock";
  { ServerThread first(UnixEndpoint{path, "", {}}, echo); }
  ASSERT_TRUE(std::filesystem::exists(path));
  ServerThread second(UnixEndpoint{path, "", {}}, echo);
  EXPECT_EQ(request_over_unix(path, get("/")).value().status, 200);
  boost::asio::io_context io;
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{path, "", {}}, echo)), "address-in-use");
}

TEST(HttpServer, SaysWhyItCannotListen) {
  boost::asio::io_context io;
  ServerThread server(LoopbackEndpoint{}, echo);
  EXPECT_EQ(code_of(HttpServer::listen(io, LoopbackEndpoint{server.port()}, echo)), "address-in-use");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{"/nowhere/at/all.sock", "", {}}, echo)), "listen-failed");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{std::string(200, 'x'), "", {}}, echo)), "bad-address");
  EXPECT_EQ(code_of(HttpServer::listen(io, UnixEndpoint{"/tmp/x.sock", "no-such-group-here", {}}, echo)),
            "unknown-group");
  EXPECT_EQ(code_of(HttpServer::listen(io, TlsEndpoint{"localhost", 0, nullptr}, echo)), "bad-address");
}

}  // namespace
}  // namespace holdline::platform
