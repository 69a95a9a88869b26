// The engine's uploads: what a push holds, and what becomes of its answer.
#include <random>

#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {
namespace {

TEST_F(EngineTest, APushHoldsTheActionsAsStoredAndTheirSignIns) {
  pc.save(pc.entry("a"));
  pc.save(pc.entry("b"));
  follow();
  const auto push = read_push(take(sync::path::push));
  const auto own = must(pc.outbox->read_batch(2, 0, 10, 1 << 20));
  EXPECT_EQ(push.batch.actions, own.actions);
  EXPECT_EQ(push.batch.maker, pc.outbox->maker());
  EXPECT_EQ(push.batch.predecessor, sync::Hash{});
  EXPECT_EQ(push.clock, pc.clock.now());
  ASSERT_EQ(push.assertions.size(), 1u);
  EXPECT_EQ(push.assertions[0].number, 1u);
}

TEST_F(EngineTest, WhatIsSavedDuringAConversationIsPushedAtOnce) {
  follow();
  EXPECT_EQ(waiting(sync::path::push), 0u);
  const Saved saved = pc.save(pc.entry("a"));
  engine->outbox_grew();
  const auto push = read_push(take(sync::path::push));
  ASSERT_EQ(push.batch.actions.size(), 1u);
  EXPECT_EQ(push.batch.actions[0].number, saved.ref.number);
}

TEST_F(EngineTest, EachLaneTravelsByItself) {
  pc.save(pc.entry("a"));
  pc.save(pc.customer("b"));
  follow();
  const auto first = read_push(take(sync::path::push)), second = read_push(take(sync::path::push));
  EXPECT_EQ(first.batch.lane, 2);
  EXPECT_EQ(second.batch.lane, 3);
}

TEST_F(EngineTest, ABatchOfRandomTextsIsHalvedUntilItFitsIntoAPush) {
  std::mt19937_64 random(7);
  const auto noise = [&] {
    std::string text;
    while (text.size() < 4'000) text += static_cast<char>('!' + random() % 90);
    return text;
  };
  for (int i = 0; i < 100; ++i) pc.save(pc.entry("key-" + std::to_string(i), noise()));
  follow();
  std::uint64_t last = 0;
  while (waiting(sync::path::push) > 0) {
    const Posted request = take(sync::path::push);
    EXPECT_LE(request.body.size(), sync::limits::push_bytes);
    const auto push = read_push(request);
    ASSERT_EQ(push.batch.actions.front().number, last + 1);
    last = push.batch.actions.back().number;
    answer_push(request, {});
  }
  EXPECT_EQ(last, 100u);
}

TEST_F(EngineTest, ResultsThatDoNotContinueTheStreamLeaveItsCursorBehind) {
  const Saved first = pc.save(pc.entry("a"));
  follow();
  answer_push(take(sync::path::push), settled(2, {first.ref}, 11));
  EXPECT_EQ(pc.outbox->results_cursor(), 0u);
  EXPECT_TRUE(pc.outbox->result_of(first.ref));
}

TEST_F(EngineTest, ResultsOutOfOrderMoveTheCursorAllTheSame) {
  const Saved first = pc.save(pc.entry("a")), second = pc.save(pc.entry("b"));
  follow();
  auto reply = settled(1, {first.ref, second.ref}, 11);
  std::ranges::reverse(reply.results);
  answer_push(take(sync::path::push), reply);
  EXPECT_EQ(pc.outbox->results_cursor(), 2u);
}

TEST_F(EngineTest, WhatARefusedActionCreatedStaysOnTheScreenMarked) {
  const Saved saved = pc.save(pc.customer("a"));
  follow();
  sync::PushReply reply;
  reply.results.push_back(pc.result(1, saved.ref, sync::Verdict::quarantined, 10));
  answer_push(take(sync::path::push), reply);
  const sync::RecordKey key{pc.collection("customer").no, saved.created.at(0)};
  EXPECT_TRUE(overlay.snapshot()->ops(key).at(0)->refused);
  EXPECT_EQ(pc.outbox->status().quarantined, 1u);
}

TEST_F(EngineTest, AnAppliedActionStaysOnTheScreenUntilItsChangeHasCome) {
  const Saved saved = pc.save(pc.customer("a"));
  follow();
  answer_push(take(sync::path::push), settled(1, {saved.ref}, 12));
  answer_pull(cut(10, 11));
  EXPECT_EQ(overlay.snapshot()->actions(), 1u);
  answer_pull(cut(11, 12));
  EXPECT_EQ(overlay.snapshot()->actions(), 0u);
}

TEST_F(EngineTest, ResultsThatTheDiskDoesNotTakeHoldUpNothing) {
  const Saved saved = pc.save(pc.entry("a"));
  follow();
  pc.disk.fail_sync(1, true);
  answer_push(take(sync::path::push), settled(1, {saved.ref}, 11));
  EXPECT_EQ(engine->status().state, sync::SessionState::following);
  EXPECT_EQ(pc.outbox->status().lanes[saved.ref.lane].waiting, 0u);
  answer_pull(cut(10, 11));
  EXPECT_EQ(copy.replica->position().cursor.cn, 10u) << "a crash would lay the entry over rows that have it";
  EXPECT_EQ(overlay.snapshot()->actions(), 1u);
}

TEST_F(EngineTest, TheHubsClockSaysWhenWhatWasAcceptedIsOld) {
  const std::int64_t saved_at = pc.clock.wall_ms;
  const Saved saved = pc.save(pc.entry("a"));
  follow();
  answer_push(take(sync::path::push), settled(1, {saved.ref}, 11));
  pc.clock.wall_ms += 2 * pc.options.keep_ms;
  pc.save(pc.entry("b"));
  EXPECT_EQ(must(pc.outbox->prune()), 0u) << "by the hub's clock it is of today";
  auto reply = cut(10, 11);
  reply.hub_wall_ms = saved_at + pc.options.keep_ms + 1;
  answer_pull(reply);
  EXPECT_EQ(must(pc.outbox->prune()), 1u);
}

// Pushing the same again would be answered the same, for ever.
TEST_F(EngineTest, AHubThatExpectsWhatItHadIsGreetedAgain) {
  for (const char* key : {"a", "b", "c"}) pc.save(pc.entry(key));
  must(engine->start());
  auto ahead = welcome();
  ahead.lanes[2].number = 2;
  ahead.lanes[2].hash = must(pc.outbox->hashes(2, 2, 1)).at(0);
  greet(ahead);
  answer_push(take(sync::path::push), {sync::PushAnswer::gap, 2, {}});
  EXPECT_EQ(waiting(sync::path::push), 0u);
  EXPECT_EQ(waiting(sync::path::hello), 1u);
}

TEST_F(EngineTest, AForkToldByAPushBeginsTheConversationAgain) {
  pc.save(pc.entry("a"));
  follow();
  answer_push(take(sync::path::push), {sync::PushAnswer::fork, 1, {}});
  EXPECT_EQ(engine->status().state, sync::SessionState::greeting);
  EXPECT_EQ(waiting(sync::path::hello), 1u);
}

}  // namespace
}  // namespace holdline::agent
