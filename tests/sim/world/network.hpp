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
  void deliver(Line& line, Chance& wire, const sync::Id& device, const std::string& path, const sync::Bytes& body,
               Answered answered);
  bool answer_gets_lost(Line& line, Chance& wire, std::string_view path);

  Stage& stage_;
  HubNode& hub_;
};

}  // namespace holdline::sim
