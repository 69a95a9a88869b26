// What a workstation tells the hub of itself.
#include <algorithm>

#include "agent/workstation.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

std::unique_ptr<FleetMember> Workstation::join_fleet() {
  return std::make_unique<FleetMember>(
      FleetMember::Parts{deps_.io, deps_.entropy, deps_.log, config_.directory / "fleet.json",
                         [this] { return condition(); }, [this](std::function<void()> work) { aside(std::move(work)); },
                         [this](std::string_view path, std::string body, Asked then) {
                           ask_hub(path, std::move(body), std::move(then));
                         }});
}

contingency::WorkstationReport Workstation::condition() const {
  const SyncStatus sync = sync_status();
  const OutboxStatus outbox = outbox_->status();
  const std::int64_t now_ms = deps_.clock.now().wall_ms;
  contingency::WorkstationReport report;
  report.seat = config_.seat;
  report.copy_as_of_ms = sync.replica.as_of_ms;
  for (const sync::LaneTip& lane : outbox.lanes) {
    report.waiting += lane.waiting;
    report.issued += lane.number;
    if (lane.waiting != 0)
      report.oldest_waiting_ms = std::max(report.oldest_waiting_ms, std::max<std::int64_t>(now_ms - lane.oldest_ms, 0));
  }
  report.outbox = outbox.incarnation;
  report.equal_at = sync.equal_at;
  report.needs_attention = outbox.quarantined;
  report.clock_off_ms = sync.clock_offset_ms;
  report.unlocks_offline = accounts_.unlocks();
  report.store_sound = outbox.health == OutboxHealth::writable;
  if (const auto free = platform::free_bytes(config_.directory))
    report.disk_free_bytes = static_cast<std::int64_t>(*free);
  return report;
}

}  // namespace holdline::agent
