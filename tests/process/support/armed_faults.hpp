// The faults a proxy has ready, and at which byte of which connection each strikes.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

namespace holdline::process {

// What happens to one connection when its bytes reach a limit. They are counted from then on when it was armed, or
// the one before it was over.
struct Fault {
  enum class Kind {
    stall,          // after `bytes` of answers no more of them arrive, and the connection stays open
    reset,          // after `bytes` of answers the connection is reset
    reset_request,  // after `bytes` of requests the connection is reset
    swallow,  // a request of at least `bytes` reaches the hub, but its answer is thrown away and the connection reset
  };
  Kind kind = Kind::reset;
  std::size_t bytes = 0;
  int times = 1;  // connections it happens to; then it is over
};

// What passed on one connection.
struct Counted {
  std::size_t asked = 0;                    // bytes of requests since the last byte of an answer
  std::size_t requested = 0, answered = 0;  // bytes of either direction since the fault was armed
  std::size_t round = 0;                    // which fault that was
};

// What becomes of bytes that just arrived.
struct Blow {
  enum class Kind {
    none,          // they pass
    reset,         // the connection is reset, with none of them
    reset_beyond,  // it is reset when all but the last `beyond` of them have passed
    stall_beyond,  // those pass, and nothing after them
  };
  Kind kind = Kind::none;
  std::size_t beyond = 0;
};

class ArmedFaults {
 public:
  // In place of those there were; one after the other.
  void arm(std::deque<Fault> faults) { waiting_ = std::move(faults), struck_ = 0, ++round_; }
  int struck() const { return struck_; }

  Blow request(Counted& counted, std::size_t size) {
    begin_afresh(counted);
    counted.asked += size;
    counted.requested += size;
    if (waiting_.empty()) return {};
    const Fault fault = waiting_.front();
    if (fault.kind != Fault::Kind::reset_request || counted.requested <= fault.bytes) return {};
    return strike({Blow::Kind::reset_beyond, counted.requested - fault.bytes});
  }

  Blow answer(Counted& counted, std::size_t size) {
    begin_afresh(counted);
    counted.answered += size;
    const std::size_t asked = std::exchange(counted.asked, 0);
    if (waiting_.empty()) return {};
    const Fault fault = waiting_.front();
    const bool reached = counted.answered > fault.bytes;
    switch (fault.kind) {
      case Fault::Kind::reset_request:
        return {};
      case Fault::Kind::swallow:
        return asked < fault.bytes ? Blow{} : strike({Blow::Kind::reset, 0});
      case Fault::Kind::reset:
        return !reached ? Blow{} : strike({Blow::Kind::reset_beyond, counted.answered - fault.bytes});
      case Fault::Kind::stall:
        return !reached ? Blow{} : strike({Blow::Kind::stall_beyond, counted.answered - fault.bytes});
    }
    return {};
  }

 private:
  Blow strike(Blow blow) {
    ++struck_;
    if (--waiting_.front().times <= 0) waiting_.pop_front(), ++round_;
    return blow;
  }
  void begin_afresh(Counted& counted) const {
    if (std::exchange(counted.round, round_) != round_) counted.requested = counted.answered = 0;
  }

  std::deque<Fault> waiting_;
  int struck_ = 0;
  std::size_t round_ = 0;  // the next one begins when another fault is armed
};

}  // namespace holdline::process
