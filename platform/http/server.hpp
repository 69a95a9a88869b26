// HTTP/1.1 server shell for both daemons: one listener with its handler and limits. It knows nothing of what is served.
//
// Threads: runs on the io_context it is given, which one or more threads may run; the connections are independent, each
// handled by one thread at a time. The handler is called on those threads and must not block; answers may come from any
// thread (see Respond). Every wait and every buffer has a limit, set in HttpServerOptions.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "platform/http/http.hpp"
#include "platform/http/tls.hpp"
#include "sync/base/result.hpp"

namespace boost::asio {
class io_context;
}

namespace holdline::platform {

// TLS 1.3. A client certificate is optional here and reported in Peer::certificate; the handler refuses requests that
// need one (everything but enrolment). A certificate that does not verify ends the connection.
struct TlsEndpoint {
  std::string address = "::";  // numeric; "::" takes IPv4 as well
  std::uint16_t port = 0;      // 0: the kernel chooses, see HttpServer::port()
  std::shared_ptr<const TlsServerContext> context;
};

// A socket file of mode 0660. Who may connect is decided by `allow` from the kernel's credentials, before anything is
// read; others receive 403.
struct UnixEndpoint {
  std::filesystem::path path;
  std::string group;  // owner group of the file; empty: the process's own
  std::function<bool(const Peer&)> allow;
};

// Plain HTTP on 127.0.0.1, never on another address.
struct LoopbackEndpoint {
  std::uint16_t port = 0;
};

using HttpEndpoint = std::variant<TlsEndpoint, UnixEndpoint, LoopbackEndpoint>;

struct HttpServerOptions {
  std::size_t header_bytes = 8 * 1024;           // 431 above
  std::size_t body_bytes = 4 * 1024 * 1024;      // 413 above
  std::size_t anonymous_body_bytes = 64 * 1024;  // the same for TLS clients without a certificate
  std::size_t max_connections = 20'000;          // more are closed on arrival
  // TLS connections in handshake or without a certificate (strangers), in all and from one address (of IPv6: one
  // network). Above, the one that was there longest is closed, so that silent ones keep nobody out.
  std::size_t max_unauthenticated = 1'000;
  std::size_t max_unauthenticated_per_address = 250;
  // TLS connections of one client certificate. Above, its first one is closed: no workstation takes others their place.
  std::size_t max_per_certificate = 64;
  // Handshakes, and as many requests, of strangers from one address: so many at once, then so many a second. More are
  // closed before the handshake, or answered with 429. Who shows a certificate is not counted.
  double unauthenticated_burst = 500;
  double unauthenticated_per_second = 50;
  // Of all request bodies that are not complete. Above, those that take up most are closed, the oldest first.
  std::size_t unfinished_bytes = 64 * 1024 * 1024;
  // For the TLS handshake. On a slow line it takes two round trips of seconds, beside an upload that fills the line;
  // those who only pretend to be slow are bounded by max_unauthenticated. A stranger is idle for header_deadline only.
  std::chrono::milliseconds handshake_deadline{20'000};
  std::chrono::milliseconds header_deadline{
      5'000};                                       // for a header from its first byte, the first from the handshake on
  std::chrono::milliseconds body_deadline{30'000};  // for each 64 KiB of a request body
  std::chrono::milliseconds idle_timeout{75'000};   // between requests
  std::chrono::milliseconds answer_deadline{
      60'000};  // for the handler's answer; then 503. Above the longest poll (25 s)
  std::chrono::milliseconds write_deadline{30'000};  // for each 64 KiB of a response
};

// Counters since the start, except `open`.
struct HttpServerStats {
  std::uint64_t open = 0;
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;           // given to the handler
  std::uint64_t refused_full = 0;       // over a connection limit
  std::uint64_t refused_pace = 0;       // strangers over their pace: handshakes and requests
  std::uint64_t gave_way = 0;           // closed for others: strangers and unfinished bodies
  std::uint64_t refused_peers = 0;      // not allowed on the Unix socket
  std::uint64_t failed_handshakes = 0;  // includes refused client certificates
  std::uint64_t bad_requests = 0;       // malformed or too large
  std::uint64_t timed_out = 0;          // a deadline of HttpServerOptions passed, idle_timeout included
  std::uint64_t accept_pauses = 0;      // out of file descriptors or memory
  std::uint64_t internal_errors = 0;    // the handler or the shell threw
};

class HttpServer {
 public:
  // Listens when it returns. `io` must outlive the server. Errors: see platform/http/listen_socket.hpp; all "ask a
  // person".
  static Result<HttpServer> listen(boost::asio::io_context& io, HttpEndpoint endpoint, HttpHandler handler,
                                   HttpServerOptions options = {});

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) = delete;
  // Closes everything at once. Call it while no thread runs `io`, or after stop() reported, or on the only thread of
  // `io`: the handler is not called any more once this returns.
  ~HttpServer();

  // The bound TCP port; 0 for a Unix socket.
  std::uint16_t port() const;
  HttpServerStats stats() const;

  // Connections accepted from now on meet this certificate, and are verified against its authorities. Of a TLS listener
  // only. Any thread; takes effect in its turn on `io`.
  void present(std::shared_ptr<const TlsServerContext> context);

  // Stops accepting, closes idle connections, lets answers in flight finish for at most `limit`, then closes the rest
  // and calls `done` once, on a thread of `io`. Call at most once, from any thread.
  void stop(std::chrono::milliseconds limit, std::function<void()> done);

 private:
  class Core;
  explicit HttpServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace holdline::platform
