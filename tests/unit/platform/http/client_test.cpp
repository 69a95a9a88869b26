#include "platform/http/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <mutex>

#include "platform/crypto/openssl_ptr.hpp"
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

// Takes one connection, reads a request header, sends `bytes` as they are and then closes, or keeps the connection
// open until destroyed.
class FakeServer {
 public:
  FakeServer(std::string bytes, bool hold) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, hold, text = std::move(bytes)] { serve(text, hold); });
  }
  ~FakeServer() {
    release_.set_value();
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  void serve(const std::string& text, bool hold) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    std::string received;
    char buffer[4096];
    while (received.find("\r\n\r\n") == std::string::npos) {
      const ssize_t n = ::recv(connection, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      received.append(buffer, static_cast<std::size_t>(n));
    }
    ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (hold) release_.get_future().wait();
    ::close(connection);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::promise<void> release_;
  std::thread thread_;
};

Result<HttpClientResponse> ask_once(HttpClientOptions options, HttpClientRequest request) {
  boost::asio::io_context io;
  HttpClient client(io, std::move(options));
  return ask(io, client, std::move(request));
}

TEST(HttpClient, SendsMethodHeadersAndBodyAndReceivesThemBack) {
  std::promise<HttpRequest> seen;
  ServerThread server(LoopbackEndpoint{}, [&](HttpRequest request, Respond respond) {
    seen.set_value(std::move(request));
    respond({418, "text/plain", {{"X-Answer", "yes"}}, "body"});
  });
  HttpClientRequest request = post(server.url("http", "/a?b=c"), "payload");
  request.method = "PUT";
  request.headers = {{"X-Question", "why"}, {"X-Empty", ""}};
  const auto response = ask_once(plain(), request).value();
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.headers.at("x-answer"), "yes");
  EXPECT_EQ(response.body, "body");
  const HttpRequest got = seen.get_future().get();
  EXPECT_EQ(got.method, "PUT");
  EXPECT_EQ(got.query.at("b"), "c");
  EXPECT_EQ(got.header("x-question"), "why");
  EXPECT_EQ(got.headers.count("x-empty"), 1u);
  EXPECT_EQ(got.body, "payload");
}

TEST(HttpClient, RefusesAServerOfAnotherAuthority) {
  const Certificates set, other;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  const auto outcome = ask_once(trusting(other.ca), get(server.url("https")));
  ASSERT_EQ(code_of(outcome), "tls-untrusted");
  EXPECT_EQ(outcome.error().kind, ErrorKind::ask_person);
  EXPECT_NE(outcome.error().message.find("unknown authority"), std::string::npos);
  EXPECT_EQ(code_of(ask_once({}, get(server.url("https")))), "tls-untrusted") << "no authority at all trusts nobody";
}

TEST(HttpClient, SaysWhetherACertificateIsExpiredOrEarlyOrForAnotherName) {
  const auto ca = CertificateAuthority::create("Test authority", now() - std::chrono::days(800)).value();
  const auto refusal = [&](const Identity& identity) {
    ServerThread server(tls_endpoint(identity, ca), echo);
    const auto outcome = ask_once(trusting(ca), get(server.url("https")));
    return code_of(outcome) == "tls-untrusted" ? outcome.error().message : "not refused: " + code_of(outcome);
  };
  const auto expired = ca.issue_server({"127.0.0.1"}, now() - std::chrono::days(700)).value();
  const auto early = ca.issue_server({"127.0.0.1"}, now() + std::chrono::days(2)).value();
  const auto other_name = ca.issue_server({"hub.example"}, now()).value();
  EXPECT_NE(refusal(expired).find("has expired"), std::string::npos) << refusal(expired);
  EXPECT_NE(refusal(early).find("not yet valid"), std::string::npos) << refusal(early);
  EXPECT_NE(refusal(other_name).find("another name"), std::string::npos) << refusal(other_name);
}

TEST(HttpClient, JudgesCertificatesByWhatHasPassedWhereItsClockIsBehindIt) {
  const auto ca = CertificateAuthority::create("Test authority", now() - std::chrono::days(800)).value();
  const auto answer = [&](UnixTime made, UnixTime passed) {
    ServerThread server(tls_endpoint(ca.issue_server({"127.0.0.1"}, made).value(), ca), echo);
    HttpClientOptions options = trusting(ca);
    options.trust.has_passed = [passed] { return passed; };
    const auto outcome = ask_once(options, get(server.url("https")));
    return outcome ? "trusted" : outcome.error().message;
  };
  const std::chrono::days day(1);
  const UnixTime early = now() + 20 * day;
  EXPECT_EQ(answer(early, early), "trusted");
  EXPECT_NE(answer(early, early - 2 * day).find("not yet valid"), std::string::npos);
  EXPECT_NE(answer(now(), now() + 400 * day).find("has expired"), std::string::npos);
  EXPECT_EQ(answer(now(), now() - 400 * day), "trusted") << "the clock is right";
  EXPECT_NE(answer(now() - 700 * day, now() - 500 * day).find("has expired"), std::string::npos);
}

