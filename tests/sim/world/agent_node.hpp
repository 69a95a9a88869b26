// A workstation of a world: the real outbox, replica, overlay, view and engine on a disk that forgets, wired as the
// daemon wires them, driven by virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/engine/engine.hpp"
#include "agent/view/view.hpp"
#include "tests/sim/world/chance.hpp"
#include "tests/sim/world/machine_clock.hpp"
#include "tests/sim/world/network.hpp"
#include "tests/sim/world/stage.hpp"
#include "tests/support/fault_vfs.hpp"

namespace holdline::sim {

class AgentNode {
 public:
  // `seat` says whose device and person it is; `machine` counts the machines of the world, clones included. The first
  // run is made here, without faults, unless `disk` is given: then it is a machine made from another one's disk.
  AgentNode(Stage& stage, Network& network, std::size_t machine, std::size_t seat, Chance chance,
            const support::FaultDisk::Image* disk = nullptr);
  ~AgentNode();
  AgentNode(const AgentNode&) = delete;
  AgentNode& operator=(const AgentNode&) = delete;

  const std::string& name() const { return name_; }
  std::size_t machine() const { return machine_; }
  std::size_t seat() const { return seat_; }
  const sync::Id& device() const { return stage_.setting.devices[seat_].id; }
  bool is_up() const { return process_ != nullptr; }
  // Up, and a person can use it.
  bool is_usable() const { return is_up() && !is_paused(); }
  support::FaultDisk& disk() { return disk_; }
  MachineClock& clock() { return clock_; }
  // From its next start on nothing tells this machine from `other`: memory, clocks and disk are what they were there.
  void resume_as(const AgentNode& other) {
    clock_.resume_as(other.clock_);
    place_ = other.place_;
    have_settings_of(other);
  }
  // What lies beside the stores was copied with them.
  void have_settings_of(const AgentNode& other) { kept_schema_ = other.kept_schema_; }
  // Its next start finds the disk where it was, as another machine's that nobody gave a new id.
  void stay_at(const AgentNode& other) { place_ = other.place_; }
  Line& line() { return line_; }
  // Only while it is up.
  agent::Outbox& outbox();
  agent::Replica& replica();
  agent::View& view();
  agent::Overlay& overlay();
  agent::Engine& engine();
  // The version of its forms. Only while it is up.
  const sync::Schema& schema() const;

  // Called after every step the process took and survived.
  std::function<void(AgentNode&)> stepped;
  // Called after every start, before anything else happens.
  std::function<void(AgentNode&)> started;
  // What became of each request of the engine.
  std::function<void(const agent::Exchange&)> exchanged;
  // Called when the outbox's file was read again after an error.
  std::function<void(AgentNode&)> recovered;
  // Called around the outbox's letting go of what was accepted; `went_well`: what it says about itself is known.
  std::function<void(AgentNode&)> lets_go;
  std::function<void(AgentNode&, bool went_well)> has_let_go;

  // Runs `work` inside the process and looks whether it survived.
  void act(const std::function<void()>& work);
  // What the local API does with a draft. Only inside act().
  Result<agent::Saved> save(const agent::Draft& draft);
  // A person signs in on this workstation; the number of the assertion. Only inside act().
  Result<std::uint32_t> sign_in();

  // Whether the person is let in here, by what the hub told last of who may work here.
  bool lets_in() const { return !closed_ && roster_.lets_in; }
  // The hub's mark of what it told then; 0: it was never asked.
  std::uint64_t roster_mark() const { return roster_.mark; }

  // What `holdline verify` does. Only inside act().
  void verify();
  // What `holdline sync` does. Only inside act().
  void sync_now();

  // The process or the machine dies now and comes back after `down_ms`.
  void die(support::PowerLoss loss, std::int64_t down_ms);
  // The machine sleeps, or the process is stopped, for so long: nothing is done, then everything that was due.
  void pause(std::int64_t ms);
  // The machine is never seen again.
  void leave();
  bool has_left() const { return left_; }
  // The disk is put back to an earlier moment of it.
  void put_back(const support::FaultDisk::Image& image, std::int64_t down_ms);

  // How often the machine lost what was not synced or its replica's file, or was put back: after that it may know less
  // than before.
  std::uint64_t setbacks() const { return setbacks_; }
  // Another one after every start.
  std::uint64_t life() const { return life_; }

 private:
  struct Process;
  class Access;
  class Wire;
  friend struct Process;

  Result<void> open(bool first);
  agent::ReplicaOptions replica_options();
  agent::Engine::Events events();
  Result<void> change_schema(const sync::Schema& schema);
  void start_again(std::int64_t after_ms);
  void later(std::int64_t delay_ms, std::function<void()> work);
  bool is_paused() const { return stage_.timeline.now_ms() < paused_until_ms_; }
  void survive();
  void heal_outbox();
  void recover_outbox();
  void outbox_was_used();
  void keep_outbox_up();
  void prune();
  void published(const agent::SyncStatus& status);
  void look_at_roster();
  void ask_people();
  void people_told(const agent::TransportAnswer& answer);
  void trace(const std::string& what) { stage_.trace.line(name_, what); }

  Stage& stage_;
  Network& network_;
  const std::size_t machine_, seat_;
  const std::string name_;
  Chance chance_, wires_, side_wires_;
  SeededEntropy entropy_;
  MachineClock clock_;
  support::FaultDisk disk_;
  std::size_t place_;                 // the machine whose disk this seems to be
  support::FaultCounts disk_counts_;  // after the last step
  Line line_;
  const sync::Schema* kept_schema_;            // as workstation.json says
  std::map<sync::Hash, sync::Bytes> library_;  // kept by hash; what is on a shelf can be fetched again
  // What of agent/identity's Accounts matters in a world: the file that holds it outlives the process.
  struct Roster {
    std::uint64_t mark = 0;
    bool lets_in = true;
  };
  Roster roster_;
  bool closed_ = false;  // the hub has revoked this workstation
  std::uint64_t questions_ = 0;
  std::unique_ptr<Process> process_;
  std::uint64_t life_ = 0, setbacks_ = 0, requests_ = 0;
  std::int64_t paused_until_ms_ = 0;
  bool bootstrapped_ = false, left_ = false;
};

}  // namespace holdline::sim
