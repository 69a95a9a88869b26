// An action that reaches the hub by several ways takes effect once.
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub {
namespace {

using namespace testing;
using sync::PushAnswer;
using sync::Verdict;

class IntakeAnew : public IntakeTest {
 protected:
  IntakeAnew() {
    station_.does({creates_customer(1, "Ann")});
    take(station_, station_.push(customer_lane));
  }
  // Somebody else changes the name after it was Bea: an edit from Ann to Bea that comes once more is not to be seen.
  void another_changes_the_name() {
    other_.does({edits_customer(1, name_field, std::string("Bea"), "Cleo", 2)});
    EXPECT_EQ(take(other_, other_.push(customer_lane)).results.at(0).verdict, Verdict::applied);
  }
  sync::ActionResult taken(const Workstation& station, std::uint64_t number) {
    const auto reply = take(station, station.push(customer_lane, number));
    EXPECT_EQ(reply.answer, PushAnswer::results);
    return reply.results.at(0);
  }
  void expect_effect_of_the_first(const sync::ActionResult& first, const sync::ActionResult& again) {
    EXPECT_EQ(again.verdict, first.verdict);
    EXPECT_EQ(again.at, first.at);
    EXPECT_EQ(again.conflicts, first.conflicts);
    EXPECT_EQ(value(1, name_field), sync::Value(std::string("Cleo")));
    EXPECT_TRUE(conflicts().empty());
  }
};

constexpr std::array<std::uint64_t, sync::lane_count> first_is_common{0, 0, 0, 1};

TEST_F(IntakeAnew, APushUnderWayThatArrivesAfterItsActionsWereMadeAnewChangesNothing) {
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  Workstation renewed = station_;
  renewed.begins_anew(9, first_is_common);
  const auto first = taken(renewed, 1);
  another_changes_the_name();

  const auto late = taken(station_, 2);
  expect_effect_of_the_first(first, late);
  EXPECT_EQ(late.incarnation, station_.maker.incarnation);
  EXPECT_EQ(late.number, 2u);
}

TEST_F(IntakeAnew, WhatWasMadeAnewAfterItsPushArrivedIsAnsweredWithTheFirstResult) {
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  Workstation renewed = station_;
  renewed.begins_anew(9, first_is_common);
  const auto first = taken(station_, 2);
  another_changes_the_name();

  const auto again = taken(renewed, 1);
  expect_effect_of_the_first(first, again);
  EXPECT_EQ(again.incarnation, renewed.maker.incarnation);
  EXPECT_EQ(again.number, 1u);
}

TEST_F(IntakeAnew, TwoCopiesOfADiskMakeTheSameWorkAnewAndItIsTakenOnce) {
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  Workstation one = station_, two = station_;
  one.begins_anew(8, first_is_common);
  two.begins_anew(9, first_is_common);
  const auto first = taken(one, 1);
  another_changes_the_name();
  expect_effect_of_the_first(first, taken(two, 1));

  two.begins_anew(10);
  expect_effect_of_the_first(first, taken(two, 1));
}

TEST_F(IntakeAnew, BothWaysInOneGroupAreOneEffect) {
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  Workstation one = station_, two = station_;
  one.begins_anew(8, first_is_common);
  two.begins_anew(9, first_is_common);
  const Cursor before = reader()->head().value();
  const std::vector group{read(one, one.push(customer_lane)), read(station_, station_.push(customer_lane, 2)),
                          read(two, two.push(customer_lane))};
  const auto replies = intake_.take(group, now_ms);
  for (const auto& reply : replies) EXPECT_EQ(reply->results.at(0).at.cn, before.cn + 1);
  EXPECT_EQ(reader()->head().value().cn, before.cn + 1);
}

// Two machines of one disk count the same numbers.
TEST_F(IntakeAnew, AnotherActionOfTheSameNumberIsAnActionOfItsOwn) {
  Workstation twin = station_;
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  twin.does({creates_customer(2, "Eve")});
  taken(station_, 2);
  twin.begins_anew(9, first_is_common);
  EXPECT_EQ(taken(twin, 1).verdict, Verdict::applied);
  EXPECT_TRUE(record(customer_no, 2));
}

TEST_F(IntakeAnew, WhatWaitsUnderTheOldIncarnationDoesNotHoldUpTheNewOneAndIsNotTakenLater) {
  const auto made = station_.does({creates_customer(2, "Eve")});
  station_.does({creates_note(3, 2, "called")}, {made});
  EXPECT_EQ(take(station_, station_.push(note_lane)).results.at(0).verdict, Verdict::waiting);
  Workstation renewed = station_;
  renewed.begins_anew(9, first_is_common);
  EXPECT_EQ(taken(renewed, 1).verdict, Verdict::applied);
  const auto note = take(renewed, renewed.push(note_lane)).results.at(0);
  EXPECT_EQ(note.verdict, Verdict::applied);
  const Cursor head = reader()->head().value();

  take(station_, station_.push(customer_lane, 2));
  EXPECT_EQ(reader()->head().value(), head);
  EXPECT_TRUE(reader()->held(HeldState::waiting, 10).value().empty());
  const auto last = told(station_).back();
  EXPECT_EQ(last.lane, note_lane);
  EXPECT_EQ(last.at, note.at);
}

TEST_F(IntakeAnew, ARefusedActionMadeAnewHasItsOwnTurn) {
  station_.does({creates_note(3, 1, "called")}, {}, 7);  // by a sign-in nobody knows
  EXPECT_EQ(take(station_, station_.push(note_lane)).results.at(0).verdict, Verdict::quarantined);
  Workstation renewed = station_;
  renewed.sign_in.number = 7;
  const auto signature =
      platform::SigningKey(platform::key_of(1)).sign(sync::assertion_text(renewed.device.id, renewed.sign_in));
  renewed.sign_in.signature.assign(signature.begin(), signature.end());
  renewed.begins_anew(9, first_is_common);
  EXPECT_EQ(take(renewed, renewed.push(note_lane)).results.at(0).verdict, Verdict::applied);
}

TEST_F(IntakeAnew, IsRememberedByALedgerThatIsOpenedAgain) {
  station_.does({edits_customer(1, name_field, std::string("Ann"), "Bea")});
  Workstation renewed = station_;
  renewed.begins_anew(9, first_is_common);
  const auto first = taken(renewed, 1);
  another_changes_the_name();
  store_.reopen();
  Intake intake(store_.ledger(), entropy_);
  const std::vector late{read(station_, station_.push(customer_lane, 2))};
  expect_effect_of_the_first(first, intake.take(late, now_ms).at(0)->results.at(0));
}

}  // namespace
}  // namespace holdline::hub
