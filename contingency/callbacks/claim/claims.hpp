// Who may call whom: a case is leased to one agent, and the number is shown only after the hub has acknowledged that it
// is about to be dialled. A lease that ends before that frees the case; one that ends after it leaves the case
// uncertain, and nobody gets it until its agent tells the outcome or a person decides. Each lease has a higher fence
// than every one before it. Pure, stepped by one owner; Unix milliseconds of the hub.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "contingency/callbacks/case.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

struct ClaimOptions {
  std::int64_t lease_ms = 10 * 60'000;  // without a sign of life; one is kept when half of it is over
  std::uint32_t per_agent = 1;
};

enum class ClaimState : std::uint8_t {
  leased,     // the agent reads; nobody rang yet
  dialling,   // acknowledged: the number is shown
  uncertain,  // the lease ended while dialling: they may have been called
  over,
};
std::string_view name_of(ClaimState state);

struct Claim {
  std::uint64_t fence = 0;
  std::vector<sync::Id> requests;  // of the case as the agent got it
  std::string agent, station;
  ClaimState state = ClaimState::leased;
  std::int64_t since_ms = 0, until_ms = 0;
  std::string number = {};    // dialling: which
  std::int64_t dial_ms = 0;   // when the intent was acknowledged
  bool slice = false;         // handed over for longer, to be called without asking the hub again
  std::string batch = {};     // what it was handed over with: a dialler's export, or a slice for one desk
  std::string how_over = {};  // over: "outcome", "given-back", "expired", or who decided
};

namespace event {
struct CaseAsked {
  const CallbackCase* of = nullptr;
  std::string agent, station;
  // Handed over until then, with others of one batch, its number told at once: that is the intent to dial.
  std::int64_t slice_until_ms = 0;
  std::string batch = {}, number = {};
  // Claims of this agent whose outcomes are saved at the desk and on their way: they hold their cases, and count no
  // more against how many an agent may have.
  std::vector<std::uint64_t> told = {};
};
struct ClaimAlive {  // still being worked on
  std::uint64_t fence = 0;
  std::string agent;
};
struct DialIntended {
  std::uint64_t fence = 0;
  std::string number;
  std::string agent;
};
struct OutcomeTold {
  std::uint64_t fence = 0;
  CallAttempt attempt;  // requests and fence are filled in
};
struct OutcomeArrived {  // the attempt is kept already: it came from a desk like everything that is saved there
  std::uint64_t fence = 0;
};
struct ClaimGivenBack {
  std::uint64_t fence = 0;
  std::string agent;
};
struct UncertainDecided {  // a supervisor: it may be called again
  std::uint64_t fence = 0;
  std::string by;
};
struct HandedBack {  // a supervisor: what was handed over was not called and will not be
  std::uint64_t fence = 0;
  std::string by;
};
struct ClaimTime {};
}  // namespace event
using ClaimEvent =
    std::variant<event::CaseAsked, event::ClaimAlive, event::DialIntended, event::OutcomeTold, event::OutcomeArrived,
                 event::ClaimGivenBack, event::UncertainDecided, event::HandedBack, event::ClaimTime>;

namespace action {
struct KeepClaim {  // write it down before anybody is told
  Claim claim;
};
struct KeepAttempt {  // likewise; `late`: the fence was over, and somebody may have called twice
  CallAttempt attempt;
};
struct ClaimRefused {
  Error error;
};
}  // namespace action
using ClaimAction = std::variant<action::KeepClaim, action::KeepAttempt, action::ClaimRefused>;
using ClaimActions = std::vector<ClaimAction>;

class Claims {
 public:
  explicit Claims(ClaimOptions options = {}) : options_(options) {}

  // What was kept, in any order; before the first step.
  void take(const Claim& claim);

  // Codes of refusals, all ask_person: "case-claimed", "case-uncertain", "agent-has-enough", "claim-unknown",
  // "claim-over", "claim-of-another", "already-dialling".
  ClaimActions step(const ClaimEvent& event, std::int64_t now_ms);

  // That holds one of these requests; null: none does. A case that was made of two others may have two: the one that
  // was dialled counts.
  const Claim* of(const CallbackCase& of) const;
  const Claim* find(std::uint64_t fence) const;
  std::vector<const Claim*> live() const;  // by fence
  std::uint64_t next_fence() const { return next_fence_; }

 private:
  struct Stepper;
  void keep(Claim claim, ClaimActions& out);

  ClaimOptions options_;
  std::map<std::uint64_t, Claim> claims_;
  std::set<std::uint64_t> live_;
  std::unordered_map<sync::Id, std::vector<std::uint64_t>> holding_;  // of requests: claims that are not over
  std::uint64_t next_fence_ = 1;
};

}  // namespace holdline::contingency
