// Recoveries in which desks lose the hub at any moment, answers are lost, the hub is killed before and after it kept
// what it decided, and outcomes arrive late: nobody rings a customer who was dialled by another desk and of whose call
// nothing is known.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "contingency/callbacks/claim/claims.hpp"
#include "tests/unit/contingency/callbacks/support.hpp"

namespace holdline::contingency {
namespace {

constexpr std::int64_t recovery_minute = 60'000;
constexpr std::size_t recovery_desks = 5, recovery_cases = 6;

// What an agent at a desk knows. The number is on the screen when the hub has said so.
struct RecoveryDesk {
  std::string name;
  bool cut = false;
  std::uint64_t fence = 0;  // of the case on the screen; 0: none
  std::size_t of = 0;
  bool number_shown = false;
  std::deque<std::uint64_t> outcomes = {};  // saved here and not at the hub yet: under which claims
};

class Recovery {
 public:
  explicit Recovery(unsigned seed) : random_(seed) {
    for (std::uint8_t n = 1; n <= recovery_cases; ++n) {
      cases_.emplace_back();
      cases_.back().id = sync_id(n);
      cases_.back().requests = {sync_id(n)};
    }
    for (std::size_t n = 0; n < recovery_desks; ++n) desks_.push_back({"desk-" + std::to_string(n)});
  }

  void run() {
    for (int n = 0; n < 150 && !::testing::Test::HasFailure(); ++n) {
      now_ms_ += static_cast<std::int64_t>(random_() % (recovery_minute / 2));
      RecoveryDesk& desk = desks_[random_() % desks_.size()];
      switch (random_() % 10) {
        case 0:
          desk.cut = !desk.cut;
          break;
        case 1:
          restart();
          break;
        case 2:
          step(event::ClaimTime{});
          break;
        case 3:
          free_one();
          break;
        case 4:
          send_outcome(desk);
          break;
        default:
          work(desk);
      }
    }
  }
  std::size_t dials() const { return dials_; }
  std::size_t uncertain() const { return uncertain_; }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  // What the hub decides is kept before anybody is told. It may die before it is kept, or before it is told.
  bool step(const ClaimEvent& event, std::uint64_t* fence = nullptr) {
    const auto actions = hub_.step(event, now_ms_);
    const bool refused = !actions.empty() && std::holds_alternative<action::ClaimRefused>(actions.front());
    if (refused) return false;
    if (chance(3)) {
      restart();
      return false;
    }
    for (const ClaimAction& one : actions)
      if (const auto* keep = std::get_if<action::KeepClaim>(&one)) {
        if (!kept_.contains(keep->claim.fence)) {
          EXPECT_TRUE(kept_.empty() || keep->claim.fence > kept_.rbegin()->first) << "a fence was given twice";
        }
        if (keep->claim.state == ClaimState::uncertain) ++uncertain_;
        kept_[keep->claim.fence] = keep->claim;
        if (fence != nullptr) *fence = keep->claim.fence;
      }
    if (chance(3)) {
      restart();
      return false;
    }
    return true;
  }

  void restart() {
    hub_ = Claims();
    for (const auto& [fence, claim] : kept_) hub_.take(claim);
  }

  // A question and its answer, each of which may be lost.
  bool ask(const RecoveryDesk& desk, const ClaimEvent& event, std::uint64_t* fence = nullptr) {
    return !desk.cut && !chance(10) && step(event, fence) && !chance(10);
  }

  void work(RecoveryDesk& desk) {
    if (desk.fence == 0) {
      const std::size_t of = random_() % cases_.size();
      const std::vector<std::uint64_t> told(desk.outcomes.begin(), desk.outcomes.end());
      if (ask(desk, event::CaseAsked{.of = &cases_[of], .agent = desk.name, .station = desk.name, .told = told},
              &desk.fence))
        desk.of = of;
      else
        desk.fence = 0;
    } else if (!desk.number_shown) {
      if (chance(10) && ask(desk, event::ClaimGivenBack{desk.fence, desk.name}))
        desk.fence = 0;
      else if (desk.fence != 0 && ask(desk, event::DialIntended{desk.fence, "+44", desk.name}))
        dial(desk);
      else if (chance(30))
        desk.fence = 0;  // the agent turns to something else
    } else if (chance(50)) {
      ask(desk, event::ClaimAlive{desk.fence, desk.name});
    } else {
      desk.outcomes.push_back(desk.fence);
      desk.fence = 0;
      desk.number_shown = false;
    }
  }

  void dial(RecoveryDesk& desk) {
    ++dials_;
    desk.number_shown = true;
    const Claim& kept = kept_.at(desk.fence);
    EXPECT_TRUE(kept.state == ClaimState::dialling && kept.agent == desk.name) << "no acknowledged intent";
    const auto [open, first] = dialled_.try_emplace(desk.of, desk.fence);
    EXPECT_TRUE(first || open->second == desk.fence) << "two desks dial one case";
  }

  void send_outcome(RecoveryDesk& desk) {
    if (desk.cut || desk.outcomes.empty()) return;
    const std::uint64_t fence = desk.outcomes.front();
    desk.outcomes.pop_front();
    // It is in the ledger; a hub that dies here finds it there.
    for (int tries = 0; tries < 10 && kept_.at(fence).state != ClaimState::over; ++tries)
      step(event::OutcomeArrived{fence});
    settled(fence);
  }

  void free_one() {
    for (const auto& [fence, claim] : kept_)
      if (claim.state == ClaimState::uncertain) {
        const std::uint64_t one = fence;
        step(event::UncertainDecided{one, "sue"});
        if (kept_.at(one).state == ClaimState::over) settled(one);
        return;
      }
  }

  // Its call is known, or a person has decided: others may call.
  void settled(std::uint64_t fence) {
    for (auto open = dialled_.begin(); open != dialled_.end();)
      open = open->second == fence ? dialled_.erase(open) : std::next(open);
  }

  std::mt19937 random_;
  std::int64_t now_ms_ = 1;
  std::vector<CallbackCase> cases_;
  std::vector<RecoveryDesk> desks_;
  Claims hub_;
  std::map<std::uint64_t, Claim> kept_;           // what the ledger has
  std::map<std::size_t, std::uint64_t> dialled_;  // cases somebody dialled whose call is not known
  std::size_t dials_ = 0, uncertain_ = 0;
};

TEST(RecoveriesTest, NobodyIsRungByTwoInTwoThousandOfThem) {
  std::size_t dials = 0, uncertain = 0;
  for (unsigned seed = 1; seed <= 2'000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Recovery recovery(seed);
    recovery.run();
    dials += recovery.dials();
    uncertain += recovery.uncertain();
  }
  std::printf("2000 recoveries: %zu calls, %zu of them became uncertain\n", dials, uncertain);
  EXPECT_GT(dials, 10'000U);
  EXPECT_GT(uncertain, 1'000U) << "what is to be survived has happened";
}

}  // namespace
}  // namespace holdline::contingency
