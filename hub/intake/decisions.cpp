// What becomes of held actions when somebody decides: the person at the workstation by a later action, or an operator
// of the hub.

#include <algorithm>

#include "hub/intake/group.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::hub {

namespace {

auto refuse_operator(std::string code, std::string text) {
  return fail(ErrorKind::ask_person, std::move(code), std::move(text));
}

std::string text_of(const sync::ActionRef& ref) { return std::to_string(ref.lane) + "/" + std::to_string(ref.number); }

std::string said_by(const HeldDecision& decision) {
  return decision.reason + (decision.by.empty() ? " (decided at the hub)" : " (" + decision.by + ", at the hub)");
}

}  // namespace

HeldAction* IntakeGroup::find_held(const LaneKey& lane, const sync::ActionRef& ref) {
  const auto outbox = held_.find({lane.device, lane.incarnation});
  if (outbox == held_.end()) return nullptr;
  const auto found = outbox->second.find(ref);
  return found == outbox->second.end() ? nullptr : &found->second;
}

// Whoever made it may decide, and a supervisor of its scopes. What is not held any more was decided or released by
// somebody else meanwhile: doing it once more would do it twice, giving it up changes nothing.
Result<std::optional<Refusal>> IntakeGroup::refuse_decision(const Candidate& candidate) {
  const auto& decision = candidate.action.header.decision;
  if (!decision || candidate.own) return std::optional<Refusal>();
  for (const sync::ActionRef& ref : decision->on) {
    const HeldAction* held = find_held(candidate.lane, ref);
    if (held == nullptr) {
      if (decision->kind == sync::Decision::Kind::discard) continue;
      return std::optional(Refusal{"settled-already",
                                   "What this corrects has taken effect or was decided meanwhile. Look at the record, "
                                   "and change it there if it is still wrong."});
    }
    const auto header = sync::read_header(held->stored.header);
    const auto known = read(candidate.lane, held->stored);
    const bool own = header && header->person == candidate.action.header.person;
    HOLDLINE_ASSIGN(const bool may, authority_.may_decide(candidate.action.header.person, own,
                                                          known ? known->action.ops : std::vector<sync::Op>()));
    if (!may)
      return std::optional(Refusal{"role-refused", "Somebody else's entry is decided by a supervisor of its scope."});
  }
  return std::optional<Refusal>();
}

void IntakeGroup::carry_out(const LaneKey& lane, const sync::Decision& decision, const std::string& code,
                            const std::string& text) {
  for (const sync::ActionRef& ref : decision.on) {
    const HeldAction* held = find_held(lane, ref);
    if (held == nullptr) continue;
    HeldAction done = *held;
    done.state = HeldState::discarded;
    done.code = code;
    done.text = text;
    held_[{lane.device, lane.incarnation}].erase(ref);
    std::erase_if(changes_.hold, [&](const HeldAction& other) {
      return other.lane == done.lane && other.stored.number == done.stored.number;
    });
    // When its workstation re-issues it, it is known as decided.
    if (const auto header = sync::read_header(done.stored.header); header && header->original) {
      const AppliedReissue taken{header->original->hash, done.lane, done.stored.number};
      applied_reissues_.emplace(std::pair(lane.device, header->original->hash), taken);
      changes_.applied_reissues.push_back(taken);
    }
    sync::ActionResult result;
    result.incarnation = lane.incarnation;
    result.lane = ref.lane;
    result.number = ref.number;
    result.verdict = sync::Verdict::discarded;
    result.at = head_;
    result.code = code;
    result.text = text;
    keep_result(done.lane, done.stored.hash, std::move(result));
    changes_.hold.push_back(std::move(done));
  }
}

std::vector<sync::ActionRef> IntakeGroup::dependents(const LaneKey& lane, const sync::ActionRef& ref) const {
  std::vector<sync::ActionRef> found{ref};
  const auto outbox = held_.find({lane.device, lane.incarnation});
  if (outbox == held_.end()) return {};
  for (bool more = true; more;) {
    more = false;
    for (const auto& [other, held] : outbox->second) {
      const auto header = sync::read_header(held.stored.header);
      if (!header || std::ranges::find(found, other) != found.end()) continue;
      if (!std::ranges::any_of(header->depends_on,
                               [&](const auto& earlier) { return std::ranges::find(found, earlier) != found.end(); }))
        continue;
      found.push_back(other);
      more = true;
    }
  }
  found.erase(found.begin());
  return found;
}

