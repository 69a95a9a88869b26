// What intake does with actions that come by two ways: sent before their workstation made them anew, or made anew by
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

Result<void> IntakeGroup::load_taken_anew(std::span<const IncomingPush> pushes) {
  std::map<Id, std::vector<sync::Hash>> wanted;
  for (const IncomingPush& push : pushes) {
    for (const ReadAction& read : push.actions) {
      const bool anew = read.action && read.action->header.first;
      wanted[push.maker.device].push_back(anew ? read.action->header.first->hash : read.stored.hash);
    }
  }
  for (const auto& [device, held] : held_) {
    for (const HeldAction& waiting : std::views::values(held)) {
      const auto header = sync::read_header(waiting.stored.header);
      wanted[device.first].push_back(header && header->first ? header->first->hash : waiting.stored.hash);
    }
  }
  for (const auto& [device, hashes] : wanted) {
    HOLDLINE_ASSIGN(const auto taken, transaction_.taken_anew(device, hashes));
    for (const TakenAnew& one : taken) taken_anew_.emplace(std::pair(device, one.first), one);
  }
  return {};
}

// An action is known by the place where it stood first: number and hash of the chain there.
Result<std::optional<sync::ActionResult>> IntakeGroup::taken_before(const Candidate& candidate) {
  const LaneKey& lane = candidate.lane;
  const auto& first = candidate.action.header.first;
  const sync::Hash& hash = first ? first->hash : candidate.stored.hash;
  std::optional<sync::ActionResult> effect;
  if (first) {
    HOLDLINE_ASSIGN(effect, effect_at({lane.device, first->incarnation, lane.lane}, first->number, hash));
  }
  if (const auto anew = taken_anew_.find({lane.device, hash}); !effect && anew != taken_anew_.end()) {
    HOLDLINE_ASSIGN(effect, effect_at(anew->second.lane, anew->second.number, std::nullopt));
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

void IntakeGroup::remember_anew(const Candidate& candidate) {
  const auto& first = candidate.action.header.first;
  if (!first) return;
  const TakenAnew taken{first->hash, candidate.lane, candidate.stored.number};
  taken_anew_.emplace(std::pair(candidate.lane.device, first->hash), taken);
  changes_.taken_anew.push_back(taken);
}

}  // namespace holdline::hub
