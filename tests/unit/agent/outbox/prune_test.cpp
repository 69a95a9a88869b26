// What the outbox lets go of, and what no clock may make it let go of.
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using sync::Verdict;

class OutboxPruneTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  // A replica that has everything the tests settle, unless it says where it is.
  void reach(std::int64_t hub_wall_ms, sync::ChangeNumber replica_cn = 11) {
    pc.outbox->reached(hub_wall_ms, replica_cn);
  }
  OutboxStation pc;
};

TEST_F(OutboxPruneTest, LetsGoOfAcceptedActionsOnlyAndCountsThem) {
  const auto a = pc.save(pc.entry("a")).ref, b = pc.save(pc.entry("b")).ref;
  const auto c = pc.save(pc.entry("c")).ref;
  pc.save(pc.entry("d"));
  const auto x = pc.save(pc.customer("x")).ref;
  pc.settle(1, a, Verdict::applied, 10);
  pc.settle(2, c, Verdict::applied, 11);
  pc.settle(3, x, Verdict::quarantined, 11);
  EXPECT_EQ(pc.outbox->prune().value(), 0u) << "young and few";
  pc.clock.wall_ms += pc.options.keep_ms + 1;
  reach(pc.clock.wall_ms);
  EXPECT_EQ(pc.outbox->prune().value(), 0u) << "nothing is newer";
  pc.save(pc.entry("y"));
  EXPECT_EQ(pc.outbox->prune().value(), 1u);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(pc.outbox->status().pruned, 1u);
    EXPECT_EQ(pc.outbox->status().health, OutboxHealth::writable);
    EXPECT_EQ(pc.outbox->read_batch(2, 0, 9, 9'999).error().code, "no-longer-kept");
    EXPECT_EQ(pc.outbox->read_batch(2, 1, 9, 9'999)->actions.size(), 4u);
    EXPECT_TRUE(pc.outbox->find(pc.schema, b).value());
    EXPECT_TRUE(pc.outbox->find(pc.schema, x).value());
    EXPECT_FALSE(pc.outbox->find(pc.schema, a).value());
    ASSERT_TRUE(pc.open());
  }
  EXPECT_EQ(pc.save(pc.entry("e")).ref.number, 6u);
}

TEST_F(OutboxPruneTest, KeepsToTheSizeLimitOldestFirst) {
  pc.options.keep_bytes = 1;
  ASSERT_TRUE(pc.open());
  std::uint64_t stream = 0;
  for (const char* key : {"a", "b", "c"}) {
    ++stream;
    pc.settle(stream, pc.save(pc.entry(key)).ref, Verdict::applied, stream);
  }
  reach(pc.clock.wall_ms);
  EXPECT_EQ(pc.outbox->prune().value(), 3u);
  EXPECT_EQ(pc.outbox->status().bytes, 0u);
  EXPECT_FALSE(pc.save(pc.entry("a")).repeated) << "its key went with it";
}

// After a start the screen shows what the replica has, and on top what the outbox has.
TEST_F(OutboxPruneTest, KeepsWhatTheReplicaDoesNotShowYet) {
  pc.options.keep_bytes = 1;
  ASSERT_TRUE(pc.open());
  pc.settle(1, pc.save(pc.entry("a")).ref, Verdict::applied, 10);
  pc.settle(2, pc.save(pc.entry("b")).ref, Verdict::applied, 11);
  EXPECT_EQ(pc.outbox->prune().value(), 0u) << "nobody said where the replica is";
  reach(pc.clock.wall_ms, 9);
  EXPECT_EQ(pc.outbox->prune().value(), 0u);
  reach(pc.clock.wall_ms, 10);
  EXPECT_EQ(pc.outbox->prune().value(), 1u);
  EXPECT_EQ(pc.outbox->pending(pc.schema, 10)->size(), 1u);
}

// Once, by an entry, after which the clock was set right: what was accepted minutes ago has to stay.
TEST_F(OutboxPruneTest, AClockThatWasFarAheadForAWhileMakesNothingOld) {
  pc.settle(1, pc.save(pc.entry("a")).ref, Verdict::applied, 10);
  const std::int64_t today = pc.clock.wall_ms;
  pc.clock.wall_ms += 12ll * 365 * 24 * 3600 * 1000;
  pc.settle(2, pc.save(pc.entry("b")).ref, Verdict::applied, 11);
  pc.clock.wall_ms = today + 60'000;
  reach(pc.clock.wall_ms);
  EXPECT_EQ(pc.outbox->prune().value(), 0u);
  reach(today + pc.options.keep_ms + 1);
  EXPECT_EQ(pc.outbox->prune().value(), 1u) << "the first one is old now";
}

TEST_F(OutboxPruneTest, AHubsClockThatIsAheadMakesNothingOld) {
  pc.settle(1, pc.save(pc.entry("a")).ref, Verdict::applied, 10);
  reach(pc.clock.wall_ms + 2 * pc.options.keep_ms);
  EXPECT_EQ(pc.outbox->prune().value(), 0u);
}

TEST_F(OutboxPruneTest, NothingIsOldBeforeTheHubsClockIsKnown) {
  pc.settle(1, pc.save(pc.entry("a")).ref, Verdict::applied, 10);
  pc.clock.wall_ms += pc.options.keep_ms + 1;
  pc.save(pc.entry("b"));
  EXPECT_EQ(pc.outbox->prune().value(), 0u);
  reach(pc.clock.wall_ms);
  EXPECT_EQ(pc.outbox->prune().value(), 1u);
}

}  // namespace
}  // namespace holdline::agent
