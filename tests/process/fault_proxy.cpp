#include "tests/process/fault_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "platform/fd.hpp"

namespace holdline::process {

namespace {

using Clock = std::chrono::steady_clock;
using platform::Fd;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Fd new_socket() {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw std::runtime_error("the proxy has no socket");
  return fd;
}

void pass_small_pieces_at_once(const Fd& fd) {
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The other end sees "connection reset" instead of an orderly end.
void reset(Fd& fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  fd = Fd();
}

struct Piece {
  Clock::time_point due;
  std::string bytes;
};

// One direction of a connection.
struct Flow {
  std::deque<Piece> waiting;
  bool ended = false;    // its source has nothing more
  bool stalled = false;  // by a Fault
};

struct Connection {
  Fd client, hub;
  Flow requests, answers;
  std::size_t asked = 0;     // bytes of requests since the last byte of an answer
  std::size_t answered = 0;  // bytes of answers since the fault was armed
};

constexpr std::size_t most_waiting = 64;  // pieces per direction; the source is not read beyond them

}  // namespace

class FaultProxy::Engine {
 public:
  Engine() : listener_(new_socket()) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(listener_.get(), 128) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("the proxy cannot listen");
    port_ = ntohs(address.sin_port);
    wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    thread_ = std::thread([this] { work(); });
  }

  ~Engine() {
    change([this] { stopping_ = true; });
    thread_.join();
  }

  // Runs on the caller's thread while the proxy's waits.
  template <class Change>
  void change(Change what) {
    {
      const std::lock_guard lock(mutex_);
      what();
    }
    ::eventfd_write(wake_.get(), 1);
  }

  template <class Value>
  Value read(Value Engine::*value) const {
    const std::lock_guard lock(mutex_);
    return this->*value;
  }

  void reset_all() {
    for (Connection& connection : connections_) reset(connection.client), reset(connection.hub);
    connections_.clear();
  }
  void arm(const Fault& fault) {
    fault_ = fault;
    struck_ = 0;
    for (Connection& connection : connections_) connection.answered = 0;
  }

  std::uint16_t port_ = 0, target_ = 0;
  bool stopping_ = false, cut_ = false, requests_blocked_ = false, answers_blocked_ = false;
  std::chrono::milliseconds delay_{0};
  Fault fault_{Fault::Kind::reset, 0, 0};
  int struck_ = 0;
  std::size_t accepted_ = 0;

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      std::vector<pollfd> sockets{{listener_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
      for (const Connection& c : connections_) {
        sockets.push_back({wanted(c.requests, requests_blocked_) ? c.client.get() : -1, POLLIN, 0});
        sockets.push_back({wanted(c.answers, answers_blocked_) ? c.hub.get() : -1, POLLIN, 0});
      }
      const int wait_ms = anything_waits() ? 2 : 1'000;
      lock.unlock();
      ::poll(sockets.data(), sockets.size(), wait_ms);
      lock.lock();
      eventfd_t drained = 0;
      ::eventfd_read(wake_.get(), &drained);
      serve(sockets);
      if (sockets[0].revents != 0) accept_one();
    }
    connections_.clear();
  }

  static bool wanted(const Flow& flow, bool blocked) {
    return !flow.ended && !flow.stalled && !blocked && flow.waiting.size() < most_waiting;
  }

  bool anything_waits() const {
    return std::ranges::any_of(connections_, [this](const Connection& c) {
      return (!c.requests.waiting.empty() && !requests_blocked_) || (!c.answers.waiting.empty() && !answers_blocked_);
    });
  }

