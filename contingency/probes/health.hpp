// What the probes of one observer say: streaks, slowness, grey failure, and where the cause lies. A value that changes
// with each probe; no thread of its own, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "contingency/probes/options.hpp"

namespace holdline::contingency {

enum class Target : std::uint8_t {
  network,    // the gateway next to this machine
  hub,        // reads
  hub_write,  // a small write that is read back: the canary
  crm,        // a request of the CRM application that goes through to its database
  identity,   // the identity provider
  telephony,
};
inline constexpr std::size_t target_count = 6;

struct Probe {
  Target target = Target::hub;
  bool good = false;         // answered in time, and with what it should: a captive portal's page is not good
  std::int64_t took_ms = 0;  // until the answer; of a failed one nothing is learned
  bool refused = false;      // of a failed one: its computer answered, and nothing serves there
};

namespace event {
// For every machine here: step it with this at least every few seconds.
struct TimePassed {};
}  // namespace event

// Where it lies, for the person who asks "is it me?".
enum class Cause : std::uint8_t { none, my_network, site_network, central_service };

std::string_view name_of(Target target);
std::string_view name_of(Cause cause);
std::optional<Target> target_named(std::string_view name);

class Health {
 public:
  explicit Health(ProbeOptions options = {}) : options_(options) {}

  void take(const Probe& probe, std::int64_t now_ms);

  bool known(Target target) const { return at(target).probes != 0; }
  // `failures` in a row (of the canary: `write_failures`).
  bool lost(Target target) const;
  // The last one was good.
  bool answers(Target target) const { return known(target) && at(target).failed == 0; }
  // `successes` in a row (of the canary: `write_successes`).
  bool steady(Target target) const;
  bool slow(Target target, std::int64_t now_ms) const;
  // Not probed within stale_ms.
  bool stale(Target target, std::int64_t now_ms) const;
  std::optional<std::int64_t> last_failure_ms(Target target) const { return at(target).last_failure_ms; }

  // Of everything that was probed, as seen from this machine alone.
  Cause cause(std::int64_t now_ms) const;

 private:
  struct Seen {
    std::uint64_t probes = 0;
    std::uint32_t failed = 0, good = 0;  // in a row
    bool refused = false;                // the last one was
    std::array<std::int64_t, 20> took_ms{};
    std::size_t answers = 0;
    std::optional<std::int64_t> slow_since_ms, last_failure_ms;
    std::int64_t last_ms = 0;
  };
  const Seen& at(Target target) const { return seen_[static_cast<std::size_t>(target)]; }
  void take_answer(Seen& seen, std::int64_t took_ms, std::int64_t now_ms) const;

  ProbeOptions options_;
  std::array<Seen, target_count> seen_{};
};

}  // namespace holdline::contingency
