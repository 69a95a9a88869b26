// The link of one workstation to the hub as a state machine: probes and the passing of time in, changes out. It follows
// the rows of the table (contingency/states) and knows the cause. Not thread-safe; the owner steps it. Times are
// monotonic milliseconds: a wall clock that jumps changes nothing.
//
// With the default options a hub that is dead is known after at most 22 s, one that reads and takes no writes after 28
// s; a link that comes and goes every 20 s is shown as OFFLINE, once.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "contingency/probes/health.hpp"
#include "contingency/states/flaps.hpp"
#include "contingency/states/transitions.hpp"

namespace holdline::contingency {

namespace event {
struct ShutOut {};  // the lease ended, or the device was revoked
struct LetIn {};
}  // namespace event
using LinkEvent = std::variant<Probe, event::TimePassed, event::ShutOut, event::LetIn>;

namespace action {
// Show it, log it once, and do the row's effects.
struct LinkChanged {
  const LinkTransition* row = nullptr;
  Cause cause = Cause::none;
};
// The state is the same; what the banner says of the cause is not.
struct CauseChanged {
  Cause cause = Cause::none;
};
// Nothing follows from that; for the log.
struct LinkRefused {
  std::string_view why;
};
}  // namespace action
using LinkAction = std::variant<action::LinkChanged, action::CauseChanged, action::LinkRefused>;

struct LinkStatus {
  LinkState state = LinkState::offline;
  Cause cause = Cause::none;
  std::int64_t since_ms = 0;
  bool takes_writes = false;  // what is saved can be sent now
  bool held = false;          // it is back, and not believed yet: it came and went too often
};

class Link {
 public:
  // Begins OFFLINE, or where it stood: a desk says nothing better than it knows. The first steady answers need no
  // dwell.
  Link(ProbeOptions probes, StateOptions states, LinkState state = LinkState::offline)
      : probes_(probes), states_(states), health_(probes), flaps_(states), state_(state) {}

  std::vector<LinkAction> step(const LinkEvent& event, std::int64_t now_ms);
  LinkStatus status(std::int64_t now_ms) const;
  const Health& health() const { return health_; }

 private:
  bool well(std::int64_t now_ms) const;
  bool due(LinkTrigger trigger, std::int64_t now_ms) const;
  bool holds(Guard guard, std::int64_t now_ms) const;
  std::optional<std::int64_t> last_failure_ms() const;
  void pull(LinkTrigger trigger, std::int64_t now_ms, std::vector<LinkAction>& actions);

  ProbeOptions probes_;
  StateOptions states_;
  Health health_;
  Flaps flaps_;
  LinkState state_;
  Cause cause_ = Cause::none;
  std::optional<std::int64_t> since_ms_;  // nothing: since before this program began
};

}  // namespace holdline::contingency
