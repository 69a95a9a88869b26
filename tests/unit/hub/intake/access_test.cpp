// Who did it, and whose work waits or is marked.
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using sync::Value;
using sync::Verdict;

class IntakeAccess : public IntakeTest {
 protected:
  std::vector<PastChange> history(std::uint64_t n) { return reader()->history({customer_no, id_of(n)}, 100).value(); }
  std::string verdict(const sync::PushReply& reply, std::size_t i = 0) {
    const sync::ActionResult& result = reply.results.at(i);
    return std::to_string(static_cast<int>(result.verdict)) + " " + result.code;
  }
  static std::string is(Verdict verdict, const std::string& code = {}) {
    return std::to_string(static_cast<int>(verdict)) + " " + code;
  }
};

TEST_F(IntakeAccess, EveryStepOfARecordTellsWhoWhereAndFromWhichValue) {
  station_.does({creates_customer(1, "Ann")});
  take(station_, station_.push(customer_lane));
  station_.does({creates_note(2, 1, "first call")});
  take(station_, station_.push(note_lane));
  other_.does({edits_customer(1, name_field, Value("Ann"), "Anna")});
  take(other_, other_.push(customer_lane));
  const auto steps = history(1);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].by.value().person, other_.person.id);
  EXPECT_EQ(steps[0].by->lane.device, other_.device.id);
  EXPECT_EQ(steps[0].by->sign_in, 1u);
  EXPECT_EQ(steps[0].before.fields[name_field], Value("Ann"));
  EXPECT_EQ(steps[0].after.fields[name_field], Value("Anna"));
  EXPECT_EQ(steps[0].changed, 1u << name_field);
  for (const std::size_t made : {1u, 2u}) {
    EXPECT_TRUE(steps[made].created);
    EXPECT_EQ(steps[made].by.value().person, station_.person.id);
  }
  EXPECT_NE(steps[1].key.collection, steps[2].key.collection) << "the customer and the note";
}

TEST_F(IntakeAccess, AnImportHasNoPersonAndWhatItChangesIsKnownAllTheSame) {
  station_.does({creates_customer(1, "Ann")});
  take(station_, station_.push(customer_lane));
  const OwnRow row{{edits_customer(1, name_field, Value("Ann"), "Anna")}};
  ASSERT_TRUE(intake_.take_own({&row, 1}, now_ms));
  const auto steps = history(1);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_TRUE(steps[0].by.value().person.is_nil());
  EXPECT_EQ(steps[0].by->lane.device, ledger().identity().hub);
  EXPECT_EQ(steps[0].before.fields[name_field], Value("Ann"));
}

TEST_F(IntakeAccess, ADeletedRecordsLifeIsTold) {
  station_.does({creates_customer(1, "Ann")});
  take(station_, station_.push(customer_lane));
  sync::Op erase{sync::OpKind::erase_row, {customer_no, id_of(1)}, leeds, 1, {}, {}};
  erase.seen_digest = sync::seen_digest(*ledger().schema().collection(customer_no), *record(customer_no, 1), {});
  station_.does({erase});
  take(station_, station_.push(customer_lane, 2));
  const auto steps = history(1);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_TRUE(steps[0].after.deleted && !steps[0].before.deleted);
  EXPECT_TRUE(steps[1].created);
}

// A hub that was put back to a moment before a person was added.
TEST_F(IntakeAccess, WorkOfSomebodyUnknownWaitsAndTakesEffectInItsOrderWhenTheyAreKnown) {
  Workstation stranger(schema(), 7);
  const auto made = stranger.does({creates_customer(1, "Ann")});
  stranger.does({edits_customer(1, name_field, Value("Ann"), "Anna")}, {made});
  const auto reply = take(stranger, stranger.push(customer_lane));
  EXPECT_EQ(verdict(reply, 0), is(Verdict::waiting, "unknown-person"));
  EXPECT_EQ(verdict(reply, 1), is(Verdict::waiting, "unknown-person"));
  EXPECT_FALSE(record(customer_no, 1));
  EXPECT_EQ(take(stranger, stranger.push(customer_lane)).results, reply.results) << "asked again";

  ASSERT_TRUE(ledger().add_code({sync::sha256("code"), "desk", {leeds}, 0xff, now_ms + 1}));
  ASSERT_TRUE(ledger().enroll(sync::sha256("code"), stranger.device, now_ms));
  ASSERT_TRUE(intake_.settle_waiting(now_ms));
  EXPECT_EQ(reader()->held(HeldState::waiting, 10).value().size(), 2u) << "still nobody knows them";
  know(stranger);
  ASSERT_TRUE(intake_.settle_waiting(now_ms));
  EXPECT_EQ(value(1, name_field), Value("Anna"));
  EXPECT_TRUE(reader()->held(HeldState::waiting, 10).value().empty());
  const auto told = this->told(stranger);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[3].verdict, Verdict::applied);
}

TEST_F(IntakeAccess, WorkOfSomebodyKnownByAnotherKeyThanSignedItIsRefusedWhenTheyAreKnown) {
  Workstation stranger(schema(), 7);
  stranger.does({creates_customer(1, "Ann")});
  take(stranger, stranger.push(customer_lane));
  stranger.person.public_key = other_.person.public_key;
  know(stranger);
  stranger.does({creates_customer(2, "Bea")});
  take(stranger, stranger.push(customer_lane, 2));
  const auto held = reader()->held(HeldState::quarantined, 10).value();
  ASSERT_EQ(held.size(), 2u);
  for (const HeldAction& one : held) EXPECT_EQ(one.code, "bad-sign-in");
  EXPECT_FALSE(record(customer_no, 1));
  EXPECT_FALSE(record(customer_no, 2));
}

TEST_F(IntakeAccess, WorkOfSomebodyDisabledCountsByWhenItWasMade) {
  station_.does({creates_customer(1, "Ann")});
  station_.person.state = PersonState::disabled;
  station_.person.disabled_ms = now_ms;  // the actions were made a second of boot time before the push
  know(station_);
  EXPECT_EQ(verdict(take(station_, station_.push(customer_lane))), is(Verdict::applied, "made-before-disabling"));
  EXPECT_EQ(history(1).at(0).by.value().marks, made_before_disabling);
  station_.person.disabled_ms = now_ms - 5'000;
  know(station_);
  station_.does({creates_customer(2, "Bea")});
  EXPECT_EQ(verdict(take(station_, station_.push(customer_lane, 2))), is(Verdict::quarantined, "person-disabled"));
}

TEST_F(IntakeAccess, APushThatMeetsTheRevocationOfItsDeviceIsRefusedWholeAndMayComeAgain) {
  ASSERT_TRUE(ledger().add_code({sync::sha256("code"), "desk", {leeds}, 0xff, now_ms + 1}));
  station_.device = ledger().enroll(sync::sha256("code"), station_.device, now_ms).value();
  station_.does({creates_customer(1, "Ann")});
  const std::vector push{read(station_, station_.push(customer_lane))};
  auto revoked = station_.device;
  revoked.state = DeviceState::revoked;
  ASSERT_TRUE(ledger().put_device(revoked));
  const auto before = state();
  EXPECT_EQ(code_of(intake_.take(push, now_ms).at(0)), "device-revoked");
  EXPECT_EQ(state(), before);
  ASSERT_TRUE(ledger().put_device(station_.device));
  EXPECT_EQ(verdict(intake_.take(push, now_ms).at(0).value()), is(Verdict::applied));
}

}  // namespace
}  // namespace holdline::hub::testing
