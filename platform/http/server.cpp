#include "platform/http/server.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "platform/http/connection.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::platform {
namespace asio = boost::asio;
namespace {

constexpr int accept_burst = 64;  // then other connections get their turn
constexpr std::chrono::milliseconds accept_pause{100};

Result<BoundSocket> open_listener(const HttpEndpoint& endpoint) {
  if (const auto* tls = std::get_if<TlsEndpoint>(&endpoint)) return listen_tcp(tls->address, tls->port);
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) return listen_unix(local->path, local->group);
  return listen_tcp("127.0.0.1", std::get<LoopbackEndpoint>(endpoint).port);
}

}  // namespace

// Shared by the server object, the accept loop and the connections; the last of them destroys it.
class HttpServer::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, HttpEndpoint endpoint, BoundSocket socket, HttpHandler handler, HttpServerOptions options)
      : io_(io),
        strand_(asio::make_strand(io)),
        family_(socket.family),
        port_(socket.port),
        listener_(strand_, socket.descriptor.release()),
        pause_(strand_),
        stop_limit_(strand_),
        shared_(std::make_shared<HttpServerShared>(options)) {
    shared_->handler = std::move(handler);
    if (auto* tls = std::get_if<TlsEndpoint>(&endpoint)) shared_->tls = std::move(tls->context);
    if (auto* local = std::get_if<UnixEndpoint>(&endpoint)) shared_->allow = std::move(local->allow);
  }

  static asio::awaitable<void> accept_loop(std::shared_ptr<Core> self);
  void start() { asio::co_spawn(strand_, accept_loop(shared_from_this()), rethrow); }
  void stop(std::chrono::milliseconds limit, std::function<void()> done);
  void close_now();
  void present(std::shared_ptr<const TlsServerContext> context) {
    asio::post(strand_, [self = shared_from_this(), context = std::move(context)]() mutable {
      self->shared_->tls = std::move(context);
    });
  }

  std::uint16_t port() const { return port_; }
  HttpServerStats stats() const;

 private:
  // A coroutine that ended by an exception ends its connection, not the daemon.
  struct Ended {
    std::shared_ptr<HttpServerShared> shared;
    void operator()(std::exception_ptr failure) const {
      if (failure) ++shared->internal_errors;
    }
  };

  // A daemon that has stopped accepting would sit there deaf: it had better end and be started again.
  static void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  }

  bool accept_some();
  void start_connection(Fd socket, std::string door);
  void ended(const HttpConnection* connection);
  std::vector<std::shared_ptr<HttpConnection>> living() const;
  void close_listener();
  void report_if_empty();

  asio::io_context& io_;
  const asio::strand<asio::io_context::executor_type> strand_;
  const int family_;
  const std::uint16_t port_;
  asio::posix::stream_descriptor listener_;
  asio::steady_timer pause_;
  asio::steady_timer stop_limit_;
  const std::shared_ptr<HttpServerShared> shared_;

  mutable Mutex mutex_;  // connections end on any thread
  std::unordered_map<const HttpConnection*, std::weak_ptr<HttpConnection>> connections_ HOLDLINE_GUARDED_BY(mutex_);
  std::size_t open_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  std::function<void()> on_stopped_ HOLDLINE_GUARDED_BY(mutex_);
};

