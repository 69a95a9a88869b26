// Virtual time: events in the order of their time, and of being planned where that is equal. Nothing waits; an hour
// passes as fast as its events can be worked off.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace holdline::sim {

class Timeline {
 public:
  using Event = std::function<void()>;

  std::int64_t now_ms() const { return now_ms_; }  // since the world began
  void in(std::int64_t delay_ms, Event event);
  // Works off the next event that is due by `until_ms`. False: there is none, and it is `until_ms` now.
  bool step(std::int64_t until_ms);
  std::uint64_t events() const { return done_; }

 private:
  struct Planned {
    std::int64_t at_ms;
    std::uint64_t order;
    Event event;
    bool operator>(const Planned& other) const { return std::pair(at_ms, order) > std::pair(other.at_ms, other.order); }
  };

  std::int64_t now_ms_ = 0;
  std::uint64_t planned_ = 0, done_ = 0;
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> queue_;
};

}  // namespace holdline::sim
