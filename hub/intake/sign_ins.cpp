// What intake does with sign-ins: they come with the actions they are for, and may be those of somebody whom nobody
// knows here yet.

#include "hub/intake/group.hpp"

namespace holdline::hub {

// Of a person nobody knows yet it is kept unverified, for their actions are kept as well.
Result<void> IntakeGroup::take_sign_in(const Id& device, const LaneKey& lane, const sync::Assertion& assertion,
                                       std::map<std::uint32_t, Refusal>& refused) {
  auto& known = sign_ins_[{lane.device, lane.incarnation}];
  const auto found = known.find(assertion.number);
  if (found != known.end() && (found->second.verified || found->second.assertion == assertion)) return {};
  HOLDLINE_ASSIGN(auto refusal, authority_.check(device, assertion));
  if (refusal && refusal->code != unknown_person) {
    refused.emplace(assertion.number, *std::move(refusal));
    return {};
  }
  const SignIn sign_in{assertion, !refusal};
  known.insert_or_assign(assertion.number, sign_in);
  changes_.sign_ins.emplace_back(lane, sign_in);
  return {};
}

Result<Judgement> IntakeGroup::judge(const Device& device, const Candidate& candidate) {
  auto& known = sign_ins_[{candidate.lane.device, candidate.lane.incarnation}];
  const auto found = known.find(candidate.action.header.assertion);
  SignIn* sign_in = found == known.end() ? nullptr : &found->second;
  HOLDLINE_ASSIGN(auto judgement, authority_.check(schema_, device, candidate.action,
                                                   sign_in ? &sign_in->assertion : nullptr, candidate.corrected_ms));
  // What a workstation tells in its own name has no sign-in.
  if (judgement.refusal || sign_in == nullptr || sign_in->verified) return judgement;
  // Whose it is has become known since it came.
  HOLDLINE_ASSIGN(auto refusal, authority_.check(device.id, sign_in->assertion));
  if (refusal) return Judgement{std::move(refusal)};
  sign_in->verified = true;
  changes_.sign_ins.emplace_back(candidate.lane, *sign_in);
  return judgement;
}

}  // namespace holdline::hub
