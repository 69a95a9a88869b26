// The upload half of a session: which actions to push next. Pure bookkeeping over numbers; knows no bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/wire/message.hpp"

namespace holdline::sync {

class Upload {
 public:
  // A push to make: actions of `lane` after number `depends_on`, at most `count`.
  struct PushRequest {
    Lane lane = 0;
    std::uint64_t after = 0;
    std::size_t count = 0;
    bool operator==(const PushRequest&) const = default;
  };

  // A conversation begins: the hub has these, gives these credits; nothing is in flight.
  void begin(const std::array<LaneAck, lane_count>& hub);
  // The outbox grew.
  void tips(const std::array<std::uint64_t, lane_count>& numbers) { tips_ = numbers; }

  // The next push, most urgent lane first: at most one in flight for lanes 0 and 1 each and two for the rest together,
  // so that an urgent action never waits for bulk. Nothing when there is nothing to send or nowhere to put it.
  std::optional<PushRequest> next() const;
  // What was really sent for an order (the outbox cuts by bytes as well).
  void sent(Lane lane, std::uint64_t from, std::uint64_t to);
  // The hub settled a push: it has everything up to `to`.
  void acknowledged(Lane lane, std::uint64_t from, std::uint64_t to);
  // The hub expected another number first: what was sent from there on goes again. False: it expects what it had
  // before this push was sent, so it is an older copy of itself, or what comes behind it; it has to be asked anew.
  bool gap(Lane lane, std::uint64_t from, std::uint64_t expected);

  std::uint64_t hub_has(Lane lane) const { return acked_[lane]; }
  // Whether an answer to a push is still to come.
  bool in_flight() const { return !in_flight_.empty(); }
  // Nothing left to push and nothing in flight.
  bool drained() const;

 private:
  struct InFlight {
    Lane lane;
    std::uint64_t from, to;
    std::uint64_t acked;  // what the hub had of the lane when this was sent
  };
  bool may_start(Lane lane) const;
  void complete(Lane lane, std::uint64_t from);

  std::array<std::uint64_t, lane_count> tips_{};
  std::array<std::uint64_t, lane_count> acked_{};  // the hub has these
  std::array<std::uint64_t, lane_count> sent_{};   // sent in this conversation, acknowledged or in flight
  std::array<std::uint32_t, lane_count> credit_{};
  std::vector<InFlight> in_flight_;
};

}  // namespace holdline::sync
