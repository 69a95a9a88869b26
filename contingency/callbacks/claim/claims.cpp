#include "contingency/callbacks/claim/claims.hpp"

#include <algorithm>
#include <array>

namespace holdline::contingency {

namespace {

action::ClaimRefused refuse(std::string code, std::string text) {
  return {{ErrorKind::ask_person, std::move(code), std::move(text)}};
}

}  // namespace

std::string_view name_of(ClaimState state) {
  constexpr std::array<std::string_view, 4> names{"leased", "dialling", "uncertain", "over"};
  return names[static_cast<std::size_t>(state)];
}

struct Claims::Stepper {
  Claims& claims;
  std::int64_t now_ms;
  ClaimActions& out;

  // Of this agent, and not over or uncertain; else it is refused.
  const Claim* held(std::uint64_t fence, const std::string& agent) const {
    const auto found = claims.claims_.find(fence);
    if (found == claims.claims_.end()) {
      out.push_back(refuse("claim-unknown", "No such claim is known. Take the next case."));
    } else if (found->second.agent != agent) {
      out.push_back(refuse("claim-of-another", "Another agent has this claim."));
    } else if (found->second.state == ClaimState::over || found->second.state == ClaimState::uncertain) {
      out.push_back(refuse("claim-over",
                           "This claim has ended; the case may be somebody else's by now. Do not dial. An outcome of "
                           "a call that was made can still be told."));
    } else {
      return &found->second;
    }
    return nullptr;
  }

  void operator()(const event::CaseAsked& asked) const {
    if (const Claim* claim = claims.of(*asked.of)) {
      if (claim->state == ClaimState::uncertain)
        out.push_back(
            refuse("case-uncertain", "They may have been called: contact with " + claim->station +
                                         " was lost while it dialled. It can be called when its outcome is known, or a "
                                         "supervisor frees it."));
      else
        out.push_back(refuse("case-claimed", claim->agent + " has this case. Take the next one."));
      return;
    }
    const auto of_agent = std::ranges::count_if(claims.live(), [&](const Claim* claim) {
      return claim->agent == asked.agent && claim->state != ClaimState::uncertain && !claim->slice &&
             std::ranges::find(asked.told, claim->fence) == asked.told.end();
    });
    if (asked.slice_until_ms == 0 && of_agent >= claims.options_.per_agent)
      return out.push_back(refuse("agent-has-enough", "Tell the outcome of the case you have, or give it back."));
    Claim claim;
    claim.fence = claims.next_fence_;
    claim.requests = asked.of->requests;
    claim.agent = asked.agent;
    claim.station = asked.station;
    claim.since_ms = now_ms;
    claim.slice = asked.slice_until_ms != 0;
    claim.until_ms = claim.slice ? asked.slice_until_ms : now_ms + claims.options_.lease_ms;
    if (claim.slice) {
      claim.state = ClaimState::dialling;
      claim.number = asked.number;
      claim.dial_ms = now_ms;
      claim.batch = asked.batch;
    }
    claims.keep(std::move(claim), out);
  }

  void operator()(const event::ClaimAlive& alive) const {
    const Claim* claim = held(alive.fence, alive.agent);
    // Who talks for an hour writes a few times, not with every breath.
    if (claim == nullptr || claim->slice || claim->until_ms - now_ms > claims.options_.lease_ms / 2) return;
    Claim next = *claim;
    next.until_ms = now_ms + claims.options_.lease_ms;
    claims.keep(std::move(next), out);
  }

  void operator()(const event::DialIntended& intended) const {
    const Claim* claim = held(intended.fence, intended.agent);
    if (claim == nullptr) return;
    // The same again is a lost answer; another number of the same case is the next thing to try.
    Claim next = *claim;
    next.state = ClaimState::dialling;
    next.number = intended.number;
    next.dial_ms = now_ms;
    if (!next.slice) next.until_ms = now_ms + claims.options_.lease_ms;
    claims.keep(std::move(next), out);
  }

