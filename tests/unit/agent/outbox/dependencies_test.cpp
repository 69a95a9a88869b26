#include "agent/outbox/dependencies.hpp"

#include <map>

#include <gtest/gtest.h>

#include "sync/base/limits.hpp"
#include "tests/unit/agent/view/overlay_fixture.hpp"

namespace holdline::agent {
namespace {

class DependencyIndexTest : public testing::Test {
 protected:
  sync::ActionRef did(std::uint64_t number, std::vector<sync::Op> ops, sync::Lane lane = 3) {
    changes.add(test_schema(), pending_of(number, std::move(ops), lane).action);
    return {lane, number};
  }
  std::vector<sync::ActionRef> needed(std::vector<sync::Op> ops, sync::Lane lane = 3) {
    return changes.dependencies_of(test_schema(), lane, ops, [&](sync::ActionRef ref) {
      const auto found = settlements.find(ref);
      return found == settlements.end() ? Settlement::open : found->second;
    });
  }
  static sync::Op edit(std::uint32_t number, std::string_view field) {
    return edit_of("customer", number, {{field, text("x")}});
  }

  DependencyIndex changes;
  std::map<sync::ActionRef, Settlement> settlements;
};

using Refs = std::vector<sync::ActionRef>;

TEST_F(DependencyIndexTest, AnEditWaitsForTheActionThatCreatedItsRecord) {
  const auto created = did(1, {create_of("customer", 1, {{"given", text("Ada")}})});
  EXPECT_EQ(needed({edit(1, "family")}), Refs{created});
  EXPECT_TRUE(needed({edit(2, "family")}).empty());
}

TEST_F(DependencyIndexTest, AnEditWaitsForTheLatestEditOfTheSameField) {
  did(1, {edit(1, "family")});
  const auto second = did(2, {edit(1, "family")});
  EXPECT_EQ(needed({edit(1, "family")}), Refs{second});
}

TEST_F(DependencyIndexTest, OtherFieldsOfTheRecordDoNotMatter) {
  did(1, {edit(1, "given")});
  EXPECT_TRUE(needed({edit(1, "family")}).empty());
}

TEST_F(DependencyIndexTest, TheFieldsOfAMergeGroupAreOne) {
  const auto street = did(1, {edit(1, "street")});
  EXPECT_EQ(needed({edit(1, "city")}), Refs{street});
}

TEST_F(DependencyIndexTest, SetsNeedNoOrder) {
  auto op = edit_of("customer", 1, {});
  op.changes.push_back({collection_of("customer").field("tags").value(), {}, {}, {"vip"}, {}});
  did(1, {op});
  EXPECT_TRUE(needed({op}).empty());
}

TEST_F(DependencyIndexTest, ADeletionWaitsForEveryOpenChangeOfTheRecord) {
  const auto first = did(1, {edit(1, "given")}), second = did(2, {edit(1, "family")});
  did(3, {edit(2, "family")});
  sync::Op erase{sync::OpKind::erase_row, key_in("customer", 1), test_scope, 0, {}, {}};
  EXPECT_EQ(needed({erase}), (Refs{first, second}));
}

TEST_F(DependencyIndexTest, WhatIsSettledIsNotWaitedFor) {
  const auto first = did(1, {edit(1, "family")});
  for (const auto settlement : {Settlement::settled, Settlement::reissued}) {
    settlements[first] = settlement;
    EXPECT_TRUE(needed({edit(1, "family")}).empty());
  }
  settlements[first] = Settlement::waiting;
  EXPECT_EQ(needed({edit(1, "family")}), Refs{first});
}

TEST_F(DependencyIndexTest, ARefusedEditDoesNotParkTheOneThatMendsItButARefusedCreateDoes) {
  const auto created = did(1, {create_of("customer", 1, {})}), edited = did(2, {edit(1, "family")});
  settlements[edited] = Settlement::quarantined;
  EXPECT_EQ(needed({edit(1, "family")}), Refs{created});
  settlements[created] = Settlement::quarantined;
  EXPECT_EQ(needed({edit(1, "family")}), Refs{created});
}

TEST_F(DependencyIndexTest, TheUrgentLaneWaitsForNothing) {
  did(1, {edit(1, "family")});
  EXPECT_TRUE(needed({edit(1, "family")}, 0).empty());
}

TEST_F(DependencyIndexTest, RefsOfSeveralLanesAndOpsComeAscendingAndOnce) {
  const auto bulk = did(1, {edit(1, "family"), edit(1, "given")}, 3), entry = did(7, {edit(2, "family")}, 2);
  EXPECT_EQ(needed({edit(1, "family"), edit(1, "given"), edit(2, "family")}), (Refs{entry, bulk}));
}

TEST_F(DependencyIndexTest, OfTooManyTheLatestAreNamed) {
  std::vector<sync::Op> ops;
  for (std::uint32_t n = 1; n <= 70; ++n) {
    did(n, {edit(n, "family")});
    ops.push_back(edit(n, "family"));
  }
  const auto refs = needed(ops);
  ASSERT_EQ(refs.size(), sync::limits::dependencies_per_action);
  EXPECT_EQ(refs.front().number, 70 - sync::limits::dependencies_per_action + 1);
  EXPECT_EQ(refs.back().number, 70u);
}

TEST_F(DependencyIndexTest, SweepingForgetsOnlyWhatIsSettled) {
  for (std::uint64_t n = 1; n <= 1'500; ++n) {
    did(n, {edit(1, "family")});
    settlements[{3, n}] = Settlement::settled;
  }
  const auto open = did(1'501, {edit(1, "given")});
  changes.sweep([&](sync::ActionRef ref) {
    const auto found = settlements.find(ref);
    return found == settlements.end() ? Settlement::open : found->second;
  });
  settlements.clear();  // what was forgotten would count as open again
  EXPECT_EQ(needed({edit(1, "given")}), Refs{open});
  EXPECT_TRUE(needed({edit(1, "family")}).empty());
}

}  // namespace
}  // namespace holdline::agent
