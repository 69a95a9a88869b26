// Who may come in and how much may be begun: bounds on TLS clients that show no certificate (strangers), in all and
// from one address, on the pace at which one address may begin handshakes and requests as a stranger, on the
// connections of one certificate, and on the memory of request bodies that are not complete. Over a bound the one who
// was there longest gives way, of those who take up most: whoever is served soon is hardly ever met, and no place is
// kept by sitting on it.
//
// Thread-safe. The calls to close happen without a lock held, on the thread of whoever needed the room.
// Internal to platform/http.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "platform/os/mutex.hpp"

namespace holdline::platform {

struct DoorLimits {
  std::size_t strangers = 1'000;
  std::size_t strangers_per_address = 250;
  std::size_t per_certificate = 64;
  double per_second = 50;  // handshakes, and as many requests, of strangers from one address
  double burst = 500;
  std::size_t unfinished_bytes = 64 * 1024 * 1024;
};

// The address by which strangers are counted: an IPv4 address, or the network (the first 64 bits) of an IPv6 one, for
// whoever has one of those has all its addresses.
std::string door_of(const void* socket_address);

class Doors {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Close = std::function<void()>;
  using Ticket = std::uint64_t;  // 0: none

  explicit Doors(const DoorLimits& limits) : limits_(limits) {}

  // False: this address began too many of them lately.
  bool may_shake_hands(const std::string& address, Time now) { return take(handshakes, address, now); }
  bool may_ask(const std::string& address, Time now) { return take(requests, address, now); }
  // The handshake was no stranger's: it does not count.
  void give_back_handshake(const std::string& address);

  // A stranger has come in; others are closed when they are too many.
  Ticket enter(const std::string& address, Close close);
  // Somebody with a certificate has; the first of its connections is closed when it has too many.
  Ticket enter_known(const std::string& certificate, Close close);
  // A body of `owner` grows by `bytes`; a first call without a ticket makes one. Others are closed when all together
  // are too large; one alone never is.
  void grow(Ticket& body, const std::string& owner, std::size_t bytes, const Close& close);
  void leave(Ticket ticket);
  void finish(Ticket body);

  std::uint64_t closed() const;

 private:
  struct Bucket {
    double tokens = 0;
    Time at;
  };
  enum What : std::size_t { handshakes, requests };
  // In the order they came.
  struct Holder {
    std::string owner;
    std::size_t size = 0;
    Close close;
  };
  using Holders = std::map<Ticket, Holder>;

  bool take(What what, const std::string& address, Time now);
  // Removes the first holder of this owner.
  static Close give_way_of(Holders& holders, std::map<std::string, std::size_t>& sums, const std::string& owner);
  // Removes the first holder, other than `keep`, of the owner whose sizes are largest in sum.
  static Close give_way(Holders& holders, std::map<std::string, std::size_t>& sums, Ticket keep);
  static void remove(Holders& holders, std::map<std::string, std::size_t>& sums, Ticket ticket);

  const DoorLimits limits_;
  mutable Mutex mutex_;
  std::array<std::map<std::string, Bucket>, 2> buckets_ HOLDLINE_GUARDED_BY(mutex_);  // by What
  Holders strangers_ HOLDLINE_GUARDED_BY(mutex_), known_ HOLDLINE_GUARDED_BY(mutex_),
      bodies_ HOLDLINE_GUARDED_BY(mutex_);
  std::map<std::string, std::size_t> strangers_by_ HOLDLINE_GUARDED_BY(mutex_), known_by_ HOLDLINE_GUARDED_BY(mutex_),
      bytes_by_ HOLDLINE_GUARDED_BY(mutex_);
  std::size_t bytes_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  Ticket last_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  std::uint64_t closed_ HOLDLINE_GUARDED_BY(mutex_) = 0;
};

}  // namespace holdline::platform
