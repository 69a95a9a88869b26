#include "tests/sim/faults.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace holdline::sim {

namespace {

using support::PowerLoss;

constexpr std::size_t most_copies = 3;

}  // namespace

// Each world has its own mix: kinds are left out by chance, so that some worlds are quiet and some are about one thing.
Faults::Faults(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces, AddMachine add_machine, Chance chance)
    : stage_(stage), hub_(hub), workplaces_(workplaces), add_machine_(std::move(add_machine)), chance_(chance) {
  const auto add = [&](unsigned percent, std::initializer_list<void (Faults::*)()> kinds) {
    if (chance_.percent(percent)) menu_.insert(menu_.end(), kinds);
  };
  add(80, {&Faults::trouble_line, &Faults::trouble_line});
  add(70, {&Faults::partition, &Faults::partition});
  add(60, {&Faults::trouble_hub});
  add(50, {&Faults::hub_loses_power});
  // What a restored hub lost of an incarnation that has ended is not offered again, so a world has the one or the
  // other.
  const bool restores = chance_.percent(30);
  if (restores) add(100, {&Faults::copy_hub, &Faults::restore_hub});
  add(60, {&Faults::kill_agent, &Faults::kill_agent});
  add(60, {&Faults::agent_loses_power, &Faults::agent_loses_power});
  add(40, {&Faults::agent_disk_fails});
  add(30, {&Faults::agent_disk_full});
  add(50, {&Faults::jump_clock});
  if (!restores) add(30, {&Faults::copy_machine, &Faults::put_machine_back});
  if (!restores) add(15, {&Faults::clone_machine});
  add(15, {&Faults::rot_replica});
}

void Faults::strike() {
  if (!menu_.empty()) (this->*menu_[chance_.below(menu_.size())])();
}

void Faults::told(std::string_view kind, const std::string& who) {
  stage_.count("fault: " + std::string(kind));
  stage_.trace.line("fault", std::string(kind) + ", " + who);
}

void Faults::heal() {
  stage_.trace.line("fault", "everything is mended");
  hub_.disk().mend();
  for (Workplace& place : workplaces_) {
    place.node.line() = Line{};
    place.node.disk().mend();
    place.node.disk().set_capacity(std::nullopt);
  }
}

// --- lines ---

void Faults::trouble_line() {
  Workplace& place = victim();
  Line& line = place.node.line();
  told("bad line", place.node.name());
  line.lost_percent = static_cast<unsigned>(chance_.below(40));
  line.doubled_percent = static_cast<unsigned>(chance_.below(30));
  line.late_percent = static_cast<unsigned>(chance_.below(40));
  stage_.timeline.in(soon(2'000, 30'000),
                     [&line] { line.lost_percent = line.doubled_percent = line.late_percent = 0; });
}

