// Thresholds of probes and of both state machines: configuration of a site. Value, unit, why. All times are monotonic
// milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdline::contingency {

struct ProbeOptions {
  // A round of probes this often, ± jitter_percent, so that a fleet does not knock in step. With `failures` in a row a
  // dead hub is known after at most 3 x 6 s + timeout.
  std::int64_t every_ms = 5'000;
  std::uint32_t jitter_percent = 20;
  std::int64_t timeout_ms = 4'000;
  // The write canary goes with every second round: it costs the hub a commit. 2 failures: at most 28 s.
  std::uint32_t rounds_per_write = 2;
  std::uint32_t failures = 3;
  std::uint32_t write_failures = 2;
  std::uint32_t write_successes = 2;
  std::uint32_t successes = 10;  // in a row, before anything counts as well again
  // 95th percentile of the last 20 answers above this, for slow_for_ms.
  std::int64_t slow_ms = 2'000;
  std::int64_t slow_for_ms = 60'000;
  // Without a probe for this long nothing is known, and unknown is not well.
  std::int64_t stale_ms = 60'000;
};

struct StateOptions {
  std::int64_t settle_ms = 30'000;          // in NORMAL before a service can become DEGRADED
  std::int64_t link_dwell_ms = 30'000;      // in SLOW or OFFLINE before a link gets better
  std::int64_t service_dwell_ms = 120'000;  // in DEGRADED before a service gets better
  // Flapping: after calm_changes changes within flap_window_ms, things get better only when nothing failed for
  // flap_stable_ms. Getting worse is never held back. 1: one outage and its end pass freely, and no 30 minutes see more
  // than 3 changes of a link that comes and goes.
  std::int64_t flap_window_ms = 30 * 60'000;
  std::int64_t flap_stable_ms = 30 * 60'000;
  std::size_t calm_changes = 1;
  std::int64_t gate_open_ms = 10 * 60'000;  // well for this long before "systems back" needs no override
  std::int64_t gate_fails_ms = 2 * 60'000;  // not well for this long during RECOVERY: releases pause
  std::uint32_t desks_offline_percent = 10;
  std::int64_t auto_declare_after_ms = 0;        // of DEGRADED; 0: machines never declare
  std::int64_t confirm_within_ms = 15 * 60'000;  // of such a declaration; then alerts
  std::int64_t alert_every_ms = 5 * 60'000;
};

// The wait before the next round; `draw` is any 64 random bits.
inline std::int64_t next_round_ms(const ProbeOptions& options, std::uint64_t draw) {
  const std::int64_t spread = options.every_ms * options.jitter_percent / 100;
  return options.every_ms - spread + static_cast<std::int64_t>(draw % static_cast<std::uint64_t>(2 * spread + 1));
}

}  // namespace holdline::contingency
