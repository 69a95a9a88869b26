// The service of one scope as a state machine: probes, counts of desks and what people ask for in, changes and refusals
// out. Machines propose and people decide; every change is a row of the table (contingency/states). One runs at the hub
// for each scope, and one at each workstation, so that a supervisor can declare with the centre dead.
// Not thread-safe; the owner steps it. Times are monotonic milliseconds.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "contingency/probes/health.hpp"
#include "contingency/states/decide.hpp"
#include "contingency/states/flaps.hpp"

namespace holdline::contingency {

namespace event {
// How many workstations of the scope have contact; from the hub's own list.
struct DesksCounted {
  std::size_t offline = 0, all = 0;
};
// Somebody, or the schedule, wants a transition. `facts`: all but looks_well and gate_open, which the machine knows.
struct Asked {
  ServiceTrigger trigger = ServiceTrigger::declare;
  Ask ask;
  Facts facts;
  // Decided and guarded where it was asked, and learned from there (the feed, a short code): followed, not judged
  // again.
  bool decided_elsewhere = false;
};
}  // namespace event
using ServiceEvent = std::variant<Probe, event::DesksCounted, event::Asked, event::TimePassed>;

namespace action {
// The state may be the same, as of a confirmation. Record it (an incident's step), show it, do the row's effects.
struct ServiceChanged {
  const ServiceTransition* row = nullptr;
  bool planned = false;
  bool confirmed = true;  // a person stands behind it
  Cause cause = Cause::none;
};
struct ServiceRefused {
  Error error;
};
}  // namespace action
using ServiceAction = std::variant<action::ServiceChanged, action::ServiceRefused>;

struct Gate {
  bool open = false;
  bool looks_well = false;
  std::int64_t opens_in_ms = 0;  // if all stays well; 0 when it is open or nothing is known to be well
};

// What outlives a restart of the program.
struct Standing {
  ServiceState state = ServiceState::normal;
  bool planned = false, confirmed = true;
};

class Service {
 public:
  Service(ProbeOptions probes, StateOptions states, Standing standing = {})
      : states_(states), health_(probes), flaps_(states), standing_(standing) {}

  std::vector<ServiceAction> step(const ServiceEvent& event, std::int64_t now_ms);

  const Standing& standing() const { return standing_; }
  Cause cause(std::int64_t now_ms) const { return health_.cause(now_ms); }
  Gate gate(std::int64_t now_ms) const;
  const Health& health() const { return health_; }

 private:
  bool any_lost() const;
  bool any_slow(std::int64_t now_ms) const;
  bool looks_well(std::int64_t now_ms) const;
  bool all_steady() const;
  std::optional<std::int64_t> last_failure_ms() const;
  bool due(ServiceTrigger trigger, std::int64_t now_ms) const;
  bool holds(Guard guard, std::int64_t now_ms) const;
  void follow_probes(std::int64_t now_ms);
  void asked(const event::Asked& event, std::int64_t now_ms, std::vector<ServiceAction>& actions);
  void take(const ServiceTransition& row, std::int64_t now_ms, std::vector<ServiceAction>& actions);

  StateOptions states_;
  Health health_;
  Flaps flaps_;
  Standing standing_;
  event::DesksCounted desks_;
  std::optional<std::int64_t> since_ms_;  // of this state; nothing: since before this program began
  std::optional<std::int64_t> well_since_ms_, unwell_since_ms_;
  std::optional<std::int64_t> alerted_ms_;  // last alert about a missing confirmation, or when it became due to come
  bool gate_failed_ = false;                // told; again only after all was well
};

}  // namespace holdline::contingency
