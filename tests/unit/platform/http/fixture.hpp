// A server on its own thread, an authority with one server and one device certificate, and a client on the test's.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "platform/crypto/certificate.hpp"
#include "platform/http/client.hpp"
#include "platform/http/server.hpp"
#include "platform/http/tls.hpp"
#include "platform/http/unix_client.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform::test {

inline UnixTime now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// Keys are slow to make under the sanitizers, so the tests that only need "some" certificates share one set.
struct Certificates {
  CertificateAuthority ca = CertificateAuthority::create("Test authority", now()).value();
  Identity server = ca.issue_server({"127.0.0.1", "localhost"}, now()).value();
  Identity device = make_device(ca, "device-1");

  static Identity make_device(const CertificateAuthority& ca, const std::string& id) {
    const DeviceKey key = make_device_key_and_csr(id).value();
    return {ca.sign_device(key.csr_pem, id, now()).value(), key.key_pem};
  }
};

// Runs one HttpServer on a thread until destroyed.
class ServerThread {
 public:
  ServerThread(HttpEndpoint endpoint, HttpHandler handler, HttpServerOptions options = {})
      : server_(HttpServer::listen(io_, std::move(endpoint), std::move(handler), options).value()),
        thread_([this] { io_.run(); }) {}
  ~ServerThread() {
    work_.reset();
    io_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.port(); }
  HttpServer& server() { return server_; }
  std::string url(const std::string& scheme, const std::string& target = "/") const {
    return scheme + "://127.0.0.1:" + std::to_string(port()) + target;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  HttpServer server_;
  std::thread thread_;
};

inline HttpEndpoint tls_endpoint(const Identity& server, const CertificateAuthority& client_ca) {
  return TlsEndpoint{"127.0.0.1", 0, TlsServerContext::create(server, client_ca.certificate_pem()).value()};
}

// Says who asked and repeats the body.
inline void echo(HttpRequest request, Respond respond) {
  HttpResponse response;
  response.content_type = "text/plain";
  const auto& certificate = request.peer.certificate;
  response.body = (certificate ? certificate->common_name : std::string("nobody")) + ":" + request.body;
  respond(std::move(response));
}

inline HttpClientRequest get(std::string url) {
  HttpClientRequest request;
  request.url = std::move(url);
  return request;
}

inline HttpClientRequest post(std::string url, std::string body) {
  HttpClientRequest request = get(std::move(url));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

inline HttpClientOptions plain() {
  HttpClientOptions options;
  options.allow_plain_http = true;
  return options;
}

inline HttpClientOptions trusting(const CertificateAuthority& ca, Identity identity = {}) {
  HttpClientOptions options;
  options.trust.ca_pem = ca.certificate_pem();
  options.identity = std::move(identity);
  return options;
}

// As bytes, for a RawConnection.
inline constexpr char plain_get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

template <class Predicate>
void spin_until(Predicate predicate) {
  while (!predicate()) std::this_thread::yield();
}

// One request through an HttpClient, running its event loop until the answer is there.
inline Result<HttpClientResponse> ask(boost::asio::io_context& io, HttpClient& client, HttpClientRequest request) {
  std::optional<Result<HttpClientResponse>> outcome;
  client.send(std::move(request), [&](Result<HttpClientResponse> result) { outcome = std::move(result); });
  io.restart();
  while (!outcome) io.run_one();
  return *std::move(outcome);
}

// A plain blocking TCP connection for what no well-behaved client sends.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  explicit RawConnection(const std::filesystem::path& socket);
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  int descriptor() const { return fd_; }
  void send(std::string_view bytes);
  void finish() { ::shutdown(fd_, SHUT_WR); }
  // Everything until the server closes.
  std::string read_all();
  // Until `end` was received or the server closed.
  std::string read_until(std::string_view end);

 private:
  int fd_;
};

}  // namespace holdline::platform::test