TEST(HttpClient, LearnsThatItsOwnCertificateWasRefused) {
  const Certificates set, other;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  const auto foreign = ask_once(trusting(set.ca, other.device), post(server.url("https"), "a"));
  EXPECT_EQ(code_of(foreign), "tls-client-rejected") << (foreign ? foreign->body : foreign.error().message);
  const auto as_server = ask_once(trusting(set.ca, set.server), get(server.url("https")));
  EXPECT_EQ(code_of(as_server), "tls-client-rejected") << "a server certificate is no device";
  EXPECT_EQ(code_of(ask_once(trusting(set.ca, {set.device.chain_pem, "no key"}), get(server.url("https")))),
            "tls-client-rejected");
}

TEST(HttpClient, TrustsAnAuthorityByItsFingerprintAlone) {
  const Certificates set, other;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  HttpClientOptions options;
  options.trust.ca_fingerprint = set.ca.fingerprint();
  boost::asio::io_context io;
  HttpClient client(io, options);
  EXPECT_EQ(ask(io, client, post(server.url("https"), "a")).value().body, "nobody:a");
  EXPECT_EQ(client.pinned_ca_pem(), set.ca.certificate_pem());
  options.trust.ca_fingerprint = other.ca.fingerprint();
  EXPECT_EQ(code_of(ask_once(options, get(server.url("https")))), "tls-untrusted");
}

TEST(HttpClient, ChecksNameAndSignatureAlsoWithAFingerprint) {
  const Certificates set, other;
  HttpClientOptions options;
  options.trust.ca_fingerprint = set.ca.fingerprint();
  ServerThread misnamed(tls_endpoint(set.ca.issue_server({"hub.example"}, now()).value(), set.ca), echo);
  EXPECT_EQ(code_of(ask_once(options, get(misnamed.url("https")))), "tls-untrusted");
  // An impostor can show the public certificate of the authority, but has nothing signed by it.
  Identity impostor = other.server;
  impostor.chain_pem += set.ca.certificate_pem();
  ServerThread server(tls_endpoint(impostor, set.ca), echo);
  EXPECT_EQ(code_of(ask_once(options, get(server.url("https")))), "tls-untrusted");
}

TEST(HttpClient, ResumesItsTlsSessionOnANewConnection) {
  const Certificates set;
  const auto context = TlsServerContext::create(set.server, set.ca.certificate_pem()).value();
  ServerThread server(TlsEndpoint{"127.0.0.1", 0, context}, echo);
  boost::asio::io_context io;
  HttpClient client(io, trusting(set.ca, set.device));
  HttpClientRequest request = get(server.url("https"));
  request.headers = {{"Connection", "close"}};
  ASSERT_EQ(ask(io, client, request).value().body, "device-1:");
  EXPECT_EQ(ask(io, client, request).value().body, "device-1:") << "the certificate is known from the ticket";
  EXPECT_EQ(server.server().stats().accepted, 2u);
  EXPECT_EQ(SSL_CTX_sess_hits(context->native()), 1);
}

TEST(TlsServer, RefusesAClientThatSpeaksTls12) {
  const Certificates set;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  const auto connects_with = [&](int version) {
    const SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(context.get(), version);
    const RawConnection raw(server.port());
    const SslPtr ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), raw.descriptor());
    return SSL_connect(ssl.get()) == 1;
  };
  EXPECT_FALSE(connects_with(TLS1_2_VERSION));
  EXPECT_TRUE(connects_with(TLS1_3_VERSION));
}

TEST(HttpClient, RefusesPlainHttpUnlessAllowed) {
  ServerThread server(LoopbackEndpoint{}, echo);
  EXPECT_EQ(code_of(ask_once({}, get(server.url("http")))), "bad-request");
}

TEST(HttpClient, RefusesToSendAHeaderThatHidesAnother) {
  HttpClientRequest request = get("http://127.0.0.1:1/");
  request.headers = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(code_of(ask_once(plain(), request)), "bad-request");
}

TEST(HttpClient, ReportsAServerThatIsNotThere) {
  std::string url;
  {
    ServerThread server(LoopbackEndpoint{}, echo);
    url = server.url("http");
  }
  const auto outcome = ask_once(plain(), get(url));
  EXPECT_EQ(code_of(outcome), "connection-refused") << "its computer is there";
  EXPECT_EQ(outcome.error().kind, ErrorKind::retry_later);
}

TEST(HttpClient, ReportsAnAnswerThatBreaksOff) {
  FakeServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false);
  const auto outcome = ask_once(plain(), get(server.url()));
  EXPECT_EQ(code_of(outcome), "connection-lost");
  EXPECT_EQ(outcome.error().kind, ErrorKind::retry_later);
}

TEST(HttpClient, GivesUpWhenItsTimeIsOver) {
  FakeServer server("", true);
  HttpClientRequest request = get(server.url());
  request.timeout = 50ms;
  EXPECT_EQ(code_of(ask_once(plain(), request)), "timeout");
}

