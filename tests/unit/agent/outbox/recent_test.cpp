// What is listed of the outbox without asking its thread.
#include "agent/outbox/recent.hpp"

#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

using Refs = std::vector<sync::ActionRef>;
using ListedRefs = std::optional<Refs>;

class OutboxRecentTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pc.create()); }
  void derive() { ASSERT_TRUE(pc.outbox->derive_recent(pc.schema)); }
  static std::vector<sync::ActionRef> refs_of(const std::vector<RecentActions::Item>& items) {
    std::vector<sync::ActionRef> refs;
    for (const RecentActions::Item& item : items) refs.push_back(item.ref);
    return refs;
  }
  ListedRefs list(std::optional<sync::ActionRef> before = {}) {
    const auto listed = pc.outbox->recent().list(before);
    if (!listed) return std::nullopt;
    return refs_of(listed->items);
  }
  ListedRefs attention() {
    const auto items = pc.outbox->recent().needing_attention();
    if (!items) return std::nullopt;
    return refs_of(*items);
  }

  OutboxStation pc;
};

TEST_F(OutboxRecentTest, ListsTheNewestFirstFromAnyOfThemOn) {
  const sync::ActionRef a = pc.save(pc.entry("a")).ref;
  EXPECT_EQ(list(), std::nullopt) << "an outbox that was not read yet is not an empty one";
  derive();
  const sync::ActionRef b = pc.save(pc.customer("b")).ref, c = pc.save(pc.entry("c")).ref;
  EXPECT_EQ(list(), ListedRefs(Refs{c, b, a}));
  EXPECT_EQ(list(b), ListedRefs(Refs{a}));
  EXPECT_EQ(list(sync::ActionRef{1, 1}), std::nullopt);
  EXPECT_TRUE(pc.outbox->recent().list({})->all);
  ASSERT_TRUE(pc.open());
  derive();
  EXPECT_EQ(list(), ListedRefs(Refs{c, b, a}));
}

TEST_F(OutboxRecentTest, WhatNeedsAttentionIsThereUntilItIsDecidedOnAlsoAfterReopening) {
  const Saved made = pc.save(pc.customer("a"));
  derive();
  EXPECT_EQ(attention(), ListedRefs(Refs()));
  pc.settle(1, made.ref, sync::Verdict::quarantined, 0);
  derive();
  EXPECT_EQ(attention(), ListedRefs(Refs{made.ref}));
  ASSERT_TRUE(pc.open());
  derive();
  EXPECT_EQ(attention(), ListedRefs(Refs{made.ref}));
  Draft draft = OutboxStation::draft("c", {});
  draft.decision = sync::Decision{sync::Decision::Kind::discard, {made.ref}, "typed by mistake"};
  const Saved decided = pc.save(draft);
  derive();
  EXPECT_EQ(attention(), ListedRefs(Refs()));
  EXPECT_EQ(pc.outbox->recent().find(made.ref)->decided_by, decided.ref);
}

TEST(RecentActions, KeepsOnlyTheNewestAndWhatNeedsAttention) {
  RecentActions recent;
  recent.begin({{}, true});
  recent.attend({{{2, 1}, nullptr}});
  for (std::uint64_t number = 1; number <= RecentActions::limit + 1; ++number) recent.add({{2, number}, nullptr});
  EXPECT_EQ(recent.list({})->items.size(), RecentActions::limit);
  EXPECT_EQ(recent.list({})->items.front().ref.number, RecentActions::limit + 1);
  EXPECT_FALSE(recent.list({})->all);
  EXPECT_TRUE(recent.find({2, 1})) << "it needs attention, however old it is";
}

}  // namespace
}  // namespace holdline::agent
