// What goes wrong at the workstations: processes, disks, clocks, copies of machines.
#include "tests/sim/faults/faults.hpp"

namespace holdline::sim {

using support::FaultCounts, support::PowerLoss;

namespace {

constexpr const char *replica_file = "/replica.db", *next_file = "/replica-next.db";

}  // namespace

void Faults::kill_agent() {
  AgentNode& node = victim().node;
  if (!node.is_up()) return;
  told("agent killed", node.name());
  node.die(PowerLoss::none, soon(200, 10'000));
}

void Faults::agent_loses_power() {
  AgentNode& node = victim().node;
  if (!node.is_up()) return;
  // In the middle of a change; the node chooses then whether the machine ended or its process only, and tells it.
  if (chance_.percent(70)) return node.disk().cut_power_at(static_cast<std::uint64_t>(soon(1, 40)));
  told("agent loses power", node.name());
  node.die(chance_.one_in(2) ? PowerLoss::random_sectors : PowerLoss::all_unsynced, soon(500, 15'000));
}

void Faults::agent_disk_fails() {
  AgentNode& node = victim().node;
  armed("agent's disk fails one sync", node.name(), node.disk(), &FaultCounts::failed_syncs);
  node.disk().fail_sync(static_cast<std::uint64_t>(soon(1, 4)));
}

void Faults::agent_disk_full() {
  AgentNode& node = victim().node;
  armed("agent's disk is full", node.name(), node.disk(), &FaultCounts::full_writes);
  node.disk().set_capacity(node.disk().used_bytes() + chance_.below(20'000));
  stage_.timeline.in(soon(1'000, 15'000), [&node] { node.disk().set_capacity(std::nullopt); });
}

void Faults::agent_disk_cannot_read() {
  AgentNode& node = victim().node;
  armed("agent's disk cannot read", node.name(), node.disk(), &FaultCounts::failed_reads);
  node.disk().fail_read(static_cast<std::uint64_t>(soon(1, 20)), chance_.one_in(3));
  stage_.timeline.in(soon(100, 5'000), [&node] { node.disk().clear_faults(); });
}

void Faults::agent_disk_read_only() {
  AgentNode& node = victim().node;
  armed("agent's disk becomes read-only", node.name(), node.disk(), &FaultCounts::refused_changes);
  node.disk().refuse_changes(static_cast<std::uint64_t>(soon(1, 20)));
  stage_.timeline.in(soon(500, 10'000), [&node] { node.disk().clear_faults(); });
}

// In what is encrypted and authenticated page by page, so that somebody notices at the latest when it is read again.
void Faults::replica_file_rots() {
  AgentNode& node = victim().node;
  if (node.disk().read(replica_file).empty()) return;
  damage(node, replica_file, "the replica's file");
  if (chance_.one_in(2)) node.disk().forget_cache();
}

// What is written there may only begin with the next copy.
void Faults::next_file_rots() { damage(victim().node, next_file, "the next copy's file"); }

void Faults::damage(AgentNode& node, const char* file, const std::string& name) {
  const auto way = chance_.below(3);
  if (way == 0) {
    turn_bit_over(node, file, name, stage_.timeline.now_ms() + soon(1'000, 30'000));
  } else if (way == 1) {
    armed("a write to " + name + " goes astray", node.name(), node.disk(), &FaultCounts::stray_writes);
    node.disk().misdirect_write(file, static_cast<std::uint64_t>(soon(1, 10)), 4096 * soon(1, 8));
  } else {
    armed("a write to " + name + " is never done", node.name(), node.disk(), &FaultCounts::lost_writes);
    node.disk().lose_write(file, static_cast<std::uint64_t>(soon(1, 10)));
  }
}

// As soon as the file has one.
void Faults::turn_bit_over(AgentNode& node, const char* file, const std::string& name, std::int64_t until_ms) {
  constexpr std::int64_t look_again_ms = 20;
  if (mended_) return;
  if (const std::uint64_t bits = 8 * node.disk().read(file).size(); bits > 0) {
    told("a bit of " + name + " turns over", node.name());
    node.disk().flip_bit(file, chance_.below(bits));
  } else if (stage_.timeline.now_ms() < until_ms) {
    stage_.timeline.in(look_again_ms, [=, this, &node] { turn_bit_over(node, file, name, until_ms); });
  }
}

void Faults::jump_clock() {
  AgentNode& node = victim().node;
  told("clock jump", node.name());
  constexpr std::int64_t day_ms = 86'400'000;
  node.clock().jump(chance_.one_in(3) ? soon(-day_ms, day_ms) : soon(-60'000, 60'000));
}

void Faults::pause_agent() {
  AgentNode& node = victim().node;
  if (!node.is_usable()) return;
  told("agent stands still", node.name());
  node.pause(soon(1'000, 60'000));
}

// One is left, at least.
void Faults::lose_agent() {
  AgentNode& node = victim().node;
  if (lost_one_ || !node.is_up() || workplaces_.size() < 2) return;
  lost_one_ = true;
  told("machine never returns", node.name());
  for (Deed& deed : stage_.deeds.all()) {
    if (deed.machines.erase(node.machine()) == 0 || !deed.machines.empty()) continue;
    deed.disk_gone = true;
    deed.at_hub = stage_.hub_has(deed.no);
  }
  node.leave();
}

void Faults::copy_machine() {
  const std::size_t n = chance_.below(workplaces_.size());
  if (!workplaces_[n].node.is_up()) return;
  if (machine_copies_.size() >= max_copies || workplaces_[n].replica.is_rotten()) return;
  machine_copies_.push_back({n, workplaces_[n].node.disk().image(), stage_.timeline.events()});
  stage_.trace.line("fault", workplaces_[n].node.name() + "'s disk is copied");
}

void Faults::put_machine_back() {
  if (machine_copies_.empty()) return;
  const MachineCopy copy = machine_copies_.back();
  AgentNode& node = workplaces_[copy.workplace].node;
  if (!node.is_up()) return;
  machine_copies_.clear();
  told("machine put back to an earlier moment", node.name());
  for (Deed& deed : stage_.deeds.all()) {
    if (deed.acknowledged_at <= copy.at || deed.machines.erase(node.machine()) == 0) continue;
    deed.disk_gone = deed.machines.empty();
    deed.at_hub = stage_.hub_has(deed.no);
  }
  node.put_back(*copy.image, soon(500, 8'000));
}

// A copy is dangerous when it holds work that the hub does not have, when both go on before they meet it again, and
// when what the one sends is still on its way while the other learns that they are two.
void Faults::clone_machine() {
  Workplace& place = victim();
  if (cloned_) return;
  if (chance_.percent(30)) return copy_to_new_machine(place);
  const std::int64_t until_copied = soon(2'000, 15'000), apart = soon(5'000, 20'000), later = soon(0, 300);
  cut_off(place.node, until_copied + apart);
  stage_.timeline.in(until_copied, [this, &place, apart, later] {
    const std::size_t before = workplaces_.size();
    copy_to_new_machine(place);
    if (workplaces_.size() > before) cut_off(workplaces_.back().node, apart + later);
  });
}

// From the hub; then somebody asks for contact at once, over a line that is still bad for a while.
void Faults::cut_off(AgentNode& node, std::int64_t for_ms) {
  constexpr unsigned often_late = 50;
  constexpr std::int64_t bad_ms = 20'000;
  node.line().up_cut = node.line().down_cut = true;
  stage_.timeline.in(for_ms, [this, &node] {
    node.line().up_cut = node.line().down_cut = false;
    if (mended_) return;
    node.line().late_percent = often_late;
    if (node.is_usable()) node.act([&] { node.sync_now(); });
  });
  stage_.timeline.in(for_ms + bad_ms, [&node] { node.line().late_percent = 0; });
}

void Faults::copy_to_new_machine(Workplace& place) {
  AgentNode& node = place.node;
  if (mended_ || cloned_ || !node.is_up() || place.replica.is_rotten()) return;
  cloned_ = true;
  told("machine cloned", node.name());
  const auto image = node.disk().image();
  Workplace& clone = add_machine_(node.seat(), *image);
  clone.node.have_settings_of(node);
  if (!chance_.one_in(2)) clone.node.stay_at(node);
  for (Deed& deed : stage_.deeds.all())
    if (deed.machines.contains(node.machine())) deed.machines.insert(clone.node.machine());
}

// A machine that sleeps goes on twice from what was kept of it: both have one disk, one boot, and clocks that agree.
// Two people save in the same millisecond, before either meets the hub.
void Faults::resume_twice() {
  Workplace& place = victim();
  const std::int64_t asleep = soon(3'500, 5'000), apart = asleep + soon(500, 10'000);
  const std::size_t before = workplaces_.size();
  copy_to_new_machine(place);
  if (workplaces_.size() == before) return;
  Workplace& twin = workplaces_.back();
  twin.node.resume_as(place.node);
  for (Workplace* one : {&place, &twin}) {
    cut_off(one->node, apart);
    one->node.pause(asleep);
    stage_.timeline.in(asleep, [this, one] {
      if (!one->node.is_usable()) return;
      if (one->node.machine() != one->node.seat()) stage_.count("fault: machine resumed twice");
      one->user.take_entry();
    });
  }
}

void Faults::rot_replica() {
  Workplace& place = victim();
  if (!place.node.is_up()) return;
  bool rotten = false;
  place.node.act([&] { rotten = place.replica.rot(chance_); });
  if (rotten) told("replica rots", place.node.name());
}

}  // namespace holdline::sim