Result<void> IntakeGroup::load_held(const sync::Maker& maker) {
  HOLDLINE_TRY(load({}));
  std::vector<LaneKey> lanes;
  for (Lane lane = 0; lane < sync::lane_count; ++lane) lanes.push_back({maker.device, maker.incarnation, lane});
  HOLDLINE_ASSIGN(progress_, transaction_.progress(lanes));
  HOLDLINE_ASSIGN(result_heads_, transaction_.result_heads(std::span(&maker.device, 1)));
  HOLDLINE_TRY(load_outbox(maker));
  return load_applied_reissues({});
}

Result<sync::ActionResult> IntakeGroup::decide(const Device& device, const HeldDecision& decision) {
  const LaneKey lane{decision.device, decision.incarnation, decision.of.lane};
  const HeldAction* held = find_held(lane, decision.of);
  if (held == nullptr)
    return refuse_operator("not-held", "Nothing is held under this number. What is: holdline-hub quarantine");
  if (decision.kind == HeldDecision::Kind::discard) return discard_held(lane, decision);
  const auto following = dependents(lane, decision.of);
  HOLDLINE_ASSIGN(auto result, release_held(HeldAction(*held), decision));
  if (!decision.scope.empty())  // what builds on it goes along into the other scope
    for (const sync::ActionRef& ref : following)
      if (const HeldAction* next = find_held(lane, ref); next && next->state == HeldState::waiting)
        HOLDLINE_TRY(release_held(HeldAction(*next), decision));
  HOLDLINE_TRY(release_waiting(device, lane));
  return result;
}

// The operator answers for the rights; what is wrong with the action itself stays wrong.
Result<sync::ActionResult> IntakeGroup::release_held(const HeldAction& held, const HeldDecision& decision) {
  const LaneKey& lane = held.lane;
  HOLDLINE_ASSIGN(auto known, read(lane, held.stored));
  sync::Action& action = known.action;
  if (!decision.scope.empty())
    for (sync::Op& op : action.ops) op.scope = decision.scope;
  if (!decision.scope.empty() && !sync::is_scope(decision.scope))
    return refuse_operator("invalid",
                           "That is no scope: 1 to 4 parts of a-z, 0-9, '.', '_' and '-', separated by '/'.");
  if (const auto& findings = known.findings; !findings.empty())
    return refuse_operator(
        "invalid", "It cannot take effect as it is: " + findings.front().field + " " + findings.front().message);
  if (const auto refs = missing(lane, action.header); !refs.empty())
    return refuse_operator("waits",
                           "It builds on " + text_of(refs.front()) + ", which is held itself: decide that first.");
  const sync::ActionRef ref{lane.lane, held.stored.number};
  held_[{lane.device, lane.incarnation}].erase(ref);
  const std::int64_t at_ms = held.corrected_ms != 0 ? held.corrected_ms : std::min(action.header.made.wall_ms, now_ms_);
  HOLDLINE_ASSIGN(auto result, settle({lane, held.stored, action, at_ms, false, released_at_hub}));
  if (result.verdict == sync::Verdict::quarantined) return refuse_operator(result.code, result.text);
  result.code = "released";
  result.text = said_by(decision);
  changes_.release.emplace_back(lane, held.stored.number);
  return keep_result(lane, held.stored.hash, std::move(result));
}

Result<sync::ActionResult> IntakeGroup::discard_held(const LaneKey& lane, const HeldDecision& decision) {
  sync::Decision given_up{sync::Decision::Kind::discard, dependents(lane, decision.of), decision.reason};
  if (!given_up.on.empty() && !decision.dependents) {
    std::string names;
    for (const sync::ActionRef& ref : given_up.on) names += (names.empty() ? "" : ", ") + text_of(ref);
    return refuse_operator("has-dependents", "These build on it: " + names +
                                                 ". Give them up with it (--dependents), or release it instead.");
  }
  given_up.on.push_back(decision.of);
  carry_out(lane, given_up, "discarded", said_by(decision));
  const auto told = std::ranges::find_if(changes_.results, [&](const KeptResult& kept) {
    return kept.result.lane == decision.of.lane && kept.result.number == decision.of.number;
  });
  return told->result;
}

}  // namespace holdline::hub
