// What a server makes of requests, and whom it takes a client for.
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace test;

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
  HttpServerOptions options;
  options.max_per_certificate = 100;  // they share one
  ServerThread server(tls_endpoint(set.server, set.ca), echo, options);
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

}  // namespace
}  // namespace holdline::platform
