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

#include "platform/http/doors.hpp"
#include "platform/http/http.hpp"
#include "platform/http/listen_socket.hpp"
#include "platform/http/parser.hpp"
#include "platform/http/server.hpp"
#include "platform/http/stream.hpp"

namespace holdline::platform {

// What the connections of one server share.
struct HttpServerShared {
  explicit HttpServerShared(const HttpServerOptions& limits)
      : options(limits),
        doors({limits.max_unauthenticated, limits.max_unauthenticated_per_address, limits.max_per_certificate,
               limits.unauthenticated_per_second, limits.unauthenticated_burst, limits.unfinished_bytes}) {}

  HttpHandler handler;
  const HttpServerOptions options;
  Doors doors;
  std::shared_ptr<const TlsServerContext> tls;  // null for plain listeners
  std::function<bool(const Peer&)> allow;       // empty: everybody
  std::atomic<bool> stopping = false;           // no further request is read

  std::atomic<std::uint64_t> accepted = 0, requests = 0, refused_full = 0, refused_pace = 0, refused_peers = 0,
                             failed_handshakes = 0, bad_requests = 0, timed_out = 0, accept_pauses = 0,
                             internal_errors = 0;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  template <class T>
  using Awaitable = boost::asio::awaitable<T>;

  // `executor` is a strand of its own. `door`: see door_of(). `on_end` is called once, by the destructor.
  HttpConnection(boost::asio::any_io_executor executor, std::shared_ptr<HttpServerShared> shared, Fd socket, int family,
                 Peer peer, std::string door, std::function<void()> on_end);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  // Serves until the connection ends. The argument keeps it alive.
  static Awaitable<void> run(std::shared_ptr<HttpConnection> self);

  // Once, when it can be found by others: a TLS client is a stranger until it shows a certificate.
  void enter();
  // From any thread. Closes now if no request is in progress, else after its answer.
  void stop();
  // From any thread. Closes now; an answer in flight is lost.
  void abort();

 private:
  // Where an answer from another thread finds the connection, or learns that it is gone.
  struct Mailbox;

  Awaitable<bool> admit();
  Awaitable<bool> serve_one();
  Awaitable<void> refuse_pace();
  Awaitable<bool> receive(HttpRequestParser& parser);
  Awaitable<bool> receive_rest(HttpRequestParser& parser, Doors::Ticket& body);
  Awaitable<HttpResponse> answer(HttpRequest request);
  Awaitable<bool> send(HttpResponse response, bool keep_alive, bool head_only);
  Awaitable<void> send_live(std::shared_ptr<LiveBody> body);
  Awaitable<void> linger();

  HttpParserLimits parser_limits() const;
  bool is_stranger() const { return stream_.is_tls() && !peer_.certificate; }
  void call_handler(HttpRequest request);
  void deliver(std::uint64_t request_number, HttpResponse response);
  void look_at_live();
  Doors::Close abort_if_there();
  void watch_peer();
  void arm(std::chrono::milliseconds limit);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<HttpServerShared> shared_;
  const std::function<void()> on_end_;
  const std::shared_ptr<Mailbox> mailbox_;
  Stream stream_;
  Peer peer_;
  const std::string door_;
  Doors::Ticket ticket_ = 0;

  // The phase's deadline: when it passes the stream is ended.
  boost::asio::steady_timer deadline_;
  bool idle_ = false;     // waiting for the first byte of a request
  bool refused_ = false;  // while the client may still be sending

  std::string unread_;  // received, not yet consumed
  std::uint64_t request_number_ = 0;
  boost::asio::steady_timer answer_timer_;
  std::optional<HttpResponse> answer_;
  bool awaiting_answer_ = false;
  bool sending_live_ = false;
  bool watching_ = false;  // a wait for readability is pending on behalf of watch_peer()
  bool peer_gone_ = false;
};

}  // namespace holdline::platform
