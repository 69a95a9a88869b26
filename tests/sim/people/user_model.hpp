// The person at one workstation: works in bursts, takes entries and callbacks, adds customers and edits those that
// others edit too, resolves conflicts, signs in again after a restart, and asks again with the same key when a save was
// not confirmed.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/sim/checks/replica_watch.hpp"
#include "tests/sim/checks/screen_watch.hpp"
#include "tests/sim/people/drafts.hpp"
#include "tests/sim/world/agent_node.hpp"

namespace holdline::sim {

class UserModel {
 public:
  UserModel(Stage& stage, AgentNode& node, ScreenWatch& screen, const ReplicaWatch& replica, Chance chance)
      : stage_(stage), node_(node), screen_(screen), replica_(replica), days_(chance), chance_(chance) {}

  // What a person does next, if the workstation answers: a few things, or nothing; sometimes only a look at the screen.
  void work();
  // Takes one short entry at this moment, if the workstation answers.
  void take_entry();
  // After a start nobody is signed in.
  void signed_out() { assertion_ = 0; }

 private:
  bool sign_in();
  bool shows_what_it_changes(DeedNo no);
  void do_one_thing();
  void look();
  void do_something();
  std::vector<sync::Op> choose(const Drafts& drafts);
  std::vector<sync::Op> edit(const Drafts& drafts);
  std::vector<sync::Op> phone(const Drafts& drafts, const agent::Shown& customer);
  std::vector<sync::Op> resolve(const Drafts& drafts);
  std::optional<agent::Shown> customer();
  std::string scope();
  void save_as_draft(std::vector<sync::Op> ops);
  void save(Deed& deed);

  Stage& stage_;
  AgentNode& node_;
  ScreenWatch& screen_;
  const ReplicaWatch& replica_;
  const Chance days_;
  Chance chance_;  // of what is done at the moment
  std::uint64_t works_ = 0;
  std::uint32_t assertion_ = 0;        // 0: nobody is signed in
  std::optional<DeedNo> unconfirmed_;  // what was not acknowledged and may be asked again
  std::vector<sync::RecordKey> made_;  // customers of one's own
};

}  // namespace holdline::sim
