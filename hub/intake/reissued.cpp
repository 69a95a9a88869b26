// What intake does with actions that come by two ways: sent before their workstation re-issued them, or re-issued by
// two copies of one disk, or again after a disk was put back. The first to take effect is the only one; the others are
// answered with its result.

#include <algorithm>
#include <ranges>

#include "hub/intake/group.hpp"

namespace holdline::hub {
namespace {

bool took_effect(sync::Verdict verdict) {
  return verdict != sync::Verdict::waiting && verdict != sync::Verdict::quarantined;
}

}  // namespace

Result<void> IntakeGroup::load_applied_reissues(std::span<const IncomingPush> pushes) {
  std::map<Id, std::vector<sync::Hash>> wanted;
  for (const IncomingPush& push : pushes) {
    for (const ReadAction& read : push.actions) {
      const bool reissued = read.action && read.action->header.original;
      wanted[push.maker.device].push_back(reissued ? read.action->header.original->hash : read.stored.hash);
    }
  }
  for (const auto& [device, held] : held_) {
    for (const HeldAction& waiting : std::views::values(held)) {
      const auto header = sync::read_header(waiting.stored.header);
      wanted[device.first].push_back(header && header->original ? header->original->hash : waiting.stored.hash);
    }
  }
  for (const auto& [device, hashes] : wanted) {
    HOLDLINE_ASSIGN(const auto taken, transaction_.applied_reissues(device, hashes));
    for (const AppliedReissue& one : taken) applied_reissues_.emplace(std::pair(device, one.original), one);
  }
  return {};
}

// An action is known by its original position: number and hash of the chain there.
Result<std::optional<sync::ActionResult>> IntakeGroup::taken_before(const Candidate& candidate) {
  const LaneKey& lane = candidate.lane;
  const auto& original = candidate.action.header.original;
  const sync::Hash& hash = original ? original->hash : candidate.stored.hash;
  std::optional<sync::ActionResult> effect;
  if (original) {
    HOLDLINE_ASSIGN(effect, effect_at({lane.device, original->incarnation, lane.lane}, original->number, hash));
  }
  if (const auto reissued = applied_reissues_.find({lane.device, hash});
      !effect && reissued != applied_reissues_.end()) {
    HOLDLINE_ASSIGN(effect, effect_at(reissued->second.lane, reissued->second.number, std::nullopt));
  }
  if (!effect) return effect;
  effect->incarnation = lane.incarnation;
  effect->lane = lane.lane;
  effect->number = candidate.stored.number;
  return effect;
}

// The result of an action that took effect; when `hash` is given, of the one with this hash.
Result<std::optional<sync::ActionResult>> IntakeGroup::effect_at(const LaneKey& lane, std::uint64_t number,
                                                                 std::optional<sync::Hash> hash) {
  HOLDLINE_ASSIGN(auto kept, transaction_.results(lane, number, number));
  for (const KeptResult& one : changes_.results)
    if (LaneKey{one.device, one.result.incarnation, one.result.lane} == lane && one.result.number == number)
      kept.push_back(one);
  const auto found = std::ranges::find_if(
      kept, [&](const KeptResult& one) { return took_effect(one.result.verdict) && (!hash || one.hash == *hash); });
  return found == kept.end() ? std::nullopt : std::optional(std::move(found->result));
}

void IntakeGroup::record_applied_reissue(const Candidate& candidate) {
  const auto& original = candidate.action.header.original;
  if (!original) return;
  const AppliedReissue taken{original->hash, candidate.lane, candidate.stored.number};
  applied_reissues_.emplace(std::pair(candidate.lane.device, original->hash), taken);
  changes_.applied_reissues.push_back(taken);
}

}  // namespace holdline::hub
