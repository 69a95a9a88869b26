// Checkers about one replica: after every step and every start it equals the ledger at exactly its cursor, never half
// of a cut, and its cursor only goes back with a new epoch, when the hub lost where it stood, or when the machine
// itself was set back.
#pragma once

#include "tests/sim/world/agent_node.hpp"

namespace holdline::sim {

class ReplicaWatch {
 public:
  ReplicaWatch(Stage& stage, AgentNode& node) : stage_(stage), node_(node) {}

  void stepped();
  // Takes the rows of one leaf away behind the replica's back, as rotten storage would, and forgives the difference
  // until it was mended. False: there was nothing to take.
  bool rot(Chance& chance);
  bool is_rotten() const { return rotten_; }

 private:
  void check_place(const agent::ReplicaPosition& position);
  void check_state(const agent::ReplicaPosition& position);

  Stage& stage_;
  AgentNode& node_;
  agent::ReplicaPosition seen_;
  Fingerprints fingerprints_;
  std::uint64_t setbacks_ = 0, life_ = 0;
  bool rotten_ = false;
  agent::ReplicaPosition mended_;  // where it stood when it last was
};

}  // namespace holdline::sim
