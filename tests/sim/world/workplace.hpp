// One machine of a world with the person at it and the checkers that watch it.
#pragma once

#include "tests/sim/checks/replica_watch.hpp"
#include "tests/sim/checks/screen_watch.hpp"
#include "tests/sim/people/user_model.hpp"
#include "tests/sim/world/agent_node.hpp"

namespace holdline::sim {

struct Workplace {
  Workplace(Stage& stage, Network& network, std::size_t machine, std::size_t seat, const Chance& chance,
            const support::FaultDisk::Image* disk = nullptr)
      : node(stage, network, machine, seat, chance, disk),
        screen(stage, node),
        replica(stage, node),
        pace(chance.fork("pace")),
        user(stage, node, screen, replica, chance.fork("work")) {
    node.started = [this](AgentNode&) {
      screen.started();
      user.signed_out();
    };
    node.recovered = [this](AgentNode&) { screen.forget(); };
    node.lets_go = [this](AgentNode&) { screen.lets_go(); };
    node.has_let_go = [this](AgentNode&, bool went_well) { screen.has_let_go(went_well); };
    node.stepped = [this](AgentNode&) { replica.stepped(); };
  }

  AgentNode node;
  ScreenWatch screen;
  ReplicaWatch replica;
  Chance pace;  // of the person's work
  UserModel user;
};

}  // namespace holdline::sim
