#include "agent/engine/engine.hpp"

#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {
namespace {

TEST_F(EngineTest, HelloTellsWhatOutboxAndReplicaHold) {
  const Saved saved = pc.save(pc.entry("a"));
  must(engine->start());
  const auto hello = must(sync::decode_hello(take(sync::path::hello).body));
  EXPECT_EQ(hello.maker, pc.outbox->maker());
  EXPECT_EQ(hello.lanes[2].number, saved.ref.number);
  EXPECT_EQ(hello.lanes[2].hash, pc.outbox->status().lanes[2].hash);
  EXPECT_EQ(hello.cursor, copy.replica->position().cursor);
  EXPECT_EQ(hello.epoch, test_epoch);
  EXPECT_EQ(hello.schema, test_schema().hash());
  EXPECT_EQ(hello.results, 0u);
}

TEST_F(EngineTest, AConversationEndsWithNothingLeftOnEitherSide) {
  const Saved saved = pc.save(pc.entry("a"));
  follow();
  answer_push(take(sync::path::push), settled(1, {saved.ref}, 11));
  const auto note = record_of("manual_entry", 1, {{"kind", text("message")}});
  answer_pull(cut(10, 11, {told(11, note)}));

  EXPECT_TRUE(engine->status().settled);
  EXPECT_EQ(engine->status().replica.cursor.cn, 11u);
  EXPECT_EQ(pc.outbox->status().lanes[2].waiting, 0u);
  EXPECT_EQ(overlay.snapshot()->actions(), 0u);
  EXPECT_EQ(copy.rows(key_in("manual_entry", 1)).size(), 1u);
  const auto next = must(sync::decode_pull_request(take(sync::path::pull).body));
  EXPECT_EQ(next.wait_ms, sync::limits::pull_wait_ms);
  EXPECT_EQ(next.cursor, copy.replica->position().cursor);
  EXPECT_EQ(next.results, 1u);
  EXPECT_TRUE(transport.posted.empty());
}

TEST_F(EngineTest, TheStatusTellsTheContactAndTheClocksDifference) {
  EXPECT_EQ(engine->status().last_contact_ms, 0);
  follow();
  EXPECT_TRUE(engine->status().connected);
  EXPECT_EQ(engine->status().last_contact_ms, pc.clock.wall_ms);
  EXPECT_EQ(engine->status().clock_offset_ms, 1'500);
  EXPECT_GT(published, 0);
}

TEST_F(EngineTest, AfterALostAnswerTheSameActionsAreOfferedAgain) {
  pc.save(pc.entry("a"));
  follow();
  const Posted first = take(sync::path::push);
  lose(first);
  EXPECT_EQ(engine->status().state, sync::SessionState::resting);
  engine->wake();
  greet(welcome());
  const auto again = read_push(take(sync::path::push));
  EXPECT_EQ(again.batch.actions, read_push(first).batch.actions);
}

TEST_F(EngineTest, TheHubHavingThemAlreadyIsEnoughAfterALostAnswer) {
  const Saved saved = pc.save(pc.entry("a"));
  follow();
  lose(take(sync::path::push));
  engine->wake();
  auto knows = welcome();
  knows.lanes[2].number = saved.ref.number;
  knows.lanes[2].hash = pc.outbox->status().lanes[2].hash;
  knows.results = 1;
  greet(knows);
  EXPECT_EQ(waiting(sync::path::push), 0u);
  auto reply = cut(10, 11);
  reply.results = settled(1, {saved.ref}, 11).results;
  answer_pull(reply);
  EXPECT_TRUE(engine->status().settled);
  EXPECT_EQ(pc.outbox->results_cursor(), 1u);
}

TEST_F(EngineTest, ALateAnswerOfAnOlderConversationIsIgnored) {
  const Saved saved = pc.save(pc.entry("a"));
  follow();
  const Posted push = take(sync::path::push), pull = take(sync::path::pull);
  lose(pull);
  engine->wake();
  const auto before = transport.posted.size();
  answer_push(push, settled(1, {saved.ref}, 11));
  EXPECT_EQ(pc.outbox->results_cursor(), 0u);
  EXPECT_EQ(engine->status().state, sync::SessionState::greeting);
  EXPECT_EQ(transport.posted.size(), before);
}

TEST_F(EngineTest, AnAnswerCountsOnce) {
  follow();
  const Posted pull = take(sync::path::pull);
  const auto body = packed(sync::encode_pull_reply(test_schema(), cut(10, 11)));
  answer(pull, body);
  const auto posted = transport.posted.size();
  answer(pull, body);
  EXPECT_EQ(engine->status().state, sync::SessionState::following);
  EXPECT_EQ(transport.posted.size(), posted);
}

TEST_F(EngineTest, RestAndHelloAbandonWhatIsUnderWay) {
  follow();
  const int before = transport.abandoned;
  lose(take(sync::path::pull));
  EXPECT_EQ(transport.abandoned, before + 1);
  engine->wake();
  EXPECT_EQ(transport.abandoned, before + 2);
}

TEST_F(EngineTest, FailuresBackOffFurtherAndAGoodConversationBeginsAnew) {
  must(engine->start());
  const auto boot_ms = [&] { return pc.clock.now().boot_ms; };
  std::int64_t cap = 500;
  for (int attempt = 0; attempt < 12; ++attempt, cap = std::min<std::int64_t>(60'000, cap * 2)) {
    lose(take(sync::path::hello));
    EXPECT_GE(wake_at - boot_ms(), cap / 10);
    EXPECT_LE(wake_at - boot_ms(), cap);
    EXPECT_EQ(engine->status().wake_at_ms, wake_at);
    engine->wake();
  }
  greet(welcome());
  lose(take(sync::path::pull));
  EXPECT_LE(wake_at - boot_ms(), 500);
}

TEST_F(EngineTest, TheHubsRetryAfterIsWaitedFor) {
  must(engine->start());
  refuse(take(sync::path::hello), 503, 7'000);
  EXPECT_GE(wake_at, pc.clock.now().boot_ms + 7'000);
}

TEST_F(EngineTest, WhatNeedsAPersonIsTriedAgainOnceAMinute) {
  for (const int status : {401, 403, 404, 413, 422}) {
    engine->wake();
    refuse(take(sync::path::hello), status);
    EXPECT_EQ(engine->status().state, sync::SessionState::resting);
    EXPECT_EQ(wake_at, pc.clock.now().boot_ms + 60'000) << status;
    ASSERT_TRUE(engine->status().last_error);
    EXPECT_EQ(engine->status().last_error->kind, ErrorKind::ask_person) << status;
  }
}

TEST_F(EngineTest, AnAnswerThatCannotBeReadEndsTheConversationAndChangesNothing) {
  pc.save(pc.entry("a"));
  for (const auto path : {sync::path::push, sync::path::pull}) {
    follow();
    answer(take(path), "not a frame");
    EXPECT_EQ(engine->status().state, sync::SessionState::resting);
    EXPECT_EQ(error_code(), "malformed-frame");
    EXPECT_EQ(pc.outbox->results_cursor(), 0u);
    EXPECT_EQ(copy.replica->position().cursor.cn, 10u);
  }
}

TEST_F(EngineTest, AGoodAnswerClearsTheLastError) {
  must(engine->start());
  lose(take(sync::path::hello));
  EXPECT_EQ(error_code(), "unreachable");
  engine->wake();
  greet(welcome());
  EXPECT_EQ(error_code(), "none");
}

TEST_F(EngineTest, StartDerivesTheOverlayFromTheOutbox) {
  const Saved saved = pc.save(pc.customer("a"));
  must(engine->start());
  EXPECT_EQ(overlay.snapshot()->actions(), 1u);
  EXPECT_TRUE(overlay.snapshot()->touches({collection_of("customer").no, saved.created.at(0)}));
}

TEST_F(EngineTest, AnOverlayThatCannotBeDerivedIsDerivedLaterAndHoldsUpNoConversation) {
  const Saved saved = pc.save(pc.customer("a"));
  pc.disk.fail_read(1, true);
  ASSERT_FALSE(pc.outbox->recover());
  EXPECT_FALSE(engine->start());
  EXPECT_EQ(overlay.snapshot()->actions(), 0u);
  lose(take(sync::path::hello));
  pc.disk.clear_faults();
  must(pc.outbox->recover());
  engine->wake();
  EXPECT_EQ(overlay.snapshot()->actions(), 1u);
  greet(welcome());
  EXPECT_EQ(read_push(take(sync::path::push)).batch.actions.at(0).number, saved.ref.number);
}

// The hub was restored from an older copy: what it once acknowledged is offered again, nothing is deleted.
TEST_F(EngineTest, AHubThatWentBackIsOfferedEverythingAgain) {
  const Saved first = pc.save(pc.entry("a")), second = pc.save(pc.entry("b"));
  follow();
  answer_push(take(sync::path::push), settled(1, {first.ref, second.ref}, 12));
  lose(take(sync::path::pull));
  engine->wake();
  auto restored = welcome();
  restored.lanes[2].number = first.ref.number;
  restored.lanes[2].hash = must(pc.outbox->hashes(2, first.ref.number, 1)).at(0);
  restored.results = 1;
  greet(restored);
  EXPECT_EQ(pc.outbox->results_cursor(), 0u);
  EXPECT_EQ(pc.outbox->status().lanes[2].waiting, 1u);
  EXPECT_EQ(overlay.snapshot()->actions(), 2u);
  const auto push = read_push(take(sync::path::push));
  ASSERT_EQ(push.batch.actions.size(), 1u);
  EXPECT_EQ(push.batch.actions[0].number, second.ref.number);
}

TEST_F(EngineTest, AForkIsComparedByTheHashesOfTheOwnActions) {
  pc.save(pc.entry("a"));
  pc.save(pc.entry("b"));
  must(engine->start());
  auto fork = welcome();
  fork.lanes[2].number = 2;
  fork.lanes[2].hash = sync::sha256("another second action");
  greet(fork);
  const auto compare = must(sync::decode_compare(take(sync::path::compare).body));
  EXPECT_EQ(compare.lane, 2);
  EXPECT_EQ(compare.first, 1u);
  EXPECT_EQ(compare.hashes, must(pc.outbox->hashes(2, 1, 2)));
}

TEST_F(EngineTest, WhatFollowsTheCommonPartIsReissuedAndTheNewIncarnationSaysHello) {
  pc.save(pc.entry("a"));
  pc.save(pc.entry("b", "the second"));
  const auto old = pc.outbox->maker();
  must(engine->start());
  auto fork = welcome();
  fork.lanes[2].number = 2;
  fork.lanes[2].hash = sync::sha256("another second action");
  greet(fork);
  answer(take(sync::path::compare), sync::encode_json(sync::Compared{1}));
  EXPECT_NE(pc.outbox->maker().incarnation, old.incarnation);
  const auto hello = must(sync::decode_hello(take(sync::path::hello).body));
  EXPECT_EQ(hello.maker, pc.outbox->maker());
  EXPECT_GE(hello.lanes[2].number, 1u);
  EXPECT_GE(overlay.snapshot()->actions(), 1u);
}

// Voiding results is the first of three things the welcome leads to; pull and push were decided for a conversation that
// its failure ended.
TEST_F(EngineTest, WhatAStepStillHeldIsDroppedWhenOneOfItsActionsFails) {
  const Saved first = pc.save(pc.entry("a")), second = pc.save(pc.entry("b"));
  follow();
  answer_push(take(sync::path::push), settled(1, {first.ref, second.ref}, 12));
  lose(take(sync::path::pull));
  engine->wake();
  pc.disk.fail_sync(1, true);
  greet(welcome());
  EXPECT_TRUE(transport.posted.empty());
  EXPECT_EQ(engine->status().state, sync::SessionState::resting);
}

}  // namespace
}  // namespace holdline::agent
