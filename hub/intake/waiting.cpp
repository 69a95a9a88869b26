// What intake does with actions that name others in `depends_on`: they wait, and have their turn when the last one
// came.

#include <algorithm>

#include "hub/intake/group.hpp"

namespace holdline::hub {

// What of `depends_on` has not taken effect: not arrived yet, waiting itself, or refused. What was decided on waits for
// nothing: it is known by what took its place. And what a decision is about has to be here.
std::vector<sync::ActionRef> IntakeGroup::missing(const LaneKey& lane, const sync::ActionHeader& header) const {
  std::vector<sync::ActionRef> refs;
  const auto held = held_.find({lane.device, lane.incarnation});
  for (const sync::ActionRef& ref : header.depends_on)
    if (!arrived(lane, ref) || (held != held_.end() && held->second.contains(ref))) refs.push_back(ref);
  if (header.decision)
    for (const sync::ActionRef& ref : header.decision->on)
      if (!arrived(lane, ref)) refs.push_back(ref);
  std::ranges::sort(refs);
  refs.erase(std::ranges::unique(refs).begin(), refs.end());
  return refs;
}

bool IntakeGroup::arrived(const LaneKey& lane, const sync::ActionRef& ref) const {
  const auto progress = progress_.find({lane.device, lane.incarnation, ref.lane});
  return progress != progress_.end() && ref.number <= progress->second.number;
}

// A person whom nobody knew may be known by now, and so may a version of the schema.
bool IntakeGroup::has_its_turn(const HeldAction& action) {
  if (action.state != HeldState::waiting) return false;
  const auto header = sync::read_header(action.stored.header);
  if (!header || !missing(action.lane, *header).empty()) return false;
  if (action.code == unknown_schema && schemas_->numbered(header->schema) == nullptr) return false;
  return (action.code != unknown_person && action.code != unknown_schema) ||
         authority_.knows(header->person).value_or(false);
}

Result<sync::KnownAction> IntakeGroup::read(const LaneKey& lane, const sync::StoredAction& stored) const {
  return sync::read_known(*schemas_, {lane.device, lane.incarnation}, stored);
}

sync::ActionResult IntakeGroup::wait_for_schema(const IncomingPush& push, const LaneKey& lane,
                                                const sync::StoredAction& stored) {
  const auto header = sync::read_header(stored.header);
  if (!header) return quarantine(lane, stored, header.error().code, header.error().message);
  const auto told = std::ranges::find(push.schemas, header->schema, &sync::SchemaName::version);
  if (told != push.schemas.end() && std::ranges::find(changes_.awaited, *told) == changes_.awaited.end())
    changes_.awaited.push_back(*told);
  return hold(lane, stored, HeldState::waiting, missing(lane, *header),
              sync::correct_time(header->made, push.clock, now_ms_).ms, std::string(unknown_schema),
              "It was made under version " + std::to_string(header->schema) +
                  " of the forms, which the hub does not have. Nothing is lost: it waits until an operator applies "
                  "that version (holdline-hub schema apply).");
}

// Whatever waited only for actions that have now taken effect takes effect as well, or is refused, and so on.
Result<void> IntakeGroup::release_waiting(const Device& device, const LaneKey& settled) {
  auto& held = held_[{settled.device, settled.incarnation}];
  const auto due = [this](const auto& entry) { return has_its_turn(entry.second); };
  for (auto next = std::ranges::find_if(held, due); next != held.end(); next = std::ranges::find_if(held, due)) {
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
  const auto known = read(lane, waiting.stored);
  if (!known) return quarantine(lane, waiting.stored, known.error().code, known.error().message);
  Candidate candidate{lane, waiting.stored, known->action, waiting.corrected_ms};
  HOLDLINE_ASSIGN(auto taken, taken_before(candidate));
  if (taken) return *std::move(taken);
  HOLDLINE_ASSIGN(const auto judgement, judge(device, candidate));
  if (const auto& refusal = judgement.refusal) return quarantine(lane, waiting.stored, refusal->code, refusal->text);
  candidate.marks = judgement.marks;
  // What waits for other actions was found valid when it came.
  if (!known->findings.empty()) return quarantine(lane, waiting.stored, "invalid", texts_of(known->findings));
  return settle(candidate);
}

Result<void> IntakeGroup::settle_waiting(const Device& device, const sync::Maker& maker) {
  HOLDLINE_TRY(load_held(maker));
  return release_waiting(device, {maker.device, maker.incarnation, 0});
}

}  // namespace holdline::hub
