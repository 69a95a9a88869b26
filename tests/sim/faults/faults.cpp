// Which fault strikes, what is told of it, and what goes wrong on the lines.
#include "tests/sim/faults/faults.hpp"

#include <algorithm>
#include <utility>

namespace holdline::sim {

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
  add(20, {&Faults::workstation_lies, &Faults::workstation_lies});
  add(15, {&Faults::resume_twice});
  add(25, {&Faults::thin_line});
  add(25, {&Faults::disable_person, &Faults::disable_person});
  add(20, {&Faults::revoke_device});
  add(25, {&Faults::narrow_device, &Faults::narrow_device});
  add(15, {&Faults::narrow_person});
  add(15, {&Faults::change_role});
  add(30, {&Faults::change_schema, &Faults::change_schema});
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
  mend_access(false);
  mend_schema();
}

void Faults::widen() {
  mend_access(true);
  mend_schema();
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

// Carries little, but loses nothing.
void Faults::thin_line() {
  Workplace& place = victim();
  Line& line = place.node.line();
  told("thin line", place.node.name());
  line.bytes_per_second = soon(200, 4'000);
  stage_.timeline.in(soon(5'000, 60'000), [&line] { line.bytes_per_second = 0; });
}

}  // namespace holdline::sim