  void accept_one() {
    Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    ++accepted_;
    if (cut_ || target_ == 0) return reset(client);
    Fd hub = new_socket();
    const sockaddr_in address = loopback(target_);
    if (::connect(hub.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return reset(client);
    pass_small_pieces_at_once(client);
    pass_small_pieces_at_once(hub);
    connections_.push_back({std::move(client), std::move(hub), {}, {}, 0, 0});
  }

  // Connections may have been reset while poll() waited: descriptors are matched again.
  void serve(const std::vector<pollfd>& sockets) {
    const auto readable = [&](const Fd& fd) {
      return std::ranges::any_of(sockets, [&](const pollfd& s) { return s.fd == fd.get() && s.revents != 0; });
    };
    for (auto at = connections_.begin(); at != connections_.end();) {
      Connection& c = *at;
      bool alive = true;
      if (readable(c.client)) {
        const auto size = take(c.client, c.requests);
        alive = size.has_value();
        c.asked += size.value_or(0);
      }
      if (alive && readable(c.hub)) {
        const auto size = take(c.hub, c.answers);
        alive = size && (*size == 0 || count_answer(c, *size));
      }
      if (alive && !requests_blocked_) alive = pass(c.requests, c.hub);
      if (alive && !answers_blocked_ && !c.answers.stalled) alive = pass(c.answers, c.client);
      const bool over = c.requests.ended && c.requests.waiting.empty() && !c.answers.stalled;
      if (!alive) reset(c.client), reset(c.hub);
      at = !alive || over ? connections_.erase(at) : std::next(at);
    }
  }

  // How many bytes came; none when the connection is broken.
  std::optional<std::size_t> take(const Fd& from, Flow& flow) {
    std::array<char, 16384> block;
    const ssize_t got = ::recv(from.get(), block.data(), block.size(), MSG_DONTWAIT);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return std::nullopt;
    if (got == 0) flow.ended = true;
    if (got <= 0) return 0;
    flow.waiting.push_back({Clock::now() + delay_, std::string(block.data(), static_cast<std::size_t>(got))});
    return static_cast<std::size_t>(got);
  }

  // False: the fault resets the connection now.
  bool count_answer(Connection& c, std::size_t size) {
    c.answered += size;
    const std::size_t asked = std::exchange(c.asked, 0);
    if (fault_.times <= 0) return true;
    const bool strikes = fault_.kind == Fault::Kind::swallow ? asked >= fault_.bytes : c.answered > fault_.bytes;
    if (!strikes) return true;
    --fault_.times;
    ++struck_;
    if (fault_.kind == Fault::Kind::swallow) return false;
    // The part before the limit still arrives.
    std::string& last = c.answers.waiting.back().bytes;
    last.resize(last.size() - std::min(size, c.answered - fault_.bytes));
    if (!pass(c.answers, c.client)) return false;
    c.answers.stalled = true;
    return fault_.kind == Fault::Kind::stall;
  }

  static bool pass(Flow& flow, const Fd& to) {
    while (!flow.waiting.empty() && flow.waiting.front().due <= Clock::now()) {
      std::string& bytes = flow.waiting.front().bytes;
      const ssize_t sent = ::send(to.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      bytes.erase(0, static_cast<std::size_t>(sent));
      if (bytes.empty()) flow.waiting.pop_front();
    }
    if (flow.ended && flow.waiting.empty()) ::shutdown(to.get(), SHUT_WR);
    return true;
  }

  Fd listener_, wake_;
  mutable std::mutex mutex_;
  std::list<Connection> connections_;
  std::thread thread_;
};

FaultProxy::FaultProxy() : engine_(std::make_unique<Engine>()) {}
FaultProxy::FaultProxy(std::uint16_t target) : FaultProxy() { forward_to(target); }
FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const { return engine_->port_; }
void FaultProxy::forward_to(std::uint16_t target) {
  engine_->change([&] { engine_->target_ = target; });
}
void FaultProxy::cut() {
  engine_->change([&] {
    engine_->cut_ = true;
    engine_->reset_all();
  });
}
void FaultProxy::block_requests() {
  engine_->change([&] { engine_->requests_blocked_ = true; });
}
void FaultProxy::block_answers() {
  engine_->change([&] { engine_->answers_blocked_ = true; });
}
void FaultProxy::black_hole() {
  engine_->change([&] { engine_->requests_blocked_ = engine_->answers_blocked_ = true; });
}
void FaultProxy::delay(std::chrono::milliseconds by) {
  engine_->change([&] { engine_->delay_ = by; });
}
void FaultProxy::arm(Fault fault) {
  engine_->change([&] { engine_->arm(fault); });
}
void FaultProxy::heal() {
  engine_->change([&] {
    engine_->cut_ = engine_->requests_blocked_ = engine_->answers_blocked_ = false;
    engine_->delay_ = std::chrono::milliseconds(0);
  });
}
std::size_t FaultProxy::connections() const { return engine_->read(&Engine::accepted_); }
int FaultProxy::struck() const { return engine_->read(&Engine::struck_); }

}  // namespace holdline::process
