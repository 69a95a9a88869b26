#include "contingency/runbook/holder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace holdline::contingency {
namespace {

sync::Id drawn(std::uint8_t n) {
  sync::Id id;
  id.bytes[0] = n;
  return id;
}
const sync::Id held_run = drawn(99);
const Signature sue_asks{"sue", by_supervisor, "Needed now.", 1};

std::shared_ptr<const Plan> held_plan() {
  auto made = std::make_shared<Plan>();
  made->version = 4;
  for (const char* id : {"stop", "notice", "redirect"}) {
    PlanAction& action = made->actions.emplace_back();
    action.id = id;
    action.does.kind = ActionKind::webhook;
    action.undo = {action.does};
    action.retries = 1;
    action.timeout_ms = 1'000;
    action.retry_wait_ms = 500;
  }
  made->actions[1].after = {"stop"};
  made->actions[2].after = {"notice"};
  made->actions[2].approver = "supervisor";
  return made;
}

// A target that honours the key: what was asked under it before is answered as before and does nothing.
struct KeyedSink {
  std::map<std::string, int> asked, effects;
  bool ask(const std::string& key) {
    if (asked[key]++ == 0) ++effects[key];
    return true;
  }
};

// A station with its own copy of the journal, which it loses nothing of when it is killed.
class HoldingStation {
 public:
  HoldingStation(std::string name, std::uint8_t n, KeyedSink& sink)
      : name_(std::move(name)), device_(drawn(n)), sink_(sink) {}

  std::vector<JournalEntry> journal;
  bool answers = true;  // what it asked for comes back
  const RunIncident* incident = nullptr;

  void look(std::int64_t now) {
    const Journal read = read_journal(held_run, journal, now);
    if (holder_ && holder_->is_superseded(read)) {
      holder_.reset();
      running_.clear();
    }
    if (holder_) return carry_out(holder_->hear(read, incident, {now, now}), now);
    if (!should_claim(read, incident, *plan_, name_, device_, 0, 0)) return;
    Holder::Step first;
    auto claimed = Holder::claim(read, incident, plan_, name_, device_, {now, now}, first);
    ASSERT_TRUE(claimed) << claimed.error().message;
    holder_.emplace(*std::move(claimed));
    carry_out(std::move(first), now);
  }
  // The answers of what it performs.
  void hear_answers(std::int64_t now) {
    if (!answers) return;
    for (const action::Perform& what : std::exchange(running_, {}))
      if (holder_)
        carry_out(holder_->performed({what.action, what.key, what.fence, true, {200, "", 1}}, {now, now}), now);
  }
  void kill() {
    holder_.reset();
    running_.clear();
  }
  bool holds() const { return holder_.has_value(); }
  std::string states() const {
    std::string text;
    for (const ActionRun& run : holder_->runbook().actions()) text += std::string(name_of(run.state)) + " ";
    return text;
  }
  std::vector<std::string> left() const { return holder_->runbook().left(); }

 private:
  void carry_out(Holder::Step step, std::int64_t now) {
    for (Telling& told : step.tell) {
      sync::Id id = device_;
      id.bytes[14] = static_cast<std::uint8_t>(++told_ >> 8);
      id.bytes[15] = static_cast<std::uint8_t>(told_);
      journal.push_back({id, now, std::move(told)});
    }
    for (const RunAction& one : step.act)
      if (const auto* what = std::get_if<action::Perform>(&one)) {
        sink_.ask(what->key);
        running_.push_back(*what);
      }
  }

  const std::string name_;
  const sync::Id device_;
  KeyedSink& sink_;
  const std::shared_ptr<const Plan> plan_ = held_plan();
  std::optional<Holder> holder_;
  std::vector<action::Perform> running_;
  std::uint16_t told_ = 0;
};

// What both have afterwards is what either had.
void meet_up(HoldingStation& a, HoldingStation& b) {
  for (const JournalEntry& entry : std::vector(a.journal))
    if (std::ranges::find(b.journal, entry.id, &JournalEntry::id) == b.journal.end()) b.journal.push_back(entry);
  for (const JournalEntry& entry : std::vector(b.journal))
    if (std::ranges::find(a.journal, entry.id, &JournalEntry::id) == a.journal.end()) a.journal.push_back(entry);
}

class HolderTest : public ::testing::Test {
 protected:
  void ask(HoldingStation& at, WishKind kind, std::string action = {}, std::string station = {}) {
    at.journal.push_back(
        {drawn(++wishes_), now_, Wish{kind, std::move(action), std::move(station), "", false, true, sue_asks}});
  }
  void settle(HoldingStation& at, int rounds = 6) {
    for (int i = 0; i < rounds; ++i) {
      at.look(now_);
      at.hear_answers(now_);
    }
  }

