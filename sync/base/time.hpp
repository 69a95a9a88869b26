// Clock readings, the hybrid time of an action, and how the hub corrects the time that a workstation's clock gave it.
// Nothing here reads a clock: readings come in as values.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>

#include "sync/base/id.hpp"

namespace holdline::sync {

// One reading of a machine's clocks, taken together.
struct TimeReading {
  std::int64_t wall_ms = 0;  // Unix milliseconds, as the machine believes; may be wrong or jump
  Id boot;                   // which run of the kernel; boot times compare only when this is equal
  std::int64_t boot_ms = 0;  // milliseconds since boot, counting suspend; never jumps
  bool operator==(const TimeReading&) const = default;
};

// Hybrid logical clock (Kulkarni et al., 2014): close to wall time, never decreasing along cause and effect.
struct HybridTime {
  std::int64_t ms = 0;
  std::uint32_t counter = 0;
  auto operator<=>(const HybridTime&) const = default;

  // The time of a local event after `last` (own latest, or one just received).
  static HybridTime after(const HybridTime& last, std::int64_t wall_ms) {
    if (wall_ms > last.ms) return {wall_ms, 0};
    return {last.ms, last.counter + 1};
  }
};

struct CorrectedTime {
  std::int64_t ms = 0;   // Unix milliseconds by the hub's clock
  bool suspect = false;  // only the wall clock was there to go by
};

// When an action happened by the hub's clock. Same boot: hub now minus the time elapsed on the agent since, whatever
// its wall clock says. Another boot: wall time plus the offset of the agent's wall clock in this conversation, flagged.
// `then` is the reading stored with the action, `agent_now` the one sent in this conversation's hello, taken at
// `hub_now_ms`.
inline CorrectedTime correct_time(const TimeReading& then, const TimeReading& agent_now, std::int64_t hub_now_ms) {
  if (then.boot == agent_now.boot && then.boot_ms <= agent_now.boot_ms)
    return {hub_now_ms - (agent_now.boot_ms - then.boot_ms), false};
  return {std::min(then.wall_ms + (hub_now_ms - agent_now.wall_ms), hub_now_ms), true};
}

}  // namespace holdline::sync
