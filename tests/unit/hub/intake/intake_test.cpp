#include "hub/intake/intake.hpp"

#include "sync/base/limits.hpp"
#include "sync/merge/conflicts.hpp"
#include "tests/unit/hub/intake/fixture.hpp"
#include "tests/unit/hub/intake/refusing_ledger.hpp"

namespace holdline::hub::testing {
namespace {

using sync::PushAnswer;
using sync::Verdict;

TEST_F(IntakeTest, ANewBatchTakesEffectAndTellsDenseResults) {
  for (std::uint64_t n = 1; n <= 3; ++n) station_.does({creates_customer(n, "Ann " + std::to_string(n))});
  const auto reply = take(station_, station_.push(customer_lane));
  EXPECT_EQ(reply.answer, PushAnswer::results);
  ASSERT_EQ(reply.results.size(), 3u);
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const auto& result = reply.results[n - 1];
    EXPECT_EQ(result.entry, n);
    EXPECT_EQ(result.number, n);
    EXPECT_EQ(result.verdict, Verdict::applied);
    EXPECT_EQ(result.at, (Cursor{n, reader()->head().value().salt}));
    EXPECT_EQ(value(n, name_field), sync::Value("Ann " + std::to_string(n)));
  }
  EXPECT_EQ(told(station_), reply.results);
  EXPECT_EQ(reader()->head().value().cn, 3u);
}

TEST_F(IntakeTest, TheSameBatchAgainGetsTheStoredResultsAndChangesNothing) {
  for (std::uint64_t n = 1; n <= 3; ++n) station_.does({creates_customer(n, "Ann")});
  const auto first = take(station_, station_.push(customer_lane));
  const State before = state();
  EXPECT_EQ(take(station_, station_.push(customer_lane)), first);
  EXPECT_EQ(state(), before);
}

TEST_F(IntakeTest, TheSameBatchTwiceInOneGroupTakesEffectOnce) {
  station_.does({creates_customer(1, "Ann")});
  const auto push = read(station_, station_.push(customer_lane));
  const auto replies = intake_.take(std::vector{push, push}, now_ms);
  EXPECT_EQ(replies[0].value(), replies[1].value());
  EXPECT_EQ(told(station_).size(), 1u);
  EXPECT_EQ(reader()->head().value().cn, 1u);
}

TEST_F(IntakeTest, ABatchThatReachesFurtherThanWhatIsKnownTakesEffectFromThere) {
  station_.does({creates_customer(1, "Ann")});
  const auto first = take(station_, station_.push(customer_lane));
  station_.does({creates_customer(2, "Bob")});
  const auto reply = take(station_, station_.push(customer_lane));
  ASSERT_EQ(reply.results.size(), 2u);
  EXPECT_EQ(reply.results[0], first.results[0]);
  EXPECT_EQ(reply.results[1].entry, 2u);
  EXPECT_EQ(reader()->head().value().cn, 2u);
}

TEST_F(IntakeTest, ABatchThatCameTooEarlyIsAGapAndStoresNothing) {
  station_.does({creates_customer(1, "Ann")});
  station_.does({creates_customer(2, "Bob")});
  const State before = state();
  const auto reply = take(station_, station_.push(customer_lane, 2));
  EXPECT_EQ(reply.answer, PushAnswer::gap);
  EXPECT_EQ(reply.expected, 1u);
  EXPECT_EQ(state(), before);
}

TEST_F(IntakeTest, TwoPushesOfOneLaneInTheWrongOrderNeedNoGapWithinOneGroup) {
  station_.does({creates_customer(1, "Ann")});
  station_.does({creates_customer(2, "Bob")});
  const std::vector pushes{read(station_, station_.push(customer_lane, 2, 2)),
                           read(station_, station_.push(customer_lane, 1, 1))};
  const auto replies = intake_.take(pushes, now_ms);
  EXPECT_EQ(replies[0].value().answer, PushAnswer::results);
  EXPECT_EQ(replies[0].value().results.at(0).number, 2u);
  EXPECT_EQ(replies[1].value().results.at(0).number, 1u);
  EXPECT_EQ(value(2, name_field), sync::Value("Bob"));
}

// A restored backup numbers its new actions like those that were sent before it was restored.
TEST_F(IntakeTest, AnotherHashAtAKnownNumberIsAForkAndStoresNothing) {
  Workstation restored = station_;
  station_.does({creates_customer(1, "Ann")});
  take(station_, station_.push(customer_lane));
  restored.does({creates_customer(1, "Bob")});
  restored.does({creates_customer(2, "Eve")});
  const State before = state();
  for (const auto& push :
       {restored.push(customer_lane, 1, 1), restored.push(customer_lane), restored.push(customer_lane, 2)}) {
    const auto reply = take(restored, push);
    EXPECT_EQ(reply.answer, PushAnswer::fork);
    EXPECT_EQ(reply.expected, 1u);
  }
  EXPECT_EQ(state(), before);
}

TEST_F(IntakeTest, AForkBehindWhatIsKnownIsFoundToo) {
  Workstation restored = station_;
  station_.does({creates_customer(1, "Ann")});
  station_.does({creates_customer(2, "Bob")});
  take(station_, station_.push(customer_lane));
  restored.does({creates_customer(1, "Eve")});
  const auto reply = take(restored, restored.push(customer_lane));
  EXPECT_EQ(reply.answer, PushAnswer::fork);
  EXPECT_EQ(reply.expected, 1u);
}

TEST_F(IntakeTest, AnActionWaitsForWhatItNamesAndTakesEffectWhenThatArrivesInAnotherLane) {
  const auto made = station_.does({creates_customer(1, "Ann")});
  station_.does({creates_note(2, 1, "called")}, {made});
  const auto early = take(station_, station_.push(note_lane));
  EXPECT_EQ(early.results.at(0).verdict, Verdict::waiting);
  EXPECT_EQ(reader()->held(HeldState::waiting, 10).value().size(), 1u);
  EXPECT_FALSE(record(note_no, 2));

  take(station_, station_.push(customer_lane));
  EXPECT_TRUE(record(note_no, 2));
  EXPECT_TRUE(reader()->held(HeldState::waiting, 10).value().empty());
  const auto results = told(station_);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[2].entry, 3u);
  EXPECT_EQ(results[2].lane, note_lane);
  EXPECT_EQ(results[2].number, 1u);
  EXPECT_EQ(results[2].verdict, Verdict::applied);
  EXPECT_EQ(results[2].at.cn, 2u);
}