  KeyedSink sink_;
  HoldingStation a_{"A", 201, sink_}, b_{"B", 202, sink_};
  std::uint8_t wishes_ = 0;
  std::int64_t now_ = 1'000'000;
};

TEST_F(HolderTest, GoesOnAfterAKillWithTheSameKeys) {
  ask(a_, WishKind::enter);
  a_.look(now_);  // it has asked for "stop", and dies before the answer
  a_.kill();
  settle(a_);
  EXPECT_EQ(sink_.asked.at(held_run.text() + "/stop/do/1"), 2) << "asked again";
  EXPECT_EQ(sink_.effects.at(held_run.text() + "/stop/do/1"), 1);
  EXPECT_EQ(a_.states(), "ok ok asking ");
  ask(a_, WishKind::approve, "redirect");
  settle(a_);
  EXPECT_EQ(a_.states(), "ok ok ok ");
  ask(a_, WishKind::approve, "redirect");
  settle(a_);
  EXPECT_EQ(read_journal(held_run, a_.journal, now_).refused.at(0).code, "not-now") << "whoever asked is told";
}

TEST_F(HolderTest, AnotherStationGoesOnWhereTheOneThatIsGoneStood) {
  ask(a_, WishKind::enter);
  settle(a_);
  meet_up(a_, b_);
  settle(b_);
  EXPECT_FALSE(b_.holds()) << "it is held, and nobody asked B";
  ask(b_, WishKind::take_over, "", "B");
  settle(b_);
  ask(b_, WishKind::approve, "redirect");
  settle(b_);
  EXPECT_EQ(b_.states(), "ok ok ok ");
  ask(a_, WishKind::undo);  // at A, which knows of nothing
  a_.answers = false;
  a_.look(now_);
  meet_up(a_, b_);
  a_.look(now_);
  EXPECT_FALSE(a_.holds()) << "the higher fence ends it";
  settle(b_);
  EXPECT_EQ(b_.states(), "undone undone undone ");
  for (const auto& [key, effects] : sink_.effects) EXPECT_EQ(effects, 1) << key;
}

TEST_F(HolderTest, TwoThatActAtOnceHaveOneEffectAndOneHolder) {
  ask(a_, WishKind::enter);
  b_.journal = a_.journal;
  settle(a_);
  settle(b_);
  ask(a_, WishKind::approve, "redirect");
  settle(a_);
  meet_up(a_, b_);
  settle(a_);
  settle(b_);
  EXPECT_NE(a_.holds(), b_.holds());
  HoldingStation& holder = a_.holds() ? a_ : b_;
  EXPECT_EQ(holder.states(), "ok ok ok ") << "what was asked at the other one counts";
  for (const auto& [key, effects] : sink_.effects) EXPECT_EQ(effects, 1) << key;
  EXPECT_EQ(sink_.asked.at(held_run.text() + "/stop/do/1"), 2);
}

TEST_F(HolderTest, WhatADeposedStationDidHasToBeUndoneByTheNewOne) {
  ask(a_, WishKind::enter);
  settle(a_);
  meet_up(a_, b_);
  ask(b_, WishKind::take_over, "", "B");
  ask(b_, WishKind::exit);
  settle(b_);
  ask(a_, WishKind::approve, "redirect");  // without contact: A redirects, B does not know
  settle(a_);
  meet_up(a_, b_);
  settle(b_);
  const auto left = b_.left();
  EXPECT_EQ(left, (std::vector<std::string>{"redirect", "notice", "stop"}));
}

TEST_F(HolderTest, FollowsADeclaredIncident) {
  RunIncident declared;
  declared.confirmed = false;
  a_.incident = &declared;
  settle(a_);
  EXPECT_EQ(a_.states(), "ok ok asking ") << "declaring begins, nobody has to ask";
  ask(a_, WishKind::exit);
  settle(a_);
  EXPECT_EQ(a_.states(), "ok ok waiting ") << "and an incident that stands still turns nothing round";
  declared.phase = IncidentPhase::recovering;
  settle(a_);
  a_.kill();
  settle(a_);
  declared.phase = IncidentPhase::active;  // declared again before it was over
  settle(a_);
  EXPECT_EQ(a_.states(), "ok ok asking ");
}

// Stations that are killed, cut off from each other and asked to take over, in any order.
TEST_F(HolderTest, WhateverHappensAKeyHasOneEffectAndEverybodyComesToTheSameEnd) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 chance(seed);
    KeyedSink sink;
    HoldingStation a("A", 201, sink), b("B", 202, sink);
    wishes_ = 0;
    ask(a, WishKind::enter);
    for (int step = 0; step < 40; ++step) {
      HoldingStation& one = chance() % 2 ? a : b;
      now_ += chance() % 700;
      switch (chance() % 9) {
        case 0:
          one.kill();
          break;
        case 1:
          meet_up(a, b);
          break;
        case 2:
          ask(one, WishKind::take_over, "", chance() % 2 ? "A" : "B");
          break;
        case 3:
          ask(one, WishKind::approve, "redirect");
          break;
        case 4:
          ask(one, WishKind::undo, chance() % 2 ? "notice" : "");
          break;
        case 5:
          one.answers = chance() % 3 != 0;
          break;
        case 6:
          one.hear_answers(now_);
          break;
        default:
          one.look(now_);
      }
    }
    a.answers = b.answers = true;
    ask(a, WishKind::exit);
    ask(a, WishKind::undo);
    for (int i = 0; i < 30; ++i) {
      now_ += 600;
      meet_up(a, b);
      settle(a, 1);
      settle(b, 1);
    }
    for (const auto& [key, effects] : sink.effects) ASSERT_EQ(effects, 1) << "seed " << seed << " " << key;
    ASSERT_TRUE(a.holds() != b.holds()) << "seed " << seed;
    ASSERT_TRUE((a.holds() ? a : b).left().empty()) << "seed " << seed << ": " << (a.holds() ? a : b).states();
    ASSERT_TRUE(is_over(read_journal(held_run, a.journal, now_), *held_plan())) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdline::contingency
