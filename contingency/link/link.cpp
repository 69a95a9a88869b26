#include "contingency/link/link.hpp"

#include <algorithm>

namespace holdline::contingency {

std::vector<LinkAction> Link::step(const LinkEvent& event, std::int64_t now_ms) {
  std::vector<LinkAction> actions;
  if (state_ == LinkState::online && !since_ms_) since_ms_ = now_ms;
  if (const auto* probe = std::get_if<Probe>(&event)) health_.take(*probe, now_ms);
  if (std::holds_alternative<event::ShutOut>(event)) pull(LinkTrigger::shut_out, now_ms, actions);
  if (std::holds_alternative<event::LetIn>(event)) pull(LinkTrigger::let_in, now_ms, actions);
  // The first row that is due; whoever wrote the table put what is worse first.
  for (const LinkTransition& row : link_transitions()) {
    if (row.from != state_ || !due(row.trigger, now_ms) || !holds(row.guard, now_ms)) continue;
    pull(row.trigger, now_ms, actions);
    break;
  }
  if (const Cause cause = health_.cause(now_ms); cause != cause_) {
    cause_ = cause;
    if (actions.empty()) actions.push_back(action::CauseChanged{cause});
  }
  return actions;
}

void Link::pull(LinkTrigger trigger, std::int64_t now_ms, std::vector<LinkAction>& actions) {
  const LinkTransition* row = find(state_, trigger);
  if (!row) {
    actions.push_back(action::LinkRefused{why_not(state_, trigger)});
    return;
  }
  // The first news after a start is no flap, nor is what people and leases do.
  const bool by_probes = trigger != LinkTrigger::shut_out && trigger != LinkTrigger::let_in;
  if (since_ms_ && by_probes) flaps_.changed(now_ms);
  state_ = row->to;
  since_ms_ = now_ms;
  cause_ = health_.cause(now_ms);
  actions.push_back(action::LinkChanged{row, cause_});
}

// Reads and writes, in good time, for long enough.
bool Link::well(std::int64_t now_ms) const {
  return health_.steady(Target::hub) && !health_.slow(Target::hub, now_ms) && health_.steady(Target::hub_write);
}

bool Link::due(LinkTrigger trigger, std::int64_t now_ms) const {
  switch (trigger) {
    case LinkTrigger::hub_lost:
      return health_.lost(Target::hub);
    case LinkTrigger::writes_fail:
      return health_.lost(Target::hub_write);
    case LinkTrigger::hub_slow:
      return health_.slow(Target::hub, now_ms);
    case LinkTrigger::answers_well:
      return well(now_ms);
    case LinkTrigger::partly_answers:
      return health_.steady(Target::hub) && (health_.slow(Target::hub, now_ms) || health_.lost(Target::hub_write));
    case LinkTrigger::shut_out:
    case LinkTrigger::let_in:
      break;
  }
  return false;
}

bool Link::holds(Guard guard, std::int64_t now_ms) const {
  if (guard != Guard::steady) return true;
  return (!since_ms_ || now_ms - *since_ms_ >= states_.link_dwell_ms) && flaps_.calm(now_ms, last_failure_ms());
}

std::optional<std::int64_t> Link::last_failure_ms() const {
  return std::max(health_.last_failure_ms(Target::hub), health_.last_failure_ms(Target::hub_write));
}

LinkStatus Link::status(std::int64_t now_ms) const {
  const bool better = (state_ == LinkState::offline || state_ == LinkState::slow) && well(now_ms);
  return {state_, cause_, since_ms_.value_or(0), health_.answers(Target::hub) && health_.answers(Target::hub_write),
          better && !flaps_.calm(now_ms, last_failure_ms())};
}

}  // namespace holdline::contingency