TEST_F(IntakeTest, AnActionThatNamesAQuarantinedOneStaysWaitingWhileOthersGoOn) {
  const auto refused = station_.does({creates_customer(1, std::string(81, 'x'))});
  station_.does({creates_customer(2, "Bob")}, {refused});
  station_.does({creates_customer(3, "Cyd")});
  const auto reply = take(station_, station_.push(customer_lane));
  ASSERT_EQ(reply.results.size(), 3u);
  EXPECT_EQ(reply.results[0].verdict, Verdict::quarantined);
  EXPECT_EQ(reply.results[1].verdict, Verdict::waiting);
  EXPECT_EQ(reply.results[2].verdict, Verdict::applied);
  EXPECT_FALSE(record(customer_no, 2));
  EXPECT_TRUE(record(customer_no, 3));
}

// What it was checked against may have gone while it waited.
TEST_F(IntakeTest, AnActionWhoseRecordIsUnknownWhenItsTurnComesIsQuarantined) {
  const auto made = station_.does({creates_customer(1, "Ann")});
  sync::Op edit{sync::OpKind::edit, {note_no, id_of(9)}, leeds, 1, {}, {}};
  edit.changes.push_back({1, sync::make_base(sync::Value("called")), sync::Value("called twice"), {}, {}});
  station_.does({edit}, {made});
  take(station_, station_.push(note_lane));
  take(station_, station_.push(customer_lane));
  ASSERT_EQ(told(station_).size(), 3u);
  EXPECT_EQ(told(station_)[2].verdict, Verdict::quarantined);
  EXPECT_EQ(told(station_)[2].code, "unknown-record");
  EXPECT_FALSE(record(note_no, 9));
  EXPECT_TRUE(reader()->held(HeldState::waiting, 10).value().empty());
  EXPECT_EQ(reader()->held(HeldState::quarantined, 10).value().size(), 1u);
}