void Faults::partition() {
  Workplace& place = victim();
  Line& line = place.node.line();
  const std::uint64_t kind = chance_.below(3);
  line.up_cut = kind != 0;
  line.down_cut = kind != 1;
  told(kind == 2   ? "two-way partition"
       : kind == 1 ? "partition towards the hub"
                   : "partition from the hub",
       place.node.name());
  stage_.timeline.in(soon(500, 40'000), [&line] { line.up_cut = line.down_cut = false; });
}

// --- the hub ---

void Faults::trouble_hub() {
  if (!hub_.is_up()) return;
  switch (chance_.below(4)) {
    case 0:
      told("hub killed", "hub");
      return hub_.die(PowerLoss::none, soon(300, 20'000));
    case 1:
      told("hub's disk fails one sync", "hub");
      return hub_.disk().fail_sync(static_cast<std::uint64_t>(soon(1, 4)));
    case 2:
      told("hub forgets its feed", "hub");
      return hub_.compact();
    default:
      told("clock jump", "hub");
      return hub_.clock().jump(soon(-120'000, 120'000));
  }
}

void Faults::hub_loses_power() {
  if (!hub_.is_up()) return;
  told("hub loses power", "hub");
  if (chance_.one_in(2)) return hub_.disk().cut_power_at(static_cast<std::uint64_t>(soon(1, 60)));
  hub_.die(chance_.one_in(2) ? PowerLoss::random_sectors : PowerLoss::all_unsynced, soon(300, 15'000));
}

void Faults::copy_hub() {
  if (!hub_.is_up() || hub_copies_.size() >= most_copies) return;
  hub_copies_.push_back({hub_.disk().image(), stage_.history.mark()});
  stage_.trace.line("fault", "the hub's disk is copied at " + std::to_string(stage_.history.head().cn));
}

void Faults::restore_hub() {
  if (!hub_.is_up() || hub_copies_.empty()) return;
  const HubCopy copy = hub_copies_[chance_.below(hub_copies_.size())];
  hub_copies_.clear();  // a copy of a history that was given up is no backup any more
  told("hub restored from an older copy", "hub");
  hub_.restore(*copy.image, copy.mark, soon(500, 15'000));
  for (Deed& deed : stage_.deeds.all())
    if (deed.disk_gone) deed.at_hub = hub_has(deed.no);
}

bool Faults::hub_has(DeedNo no) const {
  std::set<ActionPlace> places;
  for (const auto& [place, deed] : stage_.deeds.places())
    if (deed == no) places.insert(place);
  for (const hub::Device& device : stage_.setting.devices)
    for (const sync::ActionResult& result : stage_.history.results(device.id))
      if (places.contains({device.id, result.incarnation, {result.lane, result.number}})) return true;
  return false;
}

// --- workstations ---

void Faults::kill_agent() {
  AgentNode& node = victim().node;
  if (!node.is_up()) return;
  told("agent killed", node.name());
  node.die(PowerLoss::none, soon(200, 10'000));
}

void Faults::agent_loses_power() {
  AgentNode& node = victim().node;
  if (!node.is_up()) return;
  told("agent loses power", node.name());
  if (chance_.percent(70)) return node.disk().cut_power_at(static_cast<std::uint64_t>(soon(1, 40)));
  node.die(chance_.one_in(2) ? PowerLoss::random_sectors : PowerLoss::all_unsynced, soon(500, 15'000));
}

void Faults::agent_disk_fails() {
  AgentNode& node = victim().node;
  told("agent's disk fails one sync", node.name());
  node.disk().fail_sync(static_cast<std::uint64_t>(soon(1, 4)));
}

void Faults::agent_disk_full() {
  AgentNode& node = victim().node;
  told("agent's disk is full", node.name());
  node.disk().set_capacity(node.disk().used_bytes() + chance_.below(20'000));
  stage_.timeline.in(soon(1'000, 15'000), [&node] { node.disk().set_capacity(std::nullopt); });
}

void Faults::jump_clock() {
  AgentNode& node = victim().node;
  told("clock jump", node.name());
  constexpr std::int64_t day_ms = 86'400'000;
  node.clock().jump(chance_.one_in(3) ? soon(-day_ms, day_ms) : soon(-60'000, 60'000));
}

void Faults::copy_machine() {
  const std::size_t n = chance_.below(workplaces_.size());
  if (machine_copies_.size() >= most_copies || workplaces_[n].replica.is_rotten()) return;
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
    deed.at_hub = hub_has(deed.no);
  }
  node.put_back(*copy.image, soon(500, 8'000));
}

void Faults::clone_machine() {
  Workplace& place = victim();
  AgentNode& node = place.node;
  if (cloned_ || !node.is_up() || place.replica.is_rotten()) return;
  cloned_ = true;
  told("machine cloned", node.name());
  const auto image = node.disk().image();
  const Workplace& clone = add_machine_(node.seat(), *image);
  for (Deed& deed : stage_.deeds.all()) {
    if (!deed.machines.contains(node.machine())) continue;
    deed.machines.insert(clone.node.machine());
    if (!hub_has(deed.no)) ++deed.copies;
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
