// What needs attention in the outbox, and what deciding on it leaves behind.
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using Refs = std::vector<sync::ActionRef>;
using sync::Verdict;

class OutboxDecisionsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(pc.create());
    made = pc.save(pc.customer("a"));
    edited = pc.save(pc.edit("b", made.created[0], "family", "Lovelace"));
    pc.settle(1, made.ref, Verdict::quarantined, 0);
  }
  Draft decision(sync::Decision::Kind kind, Refs on) {
    Draft draft = OutboxStation::draft("c", {});
    if (kind == sync::Decision::Kind::replace) {
      draft = pc.customer("c", "Ida");
      draft.ops[0].record.id = made.created[0];
    }
    draft.decision = sync::Decision{kind, std::move(on), "typed by mistake"};
    return draft;
  }
  void expect_attention(const Refs& refs) {
    EXPECT_EQ(pc.outbox->needing_attention(), refs);
    EXPECT_EQ(pc.outbox->status().quarantined, refs.size());
  }

  OutboxStation pc;
  Saved made, edited;
};

TEST_F(OutboxDecisionsTest, WhatTheHubRefusedNeedsAttentionUntilItIsDecidedAlsoAfterReopening) {
  expect_attention({made.ref});
  const auto dependents = pc.outbox->dependents_of(made.ref).value();
  ASSERT_EQ(dependents.size(), 1u);
  EXPECT_EQ(dependents[0].ref, edited.ref);
  EXPECT_FALSE(dependents[0].at_hub);
  const Saved decided = pc.save(decision(sync::Decision::Kind::discard, {made.ref}));
  for (int i = 0; i < 2; ++i) {
    expect_attention({});
    EXPECT_EQ(pc.outbox->decided_by(made.ref), decided.ref);
    ASSERT_TRUE(pc.open());
  }
  pc.settle(2, decided.ref, Verdict::quarantined, 0);
  expect_attention({made.ref, decided.ref});  // nothing was decided after all
}

TEST_F(OutboxDecisionsTest, ACorrectionKeepsTheRecordAndDoesNotWaitForWhatItReplaces) {
  const Saved corrected = pc.save(decision(sync::Decision::Kind::replace, {made.ref}));
  EXPECT_EQ(corrected.created, made.created);
  EXPECT_EQ(pc.depends_on(corrected.ref), Refs{});
  pc.settle(2, corrected.ref, Verdict::quarantined, 0);
  expect_attention({corrected.ref});  // the latest form of it
}

TEST_F(OutboxDecisionsTest, TheLaneIsPrunedOnceItIsDecided) {
  const Saved decided = pc.save(decision(sync::Decision::Kind::discard, {made.ref, edited.ref}));
  pc.options.keep_bytes = 0;
  ASSERT_TRUE(pc.open());
  pc.outbox->reached(pc.clock.wall_ms, 10);
  EXPECT_EQ(pc.outbox->prune().value(), 0u);
  pc.settle(2, made.ref, Verdict::discarded, 5);
  pc.settle(3, edited.ref, Verdict::discarded, 5);
  pc.settle(4, decided.ref, Verdict::applied, 5);
  EXPECT_EQ(pc.outbox->prune().value(), 3u);
}

TEST_F(OutboxDecisionsTest, ADecisionGoesAlongToANewIncarnation) {
  pc.save(decision(sync::Decision::Kind::discard, {made.ref}));
  ASSERT_TRUE(pc.outbox->reissue({}));
  const auto batch = pc.outbox->read_batch(3, 0, 10, 1'000'000).value();
  const auto header = sync::read_header(batch.actions.at(2).header).value();
  ASSERT_TRUE(header.decision);
  EXPECT_EQ(header.decision->on, (Refs{{3, 1}}));
  EXPECT_EQ(header.decision->reason, "typed by mistake");
}

}  // namespace
}  // namespace holdline::agent
