// What intake does with actions that name others in `after`: they wait, and have their turn when the last one came.

#include <algorithm>

#include "hub/intake_group.hpp"

namespace holdline::hub {

// What of `after` has not taken effect: not arrived yet, waiting itself, refused or given up.
std::vector<sync::ActionRef> IntakeGroup::missing(const LaneKey& lane,
                                                  const std::vector<sync::ActionRef>& after) const {
  std::vector<sync::ActionRef> refs;
  const auto held = held_.find({lane.device, lane.incarnation});
  for (const sync::ActionRef& ref : after) {
    const auto progress = progress_.find({lane.device, lane.incarnation, ref.lane});
    const bool arrived = progress != progress_.end() && ref.number <= progress->second.number;
    if (!arrived || (held != held_.end() && held->second.contains(ref))) refs.push_back(ref);
  }
  return refs;
}

// Whatever waited only for actions that have now taken effect takes effect as well, or is refused, and so on.
Result<void> IntakeGroup::release_waiting(const LaneKey& settled) {
  auto& held = held_[{settled.device, settled.incarnation}];
  for (bool released = true; released;) {
    released = false;
    for (auto& [ref, waiting] : held) {
      if (waiting.state != HeldState::waiting) continue;
      const LaneKey lane = waiting.lane;
      if (!missing(lane, waiting.missing).empty()) continue;
      const HeldAction action_kept = waiting;
      auto action = sync::read_action(schema_, {lane.device, lane.incarnation}, action_kept.stored);
      held.erase(ref);
      std::erase_if(changes_.hold, [&](const HeldAction& h) {
        return h.lane == lane && h.stored.number == action_kept.stored.number;
      });
      sync::ActionResult result;
      if (action) {
        HOLDLINE_ASSIGN(result, settle({lane, action_kept.stored, *action, action_kept.corrected_ms}));
      } else {
        result = quarantine(lane, action_kept.stored, action.error().code, action.error().message);
      }
      if (result.verdict != sync::Verdict::quarantined) changes_.release.emplace_back(lane, action_kept.stored.number);
      keep_result(lane, action_kept.stored.hash, std::move(result));
      released = true;
      break;
    }
  }
  return {};
}

}  // namespace holdline::hub