  // Whatever the fence says: a call that was made is never forgotten.
  void operator()(const event::OutcomeTold& told) const {
    const auto found = claims.claims_.find(told.fence);
    if (found == claims.claims_.end())
      return out.push_back(refuse("claim-unknown", "No such claim is known: say which case was called."));
    CallAttempt attempt = told.attempt;
    attempt.fence = told.fence;
    attempt.requests = found->second.requests;
    if (attempt.number.empty()) attempt.number = found->second.number;
    attempt.late = found->second.state == ClaimState::over;
    out.push_back(action::KeepAttempt{std::move(attempt)});
    if (found->second.state == ClaimState::over) return;
    Claim next = found->second;
    next.state = ClaimState::over;
    next.how_over = "outcome";
    claims.keep(std::move(next), out);
  }

  void operator()(const event::OutcomeArrived& arrived) const {
    const auto found = claims.claims_.find(arrived.fence);
    if (found != claims.claims_.end() && found->second.state != ClaimState::over) end(found->second, "outcome");
  }

  void operator()(const event::ClaimGivenBack& back) const {
    const Claim* claim = held(back.fence, back.agent);
    if (claim == nullptr) return;
    if (claim->state == ClaimState::dialling)
      return out.push_back(refuse("already-dialling", "The number was shown: tell how the call ended."));
    end(*claim, "given-back");
  }

  void operator()(const event::UncertainDecided& decided) const {
    const auto found = claims.claims_.find(decided.fence);
    if (found == claims.claims_.end() || found->second.state != ClaimState::uncertain)
      return out.push_back(refuse("claim-unknown", "No uncertain case has this claim."));
    end(found->second, decided.by);
  }

  void operator()(const event::HandedBack& back) const {
    const auto found = claims.claims_.find(back.fence);
    if (found == claims.claims_.end() || !found->second.slice || found->second.state == ClaimState::over)
      return out.push_back(refuse("claim-unknown", "Nothing that was handed over has this claim, or it is over."));
    end(found->second, back.by);
  }

  void operator()(event::ClaimTime) const {
    for (const Claim* claim : claims.live()) {
      if (claim->state == ClaimState::uncertain || claim->until_ms > now_ms) continue;
      if (claim->state == ClaimState::leased) {
        end(*claim, "expired");
        continue;
      }
      Claim next = *claim;
      next.state = ClaimState::uncertain;
      claims.keep(std::move(next), out);
    }
  }

  void end(const Claim& claim, std::string how) const {
    Claim next = claim;
    next.state = ClaimState::over;
    next.how_over = std::move(how);
    claims.keep(std::move(next), out);
  }
};

void Claims::take(const Claim& claim) {
  const auto [found, added] = claims_.try_emplace(claim.fence, claim);
  if (!added) found->second = claim;
  next_fence_ = std::max(next_fence_, claim.fence + 1);
  if (claim.state == ClaimState::over)
    live_.erase(claim.fence);
  else
    live_.insert(claim.fence);
  for (const sync::Id& request : claim.requests) {
    auto& fences = holding_[request];
    std::erase(fences, claim.fence);
    if (claim.state != ClaimState::over) fences.push_back(claim.fence);
    if (fences.empty()) holding_.erase(request);
  }
}

void Claims::keep(Claim claim, ClaimActions& out) {
  take(claim);
  out.push_back(action::KeepClaim{std::move(claim)});
}

ClaimActions Claims::step(const ClaimEvent& event, std::int64_t now_ms) {
  ClaimActions out;
  std::visit(Stepper{*this, now_ms, out}, event);
  return out;
}

const Claim* Claims::of(const CallbackCase& of) const {
  const Claim* best = nullptr;
  for (const sync::Id& request : of.requests) {
    const auto fences = holding_.find(request);
    if (fences == holding_.end()) continue;
    for (const std::uint64_t fence : fences->second) {
      const Claim& claim = claims_.at(fence);
      if (best == nullptr || claim.state > best->state) best = &claim;
    }
  }
  return best;
}

const Claim* Claims::find(std::uint64_t fence) const {
  const auto found = claims_.find(fence);
  return found == claims_.end() ? nullptr : &found->second;
}

std::vector<const Claim*> Claims::live() const {
  std::vector<const Claim*> live;
  for (const std::uint64_t fence : live_) live.push_back(&claims_.at(fence));
  return live;
}

}  // namespace holdline::contingency
