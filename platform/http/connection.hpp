// One connection of the HTTP server, from acceptance to close.
// Internal to platform/http.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "platform/http/http.hpp"
#include "platform/http/listen_socket.hpp"
#include "platform/http/parser.hpp"
#include "platform/http/server.hpp"
#include "platform/http/stream.hpp"

namespace holdline::platform {

// What the connections of one server share.
struct HttpServerShared {
  HttpHandler handler;
  HttpServerOptions options;
  std::shared_ptr<const TlsServerContext> tls;  // null for plain listeners
  std::function<bool(const Peer&)> allow;       // empty: everybody
  std::atomic<bool> stopping = false;           // no further request is read

  // TLS connections that have shown no client certificate (yet).
  std::atomic<std::size_t> unauthenticated = 0;
  std::atomic<std::uint64_t> accepted = 0, requests = 0, refused_full = 0, refused_peers = 0, failed_handshakes = 0,
                             bad_requests = 0, timed_out = 0, accept_pauses = 0, internal_errors = 0;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  template <class T>
  using Awaitable = boost::asio::awaitable<T>;

  // `executor` is a strand of its own. `on_end` is called once, by the destructor.
  HttpConnection(boost::asio::any_io_executor executor, std::shared_ptr<HttpServerShared> shared, Fd socket, int family,
                 Peer peer, std::function<void()> on_end);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  // Serves until the connection ends. The argument keeps it alive.
  static Awaitable<void> run(std::shared_ptr<HttpConnection> self);

  // From any thread. Closes now if no request is in progress, else after its answer.
  void stop();
  // From any thread. Closes now; an answer in flight is lost.
  void abort();

 private:
  // Where an answer from another thread finds the connection, or learns that it is gone.
  struct Mailbox;

  Awaitable<bool> admit();
  Awaitable<bool> serve_one();
  Awaitable<bool> receive(HttpRequestParser& parser);
  Awaitable<HttpResponse> answer(HttpRequest request);
  Awaitable<bool> send(HttpResponse response, bool keep_alive, bool head_only);
  Awaitable<void> linger();

  HttpParserLimits parser_limits() const;
  void call_handler(HttpRequest request);
  void deliver(std::uint64_t request_number, HttpResponse response);
  void watch_peer();
  void arm(std::chrono::milliseconds limit);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<HttpServerShared> shared_;
  const std::function<void()> on_end_;
  const std::shared_ptr<Mailbox> mailbox_;
  Stream stream_;
  Peer peer_;
  bool counted_unauthenticated_ = false;

  // The phase's deadline: when it passes the stream is ended.
  boost::asio::steady_timer deadline_;
  bool idle_ = false;     // waiting for the first byte of a request
  bool refused_ = false;  // while the client may still be sending

  std::string unread_;  // received, not yet consumed
  std::uint64_t request_number_ = 0;
  boost::asio::steady_timer answer_timer_;
  std::optional<HttpResponse> answer_;
  bool awaiting_answer_ = false;
  bool watching_ = false;  // a wait for readability is pending on behalf of watch_peer()
  bool peer_gone_ = false;
};

}  // namespace holdline::platform
