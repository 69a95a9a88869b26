#include "contingency/runbook/journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdline::contingency {
namespace {

sync::Id told_id(std::uint8_t n) {
  sync::Id id;
  id.bytes[15] = n;
  return id;
}
const sync::Id told_run = told_id(99);
const RunClaim claim_one{1, "A", told_id(1)}, claim_two{2, "B", told_id(2)}, claim_rival{2, "A", told_id(1)};

// The events of a run, as they are written one after the other.
class JournalTest : public ::testing::Test {
 protected:
  void tell(const RunClaim& claim, std::uint64_t number, std::variant<RunHead, ActionRun, Heard> what) {
    entries_.push_back({told_id(++drawn_), 1'000 + drawn_, Telling{claim, number, std::move(what)}});
  }
  sync::Id ask(WishKind kind, std::string action = {}) {
    entries_.push_back({told_id(++drawn_), 1'000 + drawn_, Wish{.kind = kind, .action = std::move(action)}});
    return entries_.back().id;
  }
  static ActionRun run(std::string action, RunState state, bool effect) {
    ActionRun made;
    made.action = std::move(action);
    made.state = state;
    made.effect = effect;
    return made;
  }
  static RunHead from(const RunClaim& claim, std::uint64_t number) {
    RunHead head{.plan_version = 3, .entered = true};
    head.from = claim;
    head.from_number = number;
    return head;
  }
  Journal read(std::int64_t now_ms = 2'000) const { return read_journal(told_run, entries_, now_ms); }

  std::vector<JournalEntry> entries_;
  std::uint8_t drawn_ = 0;
};

TEST_F(JournalTest, GoesOnFromWhatWasKnownOfTheClaimBefore) {
  const auto tick = ask(WishKind::tick, "stop"), late = ask(WishKind::approve, "notice");
  tell(claim_one, 1, RunHead{.plan_version = 3, .entered = true});
  tell(claim_one, 2, run("stop", RunState::ok, true));
  tell(claim_one, 3, Heard{tick, {}, {}});
  tell(claim_two, 1, from(claim_one, 3));
  // Told by the old holder after the new one took over from what it knew.
  tell(claim_one, 4, run("notice", RunState::running, true));
  tell(claim_one, 5, Heard{late, {}, {}});
  const Journal journal = read();
  EXPECT_EQ(journal.holder, claim_two);
  EXPECT_EQ(journal.number, 1U);
  EXPECT_EQ(journal.actions.at("stop").state, RunState::ok);
  EXPECT_FALSE(journal.actions.contains("notice")) << "the new holder begins it itself";
  ASSERT_EQ(journal.unheard.size(), 1U) << "heard by somebody whose word does not count any more";
  EXPECT_EQ(journal.unheard[0].id, late);
  EXPECT_EQ(journal.elsewhere, (std::vector<event::BegunElsewhere>{{"notice", 1, true}})) << "it may have to be undone";
}

TEST_F(JournalTest, IsTheSameForEveryOrderInWhichEventsArrive) {
  const auto wish = ask(WishKind::undo);
  tell(claim_one, 1, RunHead{.plan_version = 3, .entered = true});
  tell(claim_one, 2, run("stop", RunState::ok, true));
  tell(claim_rival, 1, from(claim_one, 1));
  tell(claim_rival, 2, run("notice", RunState::ok, true));
  tell(claim_two, 1, from(claim_one, 2));
  tell(claim_two, 2, Heard{wish, "not-now", "There is nothing to undo."});
  const Journal expected = read();
  EXPECT_EQ(expected.holder, claim_two) << "of two that claimed at once the higher one, everywhere";
  EXPECT_EQ(expected.elsewhere, (std::vector<event::BegunElsewhere>{{"notice", 1, true}}));
  std::ranges::sort(entries_, {}, &JournalEntry::id);
  do {
    const Journal journal = read();
    ASSERT_EQ(journal.holder, expected.holder);
    ASSERT_EQ(journal.actions, expected.actions);
    ASSERT_EQ(journal.elsewhere, expected.elsewhere);
    ASSERT_EQ(journal.number, expected.number);
    ASSERT_EQ(journal.refused.size(), 1U);
  } while (std::ranges::next_permutation(entries_, {}, &JournalEntry::id).found);
}

TEST_F(JournalTest, WhatIsLeftOfAWaitGoesOnWhileNobodyIsThere) {
  ActionRun redirect = run("redirect", RunState::ok, true);
  redirect.due_ms = 5'000;
  tell(claim_one, 1, RunHead{});
  tell(claim_one, 2, redirect);  // at 1'002
  EXPECT_EQ(read(2'002).actions.at("redirect").due_ms, 4'000);
  EXPECT_EQ(read(99'000).actions.at("redirect").due_ms, 1) << "due, and not forgotten";
  EXPECT_EQ(read(0).actions.at("redirect").due_ms, 5'000) << "a clock that went back adds nothing";
}

TEST_F(JournalTest, IsOverWhenNothingIsLeft) {
  Plan plan;
  plan.version = 3;
  for (const char* id : {"stop", "news"}) plan.actions.emplace_back().id = id;
  plan.actions[0].undo.emplace_back();
  plan.actions[1].phase = ActionPhase::during;
  tell(claim_one, 1, RunHead{.plan_version = 3, .entered = true});
  tell(claim_one, 2, run("stop", RunState::ok, true));
  EXPECT_FALSE(is_over(read(), plan));
  tell(claim_one, 3, RunHead{.plan_version = 3, .entered = true, .exiting = true});
  EXPECT_FALSE(is_over(read(), plan)) << "not undone";
  tell(claim_one, 4, run("stop", RunState::undone, false));
  EXPECT_TRUE(is_over(read(), plan));
  EXPECT_EQ(record_of(read(), plan).actions.size(), 2U);
  ask(WishKind::want, "stop");
  EXPECT_FALSE(is_over(read(), plan));
}

TEST_F(JournalTest, EveryEventComesBackFromItsRecord) {
  ActionRun full = run("notice", RunState::undo_failed, true);
  full.wanted = true;
  full.tries = 3;
  full.round = 2;
  full.due_ms = 77;
  full.result = ActionResult{500, "said no", 12};
  full.approved = full.ended = full.excepted = Signature{"ivo", by_it, "because \"so\"", 5};
  tell(claim_two, 7, full);
  tell(claim_two, 1, from(claim_one, 9));
  tell(claim_two, 2, Heard{told_id(5), "not-now", "later"});
  entries_.push_back(
      {told_id(50), 9, Wish{WishKind::enter, "", "B", "crm", true, false, {"sue", by_supervisor, "x", 9}}});
  for (const JournalEntry& entry : entries_) {
    const JournalRecord record = to_record(entry);
    const auto again = read_record(record, entry.at_ms);
    ASSERT_TRUE(again) << record.kind;
    EXPECT_EQ(to_record({entry.id, entry.at_ms, *again}).detail, record.detail);
  }
  EXPECT_EQ(std::get<ActionRun>(std::get<Telling>(*read_record(to_record(entries_[0]), 0)).what), full);
  EXPECT_EQ(std::get<RunHead>(std::get<Telling>(*read_record(to_record(entries_[1]), 0)).what), from(claim_one, 9));
  for (const char* detail : {"[]", "{", "{\"state\":7}", "{\"state\":\"ok\",\"tries\":\"x\"}"}) {
    JournalRecord broken = to_record(entries_[0]);
    broken.detail = detail;
    EXPECT_FALSE(read_record(broken, 0)) << detail;
  }
}

TEST(RunbookElsewhere, WhatAnotherStationBeganHasToBeUndoneAsWell) {
  Plan plan;
  plan.actions.emplace_back().id = "notice";
  plan.actions[0].does.kind = ActionKind::webhook;
  plan.actions[0].undo = {plan.actions[0].does};
  Runbook runbook(plan, {});
  runbook.step(event::BegunElsewhere{"notice"}, 0);
  EXPECT_EQ(runbook.left(), std::vector<std::string>{"notice"});
  const auto undo = runbook.step(event::UndoWanted{"notice", {"sue", by_supervisor, "", 1}}, 1);
  EXPECT_TRUE(std::ranges::any_of(undo, [](const RunAction& a) {
    return std::holds_alternative<action::Perform>(a) && std::get<action::Perform>(a).undo;
  }));
}

}  // namespace
}  // namespace holdline::contingency
