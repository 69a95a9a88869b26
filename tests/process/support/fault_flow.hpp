// Bytes on their way through the fault proxy, and how many of them may pass.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "platform/os/fd.hpp"

namespace holdline::process {

using ProxyClock = std::chrono::steady_clock;

struct Piece {
  ProxyClock::time_point due;
  std::string bytes;
};

// One direction of a connection.
struct Flow {
  std::deque<Piece> waiting;
  bool ended = false;    // its source has nothing more
  bool stalled = false;  // by a Fault
};

// What one direction of all connections together may still pass.
class Allowance {
 public:
  void limit(std::size_t bytes_per_second) { rate_ = bytes_per_second, refilled_ = ProxyClock::now(); }
  void unlimit() { rate_ = 0; }
  void refill() {
    const auto now = ProxyClock::now();
    const std::chrono::duration<double> since = now - refilled_;
    // What was not used for a while is gone: a line saves nothing up.
    left_ = std::min(left_ + since.count() * static_cast<double>(rate_), static_cast<double>(rate_) / 4);
    refilled_ = now;
  }
  std::size_t of(std::size_t wanted) const {
    return rate_ == 0 ? wanted : std::min(wanted, static_cast<std::size_t>(std::max(0.0, left_)));
  }
  void take(std::size_t bytes) { left_ -= static_cast<double>(bytes); }

 private:
  std::size_t rate_ = 0;  // bytes per second; 0: no limit
  double left_ = 0;
  ProxyClock::time_point refilled_;
};

// Sends what is due and allowed. False: the connection is broken.
inline bool pass(Flow& flow, const platform::Fd& to, Allowance& allowed) {
  while (!flow.waiting.empty() && flow.waiting.front().due <= ProxyClock::now()) {
    std::string& bytes = flow.waiting.front().bytes;
    const std::size_t size = allowed.of(bytes.size());
    if (size == 0 && !bytes.empty()) return true;
    const ssize_t sent = ::send(to.get(), bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    allowed.take(static_cast<std::size_t>(sent));
    bytes.erase(0, static_cast<std::size_t>(sent));
    if (bytes.empty()) flow.waiting.pop_front();
  }
  if (flow.ended && flow.waiting.empty()) ::shutdown(to.get(), SHUT_WR);
  return true;
}

}  // namespace holdline::process
