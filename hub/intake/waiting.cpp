// What intake does with actions that name others in `depends_on`: they wait, and have their turn when the last one
// came.

#include <algorithm>

#include "hub/intake/group.hpp"

namespace holdline::hub {

// What of `depends_on` has not taken effect: not arrived yet, waiting itself, refused or given up.
std::vector<sync::ActionRef> IntakeGroup::missing(const LaneKey& lane,
                                                  const std::vector<sync::ActionRef>& depends_on) const {
  std::vector<sync::ActionRef> refs;
  const auto held = held_.find({lane.device, lane.incarnation});
  for (const sync::ActionRef& ref : depends_on) {
    const auto progress = progress_.find({lane.device, lane.incarnation, ref.lane});
    const bool arrived = progress != progress_.end() && ref.number <= progress->second.number;
    if (!arrived || (held != held_.end() && held->second.contains(ref))) refs.push_back(ref);
  }
  return refs;
}

// Whatever waited only for actions that have now taken effect takes effect as well, or is refused, and so on.
Result<void> IntakeGroup::release_waiting(const Device& device, const LaneKey& settled) {
  auto& held = held_[{settled.device, settled.incarnation}];
  const auto has_its_turn = [this](const auto& entry) {
    const HeldAction& action = entry.second;
    return action.state == HeldState::waiting && missing(action.lane, action.missing).empty();
  };
  for (auto next = std::ranges::find_if(held, has_its_turn); next != held.end();
       next = std::ranges::find_if(held, has_its_turn)) {
    const HeldAction waiting = std::move(next->second);
    held.erase(next);
    std::erase_if(changes_.hold, [&](const HeldAction& h) {
      return h.lane == waiting.lane && h.stored.number == waiting.stored.number;
    });
    HOLDLINE_ASSIGN(auto result, release(device, waiting));
    if (result.verdict != sync::Verdict::quarantined)
      changes_.release.emplace_back(waiting.lane, waiting.stored.number);
    keep_result(waiting.lane, waiting.stored.hash, std::move(result));
  }
  return {};
}

// Rights are those of this moment: they may have been taken away while it waited.
Result<sync::ActionResult> IntakeGroup::release(const Device& device, const HeldAction& waiting) {
  const LaneKey& lane = waiting.lane;
  const auto action = sync::read_action(schema_, {lane.device, lane.incarnation}, waiting.stored);
  if (!action) return quarantine(lane, waiting.stored, action.error().code, action.error().message);
  const Candidate candidate{lane, waiting.stored, *action, waiting.corrected_ms};
  HOLDLINE_ASSIGN(auto taken, taken_before(candidate));
  if (taken) return *std::move(taken);
  HOLDLINE_ASSIGN(const auto refusal, refuse(device, lane, *action));
  if (refusal) return quarantine(lane, waiting.stored, refusal->code, refusal->text);
  return settle(candidate);
}

}  // namespace holdline::hub