TEST_F(IntakeTest, AnActionMayChangeWhatItCreates) {
  station_.does({creates_customer(1, "Ann"), edits_customer(1, name_field, sync::Value("Ann"), "Anne", 0)});
  const auto reply = take(station_, station_.push(customer_lane));
  EXPECT_EQ(reply.results.at(0).verdict, Verdict::applied);
  EXPECT_EQ(value(1, name_field), sync::Value("Anne"));
  EXPECT_TRUE(conflicts().empty());
  EXPECT_TRUE(store_.ledger().check_digests());
}

TEST_F(IntakeTest, AnActionThatWaitedIsRefusedWhenItsPersonLostTheRightMeanwhile) {
  const auto made = station_.does({creates_customer(1, "Ann")});
  Workstation colleague = station_.with(other_.person, platform::SigningKey(platform::key_of(2)));
  colleague.does({creates_note(2, 1, "called")}, {made}, 2);
  EXPECT_EQ(take(station_, colleague.push(note_lane)).results.at(0).verdict, Verdict::waiting);

  other_.person.role = "it";
  know(other_);
  take(station_, station_.push(customer_lane));
  EXPECT_TRUE(record(customer_no, 1));
  EXPECT_FALSE(record(note_no, 2));
  ASSERT_EQ(told(station_).size(), 3u);
  EXPECT_EQ(told(station_)[2].verdict, Verdict::quarantined);
  EXPECT_EQ(told(station_)[2].code, "role-refused");
}

TEST_F(IntakeTest, ACommitThatFailsFailsEveryPushAndStoresNothingUntilTheyAreSentAgain) {
  RefusingLedger refusing(ledger());
  Intake intake(refusing, entropy_);
  station_.does({creates_customer(1, "Ann")});
  other_.does({creates_customer(2, "Bob")});
  const std::vector pushes{read(station_, station_.push(customer_lane)), read(other_, other_.push(customer_lane))};
  const State before = state();
  for (const auto& reply : intake.take(pushes, now_ms)) EXPECT_EQ(code_of(reply), "disk-full");
  EXPECT_EQ(state(), before);

  refusing.refuses = false;
  for (const auto& reply : intake.take(pushes, now_ms)) EXPECT_EQ(reply.value().results.at(0).entry, 1u);
  EXPECT_EQ(records_of(customer_no).size(), 2u);
}

TEST_F(IntakeTest, TheHubsOwnOpsTakeEffectInSeveralChanges) {
  std::vector<OwnRow> rows;
  for (std::uint64_t n = 1; n <= 2500; ++n) rows.push_back({{creates_customer(n, "Ann")}});
  const auto outcomes = intake_.take_own(rows, now_ms).value();
  EXPECT_EQ(std::ranges::count(outcomes, RowEffect::created, &RowOutcome::effect), 2500);
  EXPECT_EQ(reader()->head().value().cn, 3u);
  EXPECT_EQ(records_of(customer_no).size(), 2500u);
  const std::vector<std::string> scopes{leeds};
  EXPECT_EQ(reader()->cut({}, scopes, nurse, 1).value().changes.size(), sync::limits::records_per_change);
}

}  // namespace
}  // namespace holdline::hub::testing
