// What goes wrong in a world, one fault after the other, and how it is healed at the end; and what the hub's
// administrator takes away from people and workstations meanwhile, and gives back.
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
  // After heal(): what workstations may hold is still as it was left, until this.
  void widen();
  // What was taken away was given back, so far as heal() and widen() are to.
  bool access_is_mended() const { return !mending_; }
  // Counts what was asked for earlier and has happened since.
  void count_what_struck();

 private:
  static constexpr std::size_t max_copies = 3;  // kept of each kind
  struct MachineCopy {
    std::size_t workplace;
    std::shared_ptr<const support::FaultDisk::Image> image;
    std::uint64_t at = 0;  // count of the world's events
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
  void thin_line();
  void trouble_hub();
  void hub_loses_power();
  void hub_disk_full();
  void hub_disk_cannot_read();
  void hub_disk_read_only();
  void copy_hub();
  void restore_hub();
  void workstation_lies();
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
  void resume_twice();
  void rot_replica();
  void disable_person();
  void revoke_device();
  void narrow_device();
  void narrow_person();
  void change_role();
  void change_schema();
  void mend_schema();
  // `again`: the hub has forgotten the first time, and so may the administrator have.
  using Change = std::function<void(SeatAccess&, bool again)>;
  void change_access(const std::string& kind, const Change& change);
  void forget_and_decide_again(const HubNode::Copy& copy, std::int64_t down_ms, bool with_mark,
                               const std::function<void(bool again)>& decide);
  void take_away(const std::string& kind, Workplace& place, const Change& change, bool again, std::int64_t for_ms);
  void give_back(std::size_t seat);
  void mend_access(bool scopes_too);
  void restore_to(const HubNode::Copy& copy, std::int64_t down_ms, bool with_mark);

  Stage& stage_;
  HubNode& hub_;
  std::deque<Workplace>& workplaces_;
  AddMachine add_machine_;
  const Chance world_;
  Chance chance_;  // of the fault that strikes
  std::uint64_t strikes_ = 0, restores_ = 0;
  std::size_t applied_ = 0;  // the last of the versions of the schema that the hub was given
  std::vector<void (Faults::*)()> menu_;
  std::vector<Armed> armed_;
  std::vector<HubNode::Copy> hub_copies_;
  std::vector<MachineCopy> machine_copies_;
  bool cloned_ = false, lost_one_ = false, mended_ = false, mending_ = false;
};

}  // namespace holdline::sim
