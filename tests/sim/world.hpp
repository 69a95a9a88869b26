// One world: a hub, a few workstations, people, and what goes wrong, all from one seed. A chaos phase, then everything
// is mended, then the world must come to rest in bounded time and pass the checks.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "tests/sim/faults/faults.hpp"

namespace holdline::sim {

class World {
 public:
  // The world that `choices` makes; they must live as long as it.
  World(const Setting& setting, ChoiceSource& choices, bool verbose);

  // Throws Violation.
  void run();

  const Stage& stage() const { return stage_; }

 private:
  Workplace& add_machine(std::size_t seat, const support::FaultDisk::Image* disk);
  void plan_work(Workplace& place);
  void plan_fault();
  bool is_at_rest(std::string& why_not);
  void come_to_rest();
  void count_events();

  Stage stage_;
  Chance chance_, size_, pace_;
  HubNode hub_;
  Network network_;
  std::deque<Workplace> workplaces_;
  std::unique_ptr<Faults> faults_;
  bool chaos_ = true;
};

}  // namespace holdline::sim
