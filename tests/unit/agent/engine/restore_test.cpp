// A hub that was restored from a copy older than what this workstation still keeps.
#include "agent/engine/engine.hpp"

#include "tests/unit/agent/engine/fixture.hpp"

namespace holdline::agent {
namespace {

class EngineRestoreTest : public EngineTest {
 protected:
  // The hub accepted two entries, which were let go since; a third was saved. Then its ledger was put back to one that
  // has `hub_has` of them.
  void put_hub_back_to(std::uint64_t hub_has) {
    pc.options.keep_bytes = 1;
    must(pc.open());
    const Saved first = pc.save(pc.entry("a")), second = pc.save(pc.entry("b"));
    const auto hashes = must(pc.outbox->hashes(2, 1, 2));
    follow();
    answer_push(take(sync::path::push), settled(1, {first.ref, second.ref}, 12));
    EXPECT_EQ(must(pc.outbox->prune()), 0u) << "the replica does not show them yet";
    answer_pull(cut(10, 12));
    EXPECT_EQ(must(pc.outbox->prune()), 2u);
    kept = pc.save(pc.entry("c"));
    incarnation = pc.outbox->maker().incarnation;
    lose(take(sync::path::pull));
    engine->wake();
    auto restored = welcome();
    restored.lanes[2].number = restored.results = hub_has;
    if (hub_has > 0) restored.lanes[2].hash = hashes.at(hub_has - 1);
    greet(restored);
  }
  Saved kept;
  sync::Id incarnation;
};

// What was let go can neither be offered again nor compared: what is kept goes on in lanes of its own.
TEST_F(EngineRestoreTest, WhatIsKeptIsOfferedUnderANewIncarnationToAHubBehindWhatWasLetGo) {
  put_hub_back_to(1);
  EXPECT_NE(pc.outbox->maker().incarnation, incarnation);
  greet(welcome());
  EXPECT_EQ(error_code(), "none");
  EXPECT_EQ(waiting(sync::path::pull), 1u);
  const auto push = read_push(take(sync::path::push));
  ASSERT_EQ(push.batch.actions.size(), 1u);
  EXPECT_EQ(push.batch.actions[0].number, 1u);
  EXPECT_EQ(pc.action({2, 1}).ops[0].record.id, kept.created.at(0));
}

TEST_F(EngineRestoreTest, AHubThatHasNothingOfALaneIsBehindWhatWasLetGoAsWell) {
  put_hub_back_to(0);
  EXPECT_NE(pc.outbox->maker().incarnation, incarnation);
  greet(welcome());
  EXPECT_EQ(error_code(), "none");
  EXPECT_EQ(waiting(sync::path::pull), 1u);
  EXPECT_EQ(read_push(take(sync::path::push)).batch.actions.size(), 1u);
}

TEST_F(EngineRestoreTest, WhatNobodyHasAnyMoreIsCounted) {
  put_hub_back_to(1);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(pc.outbox->status().lost, 1u) << "the second of two";
    must(pc.open());
  }
}

TEST_F(EngineRestoreTest, NothingCountsAsLostWhenTheHubHasAllThatWasLetGo) {
  put_hub_back_to(2);
  EXPECT_EQ(pc.outbox->maker().incarnation, incarnation);
  must(pc.outbox->reissue({0, 0, 2, 0}));
  EXPECT_EQ(pc.outbox->status().lost, 0u);
}

// Numbers, cursor and epoch all fit: a second machine of the same disk sent the same action after the hub was put back.
TEST_F(EngineRestoreTest, AResultOfAHistoryThatAnotherOneTookThePlaceOfIsReplaced) {
  const Saved entry = pc.save(pc.entry("a"));
  const auto hashes = must(pc.outbox->hashes(2, 1, 1));
  follow();
  sync::PushReply refused;
  refused.results = {pc.result(1, entry.ref, sync::Verdict::quarantined, 10)};
  answer_push(take(sync::path::push), refused);
  for (int round = 0; round < 2; ++round) {  // in this run, and in the next one
    must(pc.open());
    make_engine();
    must(engine->start());
    const auto hello = must(sync::decode_hello(transport.posted.back().body));
    EXPECT_EQ(hello.latest, (sync::LatestResult{1, sync::result_hash(refused.results[0])}));
  }
  auto other = welcome();
  other.lanes[2].number = other.results = 1;
  other.lanes[2].hash = hashes.at(0);
  other.results_differ = true;
  greet(other);
  EXPECT_EQ(pc.outbox->result_of(entry.ref)->verdict, sync::Verdict::quarantined) << "until it is told again";
  EXPECT_EQ(pc.outbox->latest_result(), sync::LatestResult{});
  auto told = cut(10, 11);
  told.results = settled(1, {entry.ref}, 11).results;
  answer_pull(told);
  EXPECT_EQ(pc.outbox->result_of(entry.ref)->verdict, sync::Verdict::applied);
  EXPECT_EQ(pc.outbox->latest_result(), (sync::LatestResult{1, sync::result_hash(told.results[0])}));
}

}  // namespace
}  // namespace holdline::agent