TEST(HttpClient, GivesUpOnABodyThatStallsButNotOnAnAnswerThatIsSlowToBegin) {
  FakeServer stalling("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true);
  HttpClientOptions options = plain();
  options.stall_timeout = 40ms;
  HttpClientRequest request = get(stalling.url());
  request.timeout = 1h;
  EXPECT_EQ(code_of(ask_once(options, request)), "timeout");
  FakeServer thinking("", true);
  request = get(thinking.url());
  request.timeout = 400ms;
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(ask_once(options, request)), "timeout");
  EXPECT_GE(std::chrono::steady_clock::now() - started, 400ms);
}

TEST(HttpClient, WaitsForAnAnswerToBeginAndThenForAsLongAsBytesMove) {
  HttpClientOptions options = plain();
  options.stall_timeout = 40ms;
  FakeServer thinking("", true);
  HttpClientRequest request = get(thinking.url());
  request.timeout_for = TimeoutFor::answer;
  request.timeout = 300ms;
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(ask_once(options, request)), "timeout");
  EXPECT_GE(std::chrono::steady_clock::now() - started, 300ms);
  FakeServer stalling("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true);
  request.url = stalling.url();
  request.timeout = 1h;
  EXPECT_EQ(code_of(ask_once(options, request)), "timeout") << "an answer that began stands still";
}

TEST(HttpClient, EndsAnAnswerThatIsLargerThanAskedFor) {
  ServerThread server(LoopbackEndpoint{}, echo);
  HttpClientRequest request = post(server.url("http"), std::string(1000, 'x'));
  request.max_response_bytes = 1007;
  EXPECT_TRUE(ask_once(plain(), request));
  request.max_response_bytes = 1006;
  EXPECT_EQ(code_of(ask_once(plain(), request)), "too-large");
  FakeServer endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + std::string(1024, 'x') + "\r\n",
                     true);
  request = get(endless.url());
  request.max_response_bytes = 1000;
  EXPECT_EQ(code_of(ask_once(plain(), request)), "too-large");
}

TEST(HttpClient, GoesOnAfterTheServerRestarted) {
  const Certificates set;
  auto server = std::make_unique<ServerThread>(tls_endpoint(set.server, set.ca), echo);
  const std::string url = server->url("https");
  const std::uint16_t port = server->port();
  boost::asio::io_context io;
  HttpClient client(io, trusting(set.ca, set.device));
  ASSERT_TRUE(ask(io, client, get(url)));
  server.reset();
  EXPECT_FALSE(ask(io, client, get(url)));
  const auto context = TlsServerContext::create(set.server, set.ca.certificate_pem()).value();
  server = std::make_unique<ServerThread>(TlsEndpoint{"127.0.0.1", port, context}, echo);
  EXPECT_EQ(ask(io, client, get(url)).value().body, "device-1:");
}

TEST(HttpClient, NeverCallsBackAfterCancel) {
  ServerThread server(LoopbackEndpoint{}, echo);
  boost::asio::io_context io;
  HttpClient client(io, plain());
  bool called = false;
  const auto before = client.send(get(server.url("http")), [&](auto) { called = true; });
  client.cancel(before);
  // Also when the outcome is already on its way.
  const auto refused = client.send(get("ftp://127.0.0.1/"), [&](auto) { called = true; });
  client.cancel(refused);
  EXPECT_TRUE(ask(io, client, get(server.url("http"))));
  EXPECT_FALSE(called);
}

TEST(HttpClient, MayBeDestroyedByItsOwnCallback) {
  ServerThread server(LoopbackEndpoint{}, echo);
  boost::asio::io_context io;
  auto client = std::make_unique<HttpClient>(io, plain());
  bool second = false;
  client->send(get(server.url("http")), [&](auto) { client.reset(); });
  client->send(get(server.url("http")), [&](auto) { second = true; });
  io.run();
  EXPECT_FALSE(client);
  (void)second;  // whether it came first is the network's choice
}

TEST(HttpClient, ShutsDownAtOnceWithRequestsInFlight) {
  const Certificates set;
  std::mutex mutex;
  std::vector<Respond> never;
  ServerThread server(tls_endpoint(set.server, set.ca), [&](HttpRequest request, Respond respond) {
    if (request.path == "/now") return respond({});
    const std::lock_guard lock(mutex);
    never.push_back(std::move(respond));
  });
  boost::asio::io_context io;
  for (int i = 0; i < 200; ++i) {
    HttpClient client(io, trusting(set.ca, set.device));
    int answered = 0;
    for (const char* target : {"/now", "/never", "/now"})
      client.send(get(server.url("https", target)), [&](auto) { ++answered; });
    client.send(get("https://name.invalid/"), [](auto) {});
    // Destroyed in every phase: before the first event, in the handshake, in a long poll, between answers.
    io.restart();
    for (int event = 0; event < i % 40 && answered < 2; ++event) io.run_one();
  }
  io.restart();
  io.run();
  server.server().stop(0ms, [] {});
  SUCCEED();
}

}  // namespace
}  // namespace holdline::platform
