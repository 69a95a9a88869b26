// What a server refuses or closes so that nobody can use it up: sizes, deadlines, numbers of connections.
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

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
  raw.send(plain_get);
  EXPECT_TRUE(raw.read_all().ends_with("nobody:"));
}

TEST(HttpServer, ClosesConnectionsAboveItsLimit) {
  HttpServerOptions options;
  options.max_connections = 1;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  RawConnection first(server.port());
  first.send(plain_get);
  ASSERT_TRUE(first.read_until("nobody:").ends_with("nobody:"));
  RawConnection second(server.port());
  EXPECT_EQ(second.read_all(), "");
  EXPECT_EQ(server.server().stats().refused_full, 1u);
}

TEST(HttpServer, StrangersThatSitOnTheirPlacesGiveWayAndDevicesNoticeNothing) {
  const Certificates set;
  HttpServerOptions options;
  options.max_unauthenticated = 2;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  boost::asio::io_context io;
  HttpClient device(io, trusting(set.ca, set.device));
  ASSERT_TRUE(ask(io, device, get(server.url("https"))));
  RawConnection silent(server.port()), another(server.port());
  HttpClient stranger(io, trusting(set.ca));
  EXPECT_TRUE(ask(io, stranger, get(server.url("https"))));
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_GE(server.server().stats().gave_way, 1U);
  HttpClient later(io, trusting(set.ca, set.device));
  EXPECT_TRUE(ask(io, later, get(server.url("https"))));
  EXPECT_TRUE(ask(io, device, get(server.url("https"))));
}

TEST(HttpServer, StrangersOfOneAddressAreServedAtAPaceAndDevicesAtTheirOwn) {
  const Certificates set;
  HttpServerOptions options;
  options.unauthenticated_burst = 3;
  options.unauthenticated_per_second = 0;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  boost::asio::io_context io;
  HttpClient stranger(io, trusting(set.ca));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(io, stranger, get(server.url("https"))).value().status, 200);
  EXPECT_EQ(ask(io, stranger, get(server.url("https"))).value().status, 429);
  for (int i = 0; i < 5; ++i) {
    HttpClient device(io, trusting(set.ca, set.device));
    EXPECT_EQ(ask(io, device, get(server.url("https"))).value().status, 200);
  }
}

TEST(HttpServer, OneDeviceTakesOthersNoPlaceHoweverManyConnectionsItKeeps) {
  const Certificates set;
  HttpServerOptions options;
  options.max_per_certificate = 2;
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
  boost::asio::io_context io;
  HttpClient other(io, trusting(set.ca, Certificates::make_device(set.ca, "device-2")));
  ASSERT_TRUE(ask(io, other, get(server.url("https"))));
  std::vector<std::unique_ptr<HttpClient>> kept;
  for (int i = 0; i < 5; ++i) {
    kept.push_back(std::make_unique<HttpClient>(io, trusting(set.ca, set.device)));
    EXPECT_TRUE(ask(io, *kept.back(), get(server.url("https")))) << i;
  }
  EXPECT_EQ(server.server().stats().gave_way, 3U);
  EXPECT_LE(server.server().stats().open, 3U);
  EXPECT_TRUE(ask(io, other, get(server.url("https"))));
  EXPECT_EQ(server.server().stats().accepted, 6U) << "the other's first connection still stands";
}

TEST(HttpServer, UnfinishedBodiesGiveWayOnceTheyTakeTooMuchMemoryTogether) {
  HttpServerOptions options;
  options.unfinished_bytes = 100'000;
  ServerThread server(LoopbackEndpoint{}, echo, options);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n", most(80'000, 'x');
  RawConnection first(server.port());
  first.send(head + most);
  RawConnection second(server.port());
  second.send(head + most);
  EXPECT_EQ(first.read_all(), "") << "the one that was there longest";
  second.send(std::string(10'000, 'x'));
  EXPECT_TRUE(second.read_until("\r\n").starts_with("HTTP/1.1 200"));
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
  raw.send(plain_get);
  EXPECT_TRUE(raw.read_until("nobody:").ends_with("nobody:"));
}

}  // namespace
}  // namespace holdline::platform
