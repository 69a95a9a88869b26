#include "tests/process/support/fault_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/support/fault_flow.hpp"
#include "tests/process/support/proxy_sockets.hpp"

namespace holdline::process {

namespace {

using platform::Fd;

struct Connection {
  Fd client, hub;
  Flow requests, answers;
  Counted counted;
};

// Accepted, and on its way to the hub.
struct Arriving {
  ProxyClock::time_point due;
  Fd client;
};

constexpr std::size_t max_waiting = 64;  // pieces per direction; the source is not read beyond them

}  // namespace

class FaultProxy::Engine {
 public:
  Engine() : listener_(new_socket()), port_(listen_somewhere(listener_)) {
    thread_ = std::thread([this] { work(); });
  }

  ~Engine() {
    change([this] { stopping_ = true; });
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

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
    arriving_.clear();
  }

  std::uint16_t target_ = 0;
  bool stopping_ = false, cut_ = false, requests_blocked_ = false, answers_blocked_ = false;
  std::chrono::milliseconds delay_{0};
  Allowance requests_allowed_, answers_allowed_;
  ArmedFaults faults_;
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
      connect_arrived();
    }
    connections_.clear();
  }

  static bool wanted(const Flow& flow, bool blocked) {
    return !flow.ended && !flow.stalled && !blocked && flow.waiting.size() < max_waiting;
  }

  bool anything_waits() const {
    return !arriving_.empty() || std::ranges::any_of(connections_, [this](const Connection& c) {
      return (!c.requests.waiting.empty() && !requests_blocked_) || (!c.answers.waiting.empty() && !answers_blocked_);
    });
  }

  void accept_one() {
    Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    ++accepted_;
    if (cut_ || target_ == 0) return reset(client);
    // Shaking hands takes a delay there and one back, before the first byte leaves.
    arriving_.push_back({ProxyClock::now() + 2 * delay_, std::move(client)});
  }

  void connect_arrived() {
    while (!arriving_.empty() && arriving_.front().due <= ProxyClock::now()) {
      connect_to_hub(std::move(arriving_.front().client));
      arriving_.pop_front();
    }
  }

  void connect_to_hub(Fd client) {
    Fd hub = new_socket();
    const sockaddr_in address = loopback(target_);
    if (::connect(hub.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return reset(client);
    pass_small_pieces_at_once(client);
    pass_small_pieces_at_once(hub);
    connections_.push_back({std::move(client), std::move(hub), {}, {}, {}});
  }

  // Connections may have been reset while poll() waited: descriptors are matched again.
  void serve(const std::vector<pollfd>& sockets) {
    const auto readable = [&](const Fd& fd) {
      return std::ranges::any_of(sockets, [&](const pollfd& s) { return s.fd == fd.get() && s.revents != 0; });
    };
    requests_allowed_.refill();
    answers_allowed_.refill();
    // The first one takes of a limit first: everyone is the first in turn.
    if (!connections_.empty()) connections_.splice(connections_.end(), connections_, connections_.begin());
    for (auto at = connections_.begin(); at != connections_.end();) {
      Connection& c = *at;
      bool alive = true;
      if (readable(c.client)) {
        const auto size = take(c.client, c.requests);
        alive = size && (*size == 0 || deal(faults_.request(c.counted, *size), c.requests, c.hub));
      }
      if (alive && readable(c.hub)) {
        const auto size = take(c.hub, c.answers);
        alive = size && (*size == 0 || deal(faults_.answer(c.counted, *size), c.answers, c.client));
      }
      if (alive && !requests_blocked_) alive = pass(c.requests, c.hub, requests_allowed_);
      if (alive && !answers_blocked_ && !c.answers.stalled) alive = pass(c.answers, c.client, answers_allowed_);
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
    flow.waiting.push_back({ProxyClock::now() + delay_, std::string(block.data(), static_cast<std::size_t>(got))});
    return static_cast<std::size_t>(got);
  }

  // False: the connection is reset now.
  static bool deal(const Blow& blow, Flow& flow, const Fd& to) {
    switch (blow.kind) {
      case Blow::Kind::none:
        return true;
      case Blow::Kind::reset:
        return false;
      case Blow::Kind::reset_beyond:
        pass_without_last(blow.beyond, flow, to);
        return false;
      case Blow::Kind::stall_beyond:
        flow.stalled = true;
        return pass_without_last(blow.beyond, flow, to);
    }
    return true;
  }

  // What came before the limit still arrives.
  static bool pass_without_last(std::size_t beyond, Flow& flow, const Fd& to) {
    std::string& last = flow.waiting.back().bytes;
    last.resize(last.size() - std::min(last.size(), beyond));
    Allowance all;
    return pass(flow, to, all);
  }

  const Fd listener_;
  const std::uint16_t port_;
  const Fd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  mutable std::mutex mutex_;
  std::deque<Arriving> arriving_;
  std::list<Connection> connections_;
  std::thread thread_;
};

FaultProxy::FaultProxy() : engine_(std::make_unique<Engine>()) {}
FaultProxy::FaultProxy(std::uint16_t target) : FaultProxy() { forward_to(target); }
FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const { return engine_->port(); }
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
void FaultProxy::limit(std::size_t bytes_per_second) {
  engine_->change([&] {
    engine_->requests_allowed_.limit(bytes_per_second);
    engine_->answers_allowed_.limit(bytes_per_second);
  });
}
void FaultProxy::arm(Fault fault) { arm(std::vector{fault}); }
void FaultProxy::arm(const std::vector<Fault>& faults) {
  engine_->change([&] { engine_->faults_.arm({faults.begin(), faults.end()}); });
}
void FaultProxy::disarm() { arm(std::vector<Fault>()); }
void FaultProxy::heal() {
  engine_->change([&] {
    engine_->cut_ = engine_->requests_blocked_ = engine_->answers_blocked_ = false;
    engine_->delay_ = std::chrono::milliseconds(0);
    engine_->requests_allowed_.unlimit();
    engine_->answers_allowed_.unlimit();
  });
}
std::size_t FaultProxy::connections() const { return engine_->read(&Engine::accepted_); }
int FaultProxy::struck() const { return engine_->read(&Engine::faults_).struck(); }

}  // namespace holdline::process
