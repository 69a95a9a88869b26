// The network of a world: carries requests from the machines to the hub and answers back, late, in another order, twice
// or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/sim/world/hub_node.hpp"
#include "tests/sim/world/stage.hpp"

namespace holdline::sim {

// How a machine's line is at the moment.
struct Line {
  bool up_cut = false, down_cut = false;  // requests, or answers, get nowhere
  unsigned lost_percent = 0, doubled_percent = 0, late_percent = 0;
  unsigned push_answers_to_lose = 0;   // of the next ones
  bool push_answers_are_lost = false;  // one of them was
  std::int64_t bytes_per_second = 0;   // in each direction, one message behind the other; 0: any number
  std::int64_t up_free_ms = 0, down_free_ms = 0;
  bool moves_bytes(std::int64_t now_ms) const { return up_free_ms > now_ms || down_free_ms > now_ms; }
};

class Network {
 public:
  Network(Stage& stage, HubNode& hub) : stage_(stage), hub_(hub) {}

  using Answered = HubNode::Answered;
  // `answered` may be called twice, or never; `line` must live as long as the world. What happens
  // to this request is chosen by `wire`.
  void request(Line& line, Chance wire, const sync::Id& device, std::string path, sync::Bytes body, Answered answered);

 private:
  std::int64_t delay(const Line& line, Chance& wire);
  std::int64_t turn_of(const Line& line, std::int64_t& free_ms, std::size_t bytes) const;
  void deliver(Line& line, Chance& wire, const sync::Id& device, const std::string& path, const sync::Bytes& body,
               Answered answered);
  bool answer_gets_lost(Line& line, Chance& wire, std::string_view path);

  Stage& stage_;
  HubNode& hub_;
};

}  // namespace holdline::sim
