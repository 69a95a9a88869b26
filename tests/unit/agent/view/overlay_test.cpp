#include "agent/view/overlay.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/view/overlay_fixture.hpp"

namespace holdline::agent {
namespace {

const auto anna = key_in("customer", 1);

class OverlayTest : public ::testing::Test {
 protected:
  // The family name on the screen when the ledger's row says "Ledger".
  std::string family(sync::ChangeNumber cursor) const {
    const auto record = overlay_.snapshot()->fold(test_schema(), anna, customer_of(1, "Anna", "Ledger"), cursor);
    return text_in(*record, "family");
  }
  void edit_family(std::uint64_t number, std::string_view family, sync::Lane lane = 3) {
    overlay_.add(test_maker, pending_of(number, {edit_of("customer", 1, {{"family", text(family)}})}, lane));
  }

  Overlay overlay_{test_schema()};
};

TEST_F(OverlayTest, ShowsAnEditFromTheMomentItIsSaved) {
  edit_family(1, "Mine");
  EXPECT_EQ(family(10), "Mine");
  EXPECT_TRUE(overlay_.snapshot()->touches(anna));
  EXPECT_EQ(overlay_.snapshot()->actions(), 1u);
}

TEST_F(OverlayTest, HoldsASettledActionUntilTheReplicaHasIt) {
  edit_family(1, "Mine");
  overlay_.settle(result_of(1, sync::Verdict::applied, 12));
  EXPECT_EQ(family(11), "Mine");
  EXPECT_EQ(family(12), "Ledger") << "rows at that cursor hold the effect already";
  overlay_.reached(11);
  EXPECT_TRUE(overlay_.snapshot()->touches(anna));
  overlay_.reached(12);
  EXPECT_FALSE(overlay_.snapshot()->touches(anna));
  EXPECT_EQ(overlay_.snapshot()->actions(), 0u);
}

TEST_F(OverlayTest, EndsMergedAndConflictingActionsLikeAppliedOnes) {
  for (const auto verdict : {sync::Verdict::merged, sync::Verdict::conflict}) {
    Overlay overlay(test_schema());
    overlay.add(test_maker, pending_of(1, {edit_of("customer", 1, {{"family", text("Mine")}})}));
    overlay.settle(result_of(1, verdict, 12));
    EXPECT_TRUE(overlay.snapshot()->touches(anna));
    overlay.reached(12);
    EXPECT_FALSE(overlay.snapshot()->touches(anna));
  }
}

TEST_F(OverlayTest, TakesWhatARefusedActionChangedAwayAtOnceAndKeepsWhatItCreated) {
  edit_family(1, "Mine");
  overlay_.add(test_maker, pending_of(2, {create_of("customer", 7, {{"family", text("New")}})}));
  for (std::uint32_t n : {1u, 2u}) overlay_.settle(result_of(n, sync::Verdict::quarantined, 0));
  EXPECT_EQ(family(10), "Ledger");
  const auto kept = overlay_.snapshot()->fold(test_schema(), key_in("customer", 7), std::nullopt, 10);
  EXPECT_EQ(*kept, record_of("customer", 7, {{"family", text("New")}}));
  EXPECT_TRUE(overlay_.snapshot()->ops(anna).at(0)->refused);
  for (std::uint32_t n : {1u, 2u}) overlay_.settle(result_of(n, sync::Verdict::discarded, 10));
  EXPECT_EQ(overlay_.snapshot()->actions(), 0u);
}

TEST_F(OverlayTest, EndsARefusedActionWhenADecisionOnItIsSaved) {
  overlay_.add(test_maker, pending_of(1, {create_of("customer", 7, {{"family", text("Nwe")}})}));
  overlay_.settle(result_of(1, sync::Verdict::quarantined, 0));
  auto corrected = pending_of(2, {create_of("customer", 7, {{"family", text("New")}})});
  corrected.action.header.decision = sync::Decision{sync::Decision::Kind::replace, {{3, 1}}, {}};
  overlay_.add(test_maker, corrected);
  EXPECT_EQ(overlay_.snapshot()->ops(key_in("customer", 7)).size(), 1u);
}

TEST_F(OverlayTest, KeepsAWaitingAction) {
  edit_family(1, "Mine");
  overlay_.settle(result_of(1, sync::Verdict::waiting, 12));
  overlay_.reached(50);
  EXPECT_EQ(family(50), "Mine");
}

TEST_F(OverlayTest, EndsAnActionWhoseResultComesAfterItsRows) {
  overlay_.reached(20);
  edit_family(1, "Mine");
  overlay_.settle(result_of(1, sync::Verdict::applied, 12));
  EXPECT_FALSE(overlay_.snapshot()->touches(anna));
}

TEST_F(OverlayTest, IgnoresResultsOfAnotherIncarnation) {
  edit_family(1, "Mine");
  auto other = result_of(1, sync::Verdict::quarantined, 0);
  other.incarnation = id_of(77);
  overlay_.settle(other);
  EXPECT_EQ(family(10), "Mine");
}

TEST_F(OverlayTest, FoldsActionsOfSeveralLanesInTheOrderTheyWereMade) {
  edit_family(3, "Third", 2);
  edit_family(1, "First", 3);
  edit_family(2, "Second", 0);
  EXPECT_EQ(family(10), "Third");
  overlay_.settle(result_of(3, sync::Verdict::quarantined, 0, 2));
  EXPECT_EQ(family(10), "Second");
}

TEST_F(OverlayTest, AddsTheSameActionOnce) {
  edit_family(1, "Mine");
  edit_family(1, "Mine");
  EXPECT_EQ(overlay_.snapshot()->actions(), 1u);
  EXPECT_EQ(overlay_.snapshot()->ops(anna).size(), 1u);
}

TEST_F(OverlayTest, MakesARecordOutOfAPendingCreateAndNoneOutOfAnEdit) {
  edit_family(1, "Mine");
  EXPECT_FALSE(overlay_.snapshot()->fold(test_schema(), anna, std::nullopt, 10));
  overlay_.add(test_maker, pending_of(2, {create_of("customer", 2, {{"family", text("New")}})}));
  const auto made = overlay_.snapshot()->fold(test_schema(), key_in("customer", 2), std::nullopt, 10);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, record_of("customer", 2, {{"family", text("New")}}));
}

TEST_F(OverlayTest, MarksADeletedRecordAsDeleted) {
  overlay_.add(test_maker, pending_of(1, {op_of(sync::OpKind::erase_row, "customer", 1, {})}));
  EXPECT_TRUE(overlay_.snapshot()->fold(test_schema(), anna, customer_of(1, "A", "B"), 10)->deleted);
}

TEST_F(OverlayTest, ShowsWhatWasDeletedAndAddedAgainAsNew) {
  overlay_.add(test_maker, pending_of(1, {op_of(sync::OpKind::erase_row, "customer", 1, {})}));
  overlay_.add(test_maker, pending_of(2, {create_of("customer", 1, {{"family", text("New")}})}));
  const auto made = overlay_.snapshot()->fold(test_schema(), anna, customer_of(1, "Anna", "Ledger"), 10);
  EXPECT_EQ(*made, record_of("customer", 1, {{"family", text("New")}}));
}

TEST_F(OverlayTest, LeavesASnapshotAsItWas) {
  edit_family(1, "Mine");
  const auto before = overlay_.snapshot();
  overlay_.settle(result_of(1, sync::Verdict::discarded, 0));
  EXPECT_TRUE(before->touches(anna));
  EXPECT_FALSE(overlay_.snapshot()->touches(anna));
}

TEST_F(OverlayTest, IsDerivedAgainFromWhatTheOutboxSays) {
  edit_family(9, "Forgotten");
  const std::vector pending{pending_of(1, {edit_of("customer", 1, {{"family", text("Open")}})}),
                            pending_of(2, {edit_of("customer", 2, {{"family", text("Refused")}})}),
                            pending_of(3, {edit_of("customer", 3, {{"family", text("Settled")}})})};
  overlay_.rebuild(test_maker, 20, pending, [](sync::ActionRef ref) -> std::optional<sync::ActionResult> {
    if (ref.number == 2) return result_of(2, sync::Verdict::quarantined, 0);
    if (ref.number == 3) return result_of(3, sync::Verdict::applied, 25);
    return std::nullopt;
  });
  EXPECT_EQ(family(20), "Open");
  EXPECT_TRUE(overlay_.snapshot()->ops(key_in("customer", 2)).at(0)->refused);
  EXPECT_TRUE(overlay_.snapshot()->touches(key_in("customer", 3)));
  overlay_.reached(25);
  EXPECT_FALSE(overlay_.snapshot()->touches(key_in("customer", 3)));
}

TEST_F(OverlayTest, ForgetsTheValuesOfAnEndedActionInSearches) {
  overlay_.add(test_maker, pending_of(1, {create_of("customer", 5, {{"family", text("Findable")}})}));
  SearchQuery query;
  query.words = {"find"};
  EXPECT_EQ(overlay_.snapshot()->candidates(query), std::vector{key_in("customer", 5)});
  overlay_.settle(result_of(1, sync::Verdict::discarded, 0));
  EXPECT_TRUE(overlay_.snapshot()->candidates(query).empty());
}

// Enough records to fill every bucket several times.
TEST_F(OverlayTest, KeepsManyRecordsApart) {
  constexpr std::uint32_t many = 5'000;
  for (std::uint32_t i = 1; i <= many; ++i)
    overlay_.add(test_maker, pending_of(i, {create_of("customer", i, {{"family", text(std::to_string(i))}})}));
  for (std::uint32_t i = 1; i <= many; i += 2) overlay_.settle(result_of(i, sync::Verdict::discarded, 0));
  const auto snapshot = overlay_.snapshot();
  EXPECT_EQ(snapshot->actions(), many / 2);
  for (std::uint32_t i = 1; i <= many; ++i) {
    const auto record = snapshot->fold(test_schema(), key_in("customer", i), std::nullopt, 0);
    ASSERT_EQ(record.has_value(), i % 2 == 0) << i;
    if (record) {
      ASSERT_EQ(text_in(*record, "family"), std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace holdline::agent
