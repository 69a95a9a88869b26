// The table [policy] of a plan: what is not in it stays as it ships.
#include <array>

#include "contingency/plan/keys.hpp"

namespace holdline::contingency {

namespace {

constexpr std::int64_t second = 1'000, minute = 60 * second, hour = 60 * minute;

// Reads one table of [policy], if it is there, with `read_keys`.
template <class ReadKeys>
void read_part(Keys& policy, std::string_view name, PlanRead& read, ReadKeys read_keys) {
  const toml::table* table = policy.table(name);
  if (!table) return;
  Keys at(*table, "policy." + std::string(name), read);
  read_keys(at);
  at.finish();
}

void read_probes(Keys& at, ProbeOptions& probes) {
  at.number("every-s", probes.every_ms, 1, 600, second);
  at.number("jitter-percent", probes.jitter_percent, 0, 50);
  at.number("timeout-s", probes.timeout_ms, 1, 60, second);
  at.number("rounds-per-write", probes.rounds_per_write, 1, 100);
  at.number("failures", probes.failures, 1, 100);
  at.number("write-failures", probes.write_failures, 1, 100);
  at.number("write-successes", probes.write_successes, 1, 100);
  at.number("successes", probes.successes, 1, 1'000);
  at.number("slow-ms", probes.slow_ms, 50, 60'000);
  at.number("slow-for-s", probes.slow_for_ms, 1, 3'600, second);
  at.number("stale-s", probes.stale_ms, 10, 3'600, second);
  const std::int64_t nearest_ms = probes.every_ms - probes.every_ms * probes.jitter_percent / 100;
  if (probes.timeout_ms > nearest_ms)
    at.refuse("timeout-s", "must be at most every-s less its jitter, or answers of two rounds mix");
  if (probes.stale_ms < 2 * probes.every_ms * probes.rounds_per_write)
    at.refuse("stale-s", "must be at least twice the time between two writes, or health is never known");
}

void read_states(Keys& at, StateOptions& states) {
  at.number("settle-s", states.settle_ms, 0, 3'600, second);
  at.number("link-dwell-s", states.link_dwell_ms, 0, 3'600, second);
  at.number("service-dwell-s", states.service_dwell_ms, 0, 3'600, second);
  at.number("flap-window-minutes", states.flap_window_ms, 1, 24 * 60, minute);
  at.number("flap-stable-minutes", states.flap_stable_ms, 1, 24 * 60, minute);
  at.number("calm-changes", states.calm_changes, 1, 20);
  at.number("gate-open-minutes", states.gate_open_ms, 1, 24 * 60, minute);
  at.number("gate-fails-minutes", states.gate_fails_ms, 1, 24 * 60, minute);
  at.number("desks-offline-percent", states.desks_offline_percent, 1, 100);
  at.number("auto-declare-after-minutes", states.auto_declare_after_ms, 0, 24 * 60, minute);
  at.number("confirm-within-minutes", states.confirm_within_ms, 1, 24 * 60, minute);
  at.number("alert-every-minutes", states.alert_every_ms, 1, 24 * 60, minute);
}

void read_limits(Keys& at, ManualLimits& limits) {
  at.number("lease-hours", limits.lease_ms, 1, 720, hour);
  at.number("locked-hours", limits.locked_ms, 1, 1'440, hour);
  at.number("destroyed-hours", limits.destroyed_ms, 1, 2'160, hour);
  at.number("warn-percent", limits.warn_percent, 1, 100);
  at.number("entries", limits.entries, 1, 100'000);
  at.number("disclosures", limits.disclosures, 1, 100'000);
  at.number("shift-hours", limits.shift_ms, 1, 48, hour);
  at.number("second-person-percent", limits.second_person_percent, 0, 100);
  at.number("queued", limits.queued, 1, 1'000'000);
  at.amounts("item-money", limits.item_money);
  at.amounts("shift-money", limits.shift_money);
  if (limits.locked_ms < limits.lease_ms || limits.destroyed_ms < limits.locked_ms)
    at.refuse("lease-hours", "must be at most locked-hours, and that at most destroyed-hours");
}

void read_readiness(Keys& at, ReadinessOptions& readiness) {
  at.number("silent-hours", readiness.silent_ms, 1, 720, hour);
  at.number("copy-age-hours", readiness.copy_age_ms, 1, 720, hour);
  at.number("form-numbers", readiness.form_numbers, 0, 1'000);
  at.boolean("has-printed", readiness.has_printed);
  at.number("disk-free-mib", readiness.disk_free_bytes, 1, 1'048'576, 1 << 20);
  at.number("clock-off-s", readiness.clock_off_ms, 1, 86'400, second);
}

}  // namespace

Policy read_policy(const toml::table& table, PlanRead& read) {
  Keys at(table, "policy", read);
  Policy policy;
  read_part(at, "probes", read, [&](Keys& keys) { read_probes(keys, policy.probes); });
  read_part(at, "states", read, [&](Keys& keys) { read_states(keys, policy.states); });
  read_part(at, "presses", read, [&](Keys& keys) {
    keys.number("people", policy.presses.people, 2, 100);
    keys.number("within-minutes", policy.presses.within_ms, 1, 60, minute);
    keys.number("quiet-minutes", policy.presses.quiet_ms, 1, 24 * 60, minute);
  });
  read_part(at, "codes", read, [&](Keys& keys) {
    keys.number("free-guesses", policy.codes.free, 1, 20);
    keys.number("first-wait-s", policy.codes.first_wait_ms, 10, 3'600, second);
    keys.number("longest-wait-minutes", policy.codes.max_wait_ms, 5, 24 * 60, minute);
  });
  read_part(at, "limits", read, [&](Keys& keys) { read_limits(keys, policy.limits); });
  read_part(at, "readiness", read, [&](Keys& keys) { read_readiness(keys, policy.readiness); });
  at.finish();
  return policy;
}

}  // namespace holdline::contingency
