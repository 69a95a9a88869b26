// What goes wrong at the hub.
#include "tests/sim/faults/faults.hpp"

namespace holdline::sim {

using support::FaultCounts, support::PowerLoss;

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
  hub_copies_.push_back(hub_.copy());
  stage_.trace.line("fault", "the hub's disk is copied at " + std::to_string(stage_.history.head().cn));
}

void Faults::restore_hub() {
  if (!hub_.is_up() || hub_copies_.empty()) return;
  const HubNode::Copy copy = hub_copies_[chance_.below(hub_copies_.size())];
  const std::int64_t down_ms = soon(500, 15'000);
  restore_to(copy, down_ms, chance_.one_in(3));
}

void Faults::restore_to(const HubNode::Copy& copy, std::int64_t down_ms, bool with_mark) {
  ++restores_;
  hub_copies_.clear();  // a copy of a history that was given up is no backup any more
  told("hub restored from an older copy", "hub");
  if (with_mark) stage_.count("fault: hub restored together with its mark");
  hub_.restore(copy, with_mark, down_ms);
  for (Deed& deed : stage_.deeds.all())
    if (deed.disk_gone) deed.at_hub = stage_.hub_has(deed.no);
}

// The next version, or one further on; a hub that was put back may not know those before.
void Faults::change_schema() {
  const auto& versions = stage_.setting.versions;
  const std::size_t next = applied_ + (chance_.one_in(3) ? 2 : 1);
  if (!hub_.is_up() || next >= versions.size()) return;
  applied_ = next;  // a commit that failed may have happened
  if (hub_.apply_schema(versions[next])) told("schema changed", "hub");
}

// A hub that was put back is given all that was ever in use.
void Faults::mend_schema() {
  for (std::size_t i = 0; i <= applied_; ++i)
    if (!hub_.is_up() || !hub_.apply_schema(stage_.setting.versions[i]))
      return stage_.timeline.in(500, [this] { mend_schema(); });
}

// Always the same one: what two say counts for more.
void Faults::workstation_lies() {
  if (!hub_.is_up()) return;
  const AgentNode& node = workplaces_.front().node;
  sync::Hello lie;
  lie.maker.device = node.device();
  lie.epoch = hub_.ledger().epoch();
  lie.cursor = stage_.history.head();
  if (chance_.one_in(2))
    lie.cursor.salt ^= 1 + chance_.below(1'000);
  else
    lie.cursor.cn += 1 + chance_.below(1'000'000);
  if (chance_.one_in(2)) lie.results = 1'000'000;
  told("workstation names a position that no hub told it", node.name());
  hub_.receive(node.device(), std::string(sync::path::hello), sync::encode_json(lie), [](const auto&) {});
}

}  // namespace holdline::sim
