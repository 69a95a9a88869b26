#include "tests/sim/world/faults.hpp"

#include <algorithm>
#include <utility>

namespace holdline::sim {

namespace {

using support::FaultCounts, support::PowerLoss;

constexpr std::size_t max_copies = 3;
constexpr const char *replica_file = "/replica.db", *next_file = "/replica-next.db";

}  // namespace

// Each world has its own mix: kinds are left out by chance, so that some worlds are quiet and some are about one thing.
// Tapes know kinds by their place here: new ones go to the end.
Faults::Faults(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces, AddMachine add_machine,
               const Chance& world)
    : stage_(stage),
      hub_(hub),
      workplaces_(workplaces),
      add_machine_(std::move(add_machine)),
      world_(world),
      chance_(world.fork("menu")) {
  const auto add = [&](unsigned percent, std::initializer_list<void (Faults::*)()> kinds) {
    if (chance_.percent(percent)) menu_.insert(menu_.end(), kinds);
  };
  add(80, {&Faults::trouble_line, &Faults::trouble_line});
  add(70, {&Faults::partition, &Faults::partition});
  add(30, {&Faults::lose_push_answers});
  add(60, {&Faults::trouble_hub});
  add(50, {&Faults::hub_loses_power});
  add(20, {&Faults::hub_disk_full});
  add(20, {&Faults::hub_disk_cannot_read});
  add(20, {&Faults::hub_disk_read_only});
  add(30, {&Faults::copy_hub, &Faults::restore_hub});
  add(60, {&Faults::kill_agent, &Faults::kill_agent});
  add(60, {&Faults::agent_loses_power, &Faults::agent_loses_power});
  add(40, {&Faults::agent_disk_fails});
  add(30, {&Faults::agent_disk_full});
  add(20, {&Faults::agent_disk_cannot_read});
  add(20, {&Faults::agent_disk_read_only});
  add(20, {&Faults::replica_file_rots});
  add(50, {&Faults::jump_clock});
  add(30, {&Faults::pause_agent});
  add(8, {&Faults::lose_agent});
  add(30, {&Faults::copy_machine, &Faults::put_machine_back});
  add(15, {&Faults::clone_machine});
  add(15, {&Faults::rot_replica});
  add(20, {&Faults::next_file_rots});
}

void Faults::strike() {
  chance_ = world_.fork("fault ", ++strikes_);
  if (menu_.empty() || !chance_.percent(97)) return;
  (this->*menu_[chance_.below(menu_.size())])();
}

void Faults::told(std::string_view kind, const std::string& who) {
  stage_.count("fault: " + std::string(kind));
  stage_.trace.line("fault", std::string(kind) + ", " + who);
}

void Faults::armed(std::string kind, const std::string& who, const support::FaultDisk& disk, DiskCount count) {
  stage_.trace.line("fault", kind + ", " + who);
  count_what_struck();  // what waits for the same is asked for anew
  std::erase_if(armed_, [&](const Armed& one) { return one.disk == &disk && one.count == count; });
  armed_.push_back({std::move(kind), &disk, count, disk.counts().*count});
}

void Faults::count_what_struck() {
  std::erase_if(armed_, [this](const Armed& one) {
    if (one.disk->counts().*one.count == one.before) return false;
    stage_.count("fault: " + one.kind);
    return true;
  });
}

void Faults::heal() {
  stage_.trace.line("fault", "everything is mended");
  mended_ = true;
  hub_.disk().clear_faults();
  hub_.disk().set_capacity(std::nullopt);
  for (Workplace& place : workplaces_) {
    place.node.line() = Line{};
    place.node.disk().clear_faults();
    place.node.disk().set_capacity(std::nullopt);
  }
}

// --- lines ---

void Faults::trouble_line() {
  Workplace& place = victim();
  Line& line = place.node.line();
  stage_.trace.line("fault", "bad line, " + place.node.name());
  const std::int64_t troubles = chance_.between(1, 7);  // any of three, at least one
  if ((troubles & 1) != 0) line.lost_percent = static_cast<unsigned>(chance_.between(1, 40));
  if ((troubles & 2) != 0) line.doubled_percent = static_cast<unsigned>(chance_.between(1, 30));
  if ((troubles & 4) != 0) line.late_percent = static_cast<unsigned>(chance_.between(1, 40));
  if (line.lost_percent != 0) stage_.count("fault: line loses messages");
  if (line.doubled_percent != 0) stage_.count("fault: line doubles messages");
  if (line.late_percent != 0) stage_.count("fault: line delays and reorders messages");
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

void Faults::lose_push_answers() {
  Workplace& place = victim();
  stage_.trace.line("fault", "answers to pushes lost, " + place.node.name());
  place.node.line().push_answers_to_lose = static_cast<unsigned>(soon(1, 12));
  place.node.line().push_answers_are_lost = false;
}

// --- the hub ---

void Faults::trouble_hub() {
  if (!hub_.is_up()) return;
  switch (chance_.below(4)) {
    case 0:
      told("hub killed", "hub");
      return hub_.die(PowerLoss::none, soon(300, 20'000));
    case 1:
      armed("hub's disk fails one sync", "hub", hub_.disk(), &FaultCounts::failed_syncs);
      return hub_.disk().fail_sync(static_cast<std::uint64_t>(soon(1, 4)));
    case 2:
      return hub_.compact();
    default:
      told("clock jump", "hub");
      return hub_.clock().jump(soon(-120'000, 120'000));
  }
}

void Faults::hub_loses_power() {
  if (!hub_.is_up()) return;
  // In the middle of a change, if there is one; the node tells when it comes to that.
  if (chance_.one_in(2)) return hub_.disk().cut_power_at(static_cast<std::uint64_t>(soon(1, 60)));
  told("hub loses power", "hub");
  hub_.die(chance_.one_in(2) ? PowerLoss::random_sectors : PowerLoss::all_unsynced, soon(300, 15'000));
}

void Faults::hub_disk_full() {
  armed("hub's disk is full", "hub", hub_.disk(), &FaultCounts::full_writes);
  hub_.disk().set_capacity(hub_.disk().used_bytes() + chance_.below(60'000));
  stage_.timeline.in(soon(1'000, 15'000), [this] { hub_.disk().set_capacity(std::nullopt); });
}

void Faults::hub_disk_cannot_read() {
  armed("hub's disk cannot read", "hub", hub_.disk(), &FaultCounts::failed_reads);
  hub_.disk().fail_read(static_cast<std::uint64_t>(soon(1, 60)), chance_.one_in(3));
  stage_.timeline.in(soon(100, 5'000), [this] { hub_.disk().clear_faults(); });
}

void Faults::hub_disk_read_only() {
  armed("hub's disk becomes read-only", "hub", hub_.disk(), &FaultCounts::refused_changes);
  hub_.disk().refuse_changes(static_cast<std::uint64_t>(soon(1, 40)));
  stage_.timeline.in(soon(500, 10'000), [this] { hub_.disk().clear_faults(); });
}

void Faults::copy_hub() {
  if (!hub_.is_up() || hub_copies_.size() >= max_copies) return;
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
    if (deed.disk_gone) deed.at_hub = stage_.hub_has(deed.no);
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
  const Workplace& clone = add_machine_(node.seat(), *image);
  for (Deed& deed : stage_.deeds.all())
    if (deed.machines.contains(node.machine())) deed.machines.insert(clone.node.machine());
}

void Faults::rot_replica() {
  Workplace& place = victim();
  if (!place.node.is_up()) return;
  bool rotten = false;
  place.node.act([&] { rotten = place.replica.rot(chance_); });
  if (rotten) told("replica rots", place.node.name());
}

}  // namespace holdline::sim
