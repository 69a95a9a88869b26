// What goes wrong in a world, one fault after the other, and how it is healed at the end.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/sim/world/workplace.hpp"

namespace holdline::sim {

class Faults {
 public:
  // `add_machine` makes a machine of the world from another one's disk.
  using AddMachine = std::function<Workplace&(std::size_t seat, const support::FaultDisk::Image& disk)>;
  Faults(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces, AddMachine add_machine, const Chance& world);

  // The next fault, if there is one; harmless ones included.
  void strike();
  // No more faults, and what is broken is mended: machines come up, lines are good, disks work.
  void heal();
  // Counts what was asked for earlier and has happened since.
  void count_what_struck();

 private:
  struct MachineCopy {
    std::size_t workplace;
    std::shared_ptr<const support::FaultDisk::Image> image;
    std::uint64_t at = 0;  // count of the world's events
  };
  struct HubCopy {
    std::shared_ptr<const support::FaultDisk::Image> image;
    LedgerHistory::Mark mark;
  };
  using DiskCount = std::uint64_t support::FaultCounts::*;
  // Waits for its moment on a disk; that may never come, because the machine is down or the disk is mended before.
  struct Armed {
    std::string kind;
    const support::FaultDisk* disk;
    DiskCount count;
    std::uint64_t before;
  };

  Workplace& victim() { return workplaces_[chance_.below(workplaces_.size())]; }
  std::int64_t soon(std::int64_t min_ms, std::int64_t max_ms) { return chance_.between(min_ms, max_ms); }
  // It happens now.
  void told(std::string_view kind, const std::string& who);
  // It happens when the disk says so by `count`.
  void armed(std::string kind, const std::string& who, const support::FaultDisk& disk, DiskCount count);

  void trouble_line();
  void partition();
  void lose_push_answers();
  void trouble_hub();
  void hub_loses_power();
  void hub_disk_full();
  void hub_disk_cannot_read();
  void hub_disk_read_only();
  void copy_hub();
  void restore_hub();
  void kill_agent();
  void agent_loses_power();
  void agent_disk_fails();
  void agent_disk_full();
  void agent_disk_cannot_read();
  void agent_disk_read_only();
  void replica_file_rots();
  void next_file_rots();
  void turn_bit_over(AgentNode& node, const char* file, const std::string& name, std::int64_t until_ms);
  void damage(AgentNode& node, const char* file, const std::string& name);
  void jump_clock();
  void pause_agent();
  void lose_agent();
  void copy_machine();
  void put_machine_back();
  void clone_machine();
  void cut_off(AgentNode& node, std::int64_t for_ms);
  void copy_to_new_machine(Workplace& place);
  void rot_replica();

  Stage& stage_;
  HubNode& hub_;
  std::deque<Workplace>& workplaces_;
  AddMachine add_machine_;
  const Chance world_;
  Chance chance_;  // of the fault that strikes
  std::uint64_t strikes_ = 0;
  std::vector<void (Faults::*)()> menu_;
  std::vector<Armed> armed_;
  std::vector<HubCopy> hub_copies_;
  std::vector<MachineCopy> machine_copies_;
  bool cloned_ = false, lost_one_ = false, mended_ = false;
};

}  // namespace holdline::sim