asio::awaitable<void> HttpServer::Core::accept_loop(std::shared_ptr<Core> self) {
  boost::system::error_code error;
  while (!self->shared_->stopping) {
    bool goes_on = false;
    try {
      co_await self->listener_.async_wait(asio::posix::descriptor_base::wait_read,
                                          asio::redirect_error(asio::use_awaitable, error));
      if (error || self->shared_->stopping) co_return;
      goes_on = self->accept_some();
    } catch (const std::bad_alloc&) {
      ++self->shared_->internal_errors;
    }
    if (goes_on) continue;
    ++self->shared_->accept_pauses;
    // Out of descriptors or memory: connections wait in the backlog until some of ours have ended.
    self->pause_.expires_after(accept_pause);
    co_await self->pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

// False when the process is out of something and should pause.
bool HttpServer::Core::accept_some() {
  for (int i = 0; i < accept_burst; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    Fd socket(
        ::accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
      continue;  // this one connection failed before it was accepted
    }
    ++shared_->accepted;
    try {
      start_connection(std::move(socket), shared_->tls ? door_of(&from) : std::string());
    } catch (const std::exception&) {
      ++shared_->internal_errors;
    }
  }
  return true;
}

void HttpServer::Core::start_connection(Fd socket, std::string door) {
  if (shared_->tls && !shared_->doors.may_shake_hands(door, std::chrono::steady_clock::now())) {
    ++shared_->refused_pace;
    return;
  }
  Peer peer;
  if (shared_->tls) {
    peer.kind = Peer::Kind::tls;
    peer.origin = door;
  }
  if (family_ == AF_UNIX) {
    auto known = unix_peer(socket.get());
    if (!known) return;
    peer = *known;
  }
  {
    const MutexLock lock(mutex_);
    if (open_ >= shared_->options.max_connections) {
      ++shared_->refused_full;
      return;
    }
    ++open_;
  }
  const auto executor = asio::make_strand(io_);
  // The destructor reports the end; it needs the address under which the connection is registered.
  const auto address = std::make_shared<const HttpConnection*>(nullptr);
  std::shared_ptr<HttpConnection> connection;
  try {
    connection = std::make_shared<HttpConnection>(executor, shared_, std::move(socket), family_, std::move(peer),
                                                  std::move(door),
                                                  [self = shared_from_this(), address] { self->ended(*address); });
  } catch (...) {
    ended(nullptr);
    throw;
  }
  *address = connection.get();
  {
    const MutexLock lock(mutex_);
    connections_.emplace(connection.get(), connection);
  }
  connection->enter();
  asio::co_spawn(executor, HttpConnection::run(connection), Ended{shared_});
}

void HttpServer::Core::ended(const HttpConnection* connection) {
  {
    const MutexLock lock(mutex_);
    connections_.erase(connection);
    --open_;
  }
  report_if_empty();
}

void HttpServer::Core::report_if_empty() {
  std::function<void()> done;
  {
    const MutexLock lock(mutex_);
    if (open_ == 0) done = std::exchange(on_stopped_, nullptr);
  }
  if (!done) return;
  asio::post(strand_, [self = shared_from_this(), done = std::move(done)] {
    self->stop_limit_.cancel();
    done();
  });
}

std::vector<std::shared_ptr<HttpConnection>> HttpServer::Core::living() const {
  std::vector<std::shared_ptr<HttpConnection>> out;
  const MutexLock lock(mutex_);
  out.reserve(connections_.size());
  for (const auto& [address, weak] : connections_)
    if (auto connection = weak.lock()) out.push_back(std::move(connection));
  return out;
}

void HttpServer::Core::close_listener() {
  boost::system::error_code ignored;
  listener_.close(ignored);
  pause_.cancel();
}

void HttpServer::Core::stop(std::chrono::milliseconds limit, std::function<void()> done) {
  asio::dispatch(strand_, [self = shared_from_this(), limit, done = std::move(done)]() mutable {
    self->shared_->stopping = true;
    self->close_listener();
    {
      const MutexLock lock(self->mutex_);
      self->on_stopped_ = std::move(done);
    }
    self->stop_limit_.expires_after(limit);
    self->stop_limit_.async_wait([weak = self->weak_from_this()](const boost::system::error_code& error) {
      const auto core = weak.lock();
      if (error || !core) return;
      for (const auto& connection : core->living()) connection->abort();
    });
    for (const auto& connection : self->living()) connection->stop();
    self->report_if_empty();
  });
}

void HttpServer::Core::close_now() {
  shared_->stopping = true;
  close_listener();
  stop_limit_.cancel();
  for (const auto& connection : living()) connection->abort();
}

HttpServerStats HttpServer::Core::stats() const {
  HttpServerStats out;
  {
    const MutexLock lock(mutex_);
    out.open = open_;
  }
  out.accepted = shared_->accepted;
  out.requests = shared_->requests;
  out.refused_full = shared_->refused_full;
  out.refused_pace = shared_->refused_pace;
  out.gave_way = shared_->doors.closed();
  out.refused_peers = shared_->refused_peers;
  out.failed_handshakes = shared_->failed_handshakes;
  out.bad_requests = shared_->bad_requests;
  out.timed_out = shared_->timed_out;
  out.accept_pauses = shared_->accept_pauses;
  out.internal_errors = shared_->internal_errors;
  return out;
}

namespace {

// Systems give a process a thousand descriptors, and let it have more when it asks. Whoever could use them up could
// keep everybody else out.
void ask_for_descriptors(std::size_t connections) {
  constexpr rlim_t for_files = 256;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(connections + for_files, limit.rlim_max);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<HttpServer> HttpServer::listen(asio::io_context& io, HttpEndpoint endpoint, HttpHandler handler,
                                      HttpServerOptions options) {
  if (std::holds_alternative<TlsEndpoint>(endpoint)) ask_for_descriptors(options.max_connections);
  HOLDLINE_ASSIGN(auto socket, open_listener(endpoint));
  auto core = std::make_shared<Core>(io, std::move(endpoint), std::move(socket), std::move(handler), options);
  core->start();
  return HttpServer(std::move(core));
}

HttpServer::HttpServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;

HttpServer::~HttpServer() {
  if (core_) core_->close_now();
}

std::uint16_t HttpServer::port() const { return core_->port(); }
HttpServerStats HttpServer::stats() const { return core_->stats(); }

void HttpServer::present(std::shared_ptr<const TlsServerContext> context) { core_->present(std::move(context)); }

void HttpServer::stop(std::chrono::milliseconds limit, std::function<void()> done) {
  core_->stop(limit, std::move(done));
}

}  // namespace holdline::platform
