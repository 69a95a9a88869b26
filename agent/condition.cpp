// What a workstation tells the hub of itself.
#include <algorithm>

#include "agent/paper/paper_records.hpp"
#include "agent/workstation.hpp"
#include "contingency/forms/page.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

std::unique_ptr<FleetMember> Workstation::join_fleet() {
  return std::make_unique<FleetMember>(
      FleetMember::Parts{deps_.io, deps_.entropy, deps_.log, config_.directory / "fleet.json",
                         [this] {
                           rehearse_if_due();
                           return condition();
                         },
                         [this](std::function<void()> work) { aside(std::move(work)); },
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
  report.plan_version = runs()->plan->version;
  report.actions_not_runnable = self_checks_.not_runnable();
  if (!knows_paper(schema())) return report;
  report.form_numbers = static_cast<std::int64_t>(references_.left());
  report.templates = static_cast<std::int64_t>(contingency::paper_forms(schema()).size());
  report.prints = self_checks_.prints();
  return report;
}

// A station tries by itself whether it could perform the plan: what is missing is to be known before it is needed.
void Workstation::rehearse_if_due() {
  if (!is_station()) return;
  const auto plan = runs()->plan;
  if (!self_checks_.should_rehearse(plan->version, deps_.clock.now().boot_ms)) return;
  rehearse_plan({{"incident", "DRYRUN"}, {"scope", grant().scopes.front()}, {"title", ""}, {"reason", ""}},
                [this](const std::vector<Runner::Rehearsed>& all) {
                  std::string missing;
                  for (const Runner::Rehearsed& one : all)
                    if (!one.good) missing += (missing.empty() ? "" : ", ") + one.action + (one.undo ? " (undo)" : "");
                  self_checks_.rehearsed(std::move(missing));
                });
}

}  // namespace holdline::agent
