// What intake refuses: each refused action is kept with its code and never holds up the next one of its lane.
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using sync::Verdict;

class IntakeQuarantine : public IntakeTest {
 protected:
  // Pushes what the station did and one more action; expects the former refused and the latter in effect.
  sync::ActionResult refused_alone(std::vector<sync::Assertion> sign_ins) {
    station_.does({creates_customer(99, "next")});
    auto push = station_.push(customer_lane);
    push.assertions = std::move(sign_ins);
    const auto reply = take(station_, std::move(push));
    EXPECT_EQ(reply.results.size(), 2u);
    EXPECT_EQ(reply.results.at(1).verdict, Verdict::applied);
    EXPECT_TRUE(record(customer_no, 99));
    EXPECT_EQ(reader()->head().value().cn, 1u);
    const auto held = reader()->held(HeldState::quarantined, 10).value();
    EXPECT_EQ(held.size(), 1u);
    EXPECT_EQ(held.at(0).stored.number, 1u);
    EXPECT_EQ(held.at(0).code, reply.results[0].code);
    EXPECT_EQ(reply.results[0].verdict, Verdict::quarantined);
    EXPECT_FALSE(reply.results[0].text.empty());
    return reply.results[0];
  }
};

TEST_F(IntakeQuarantine, AnActionWithoutAKnownSignIn) {
  station_.does({creates_customer(1, "Ann")}, {}, 2);
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "no-sign-in");
}

TEST_F(IntakeQuarantine, AnActionWhoseSignInIsNotSignedByThePerson) {
  station_.does({creates_customer(1, "Ann")}, {}, 2);
  sync::Assertion forged = station_.sign_in;
  forged.number = 2;  // the signature is that of sign-in 1
  EXPECT_EQ(refused_alone({station_.sign_in, forged}).code, "bad-sign-in");
}

TEST_F(IntakeQuarantine, AnActionOutsideTheScopesOfTheDevice) {
  station_.person.scopes.push_back("acme/york");
  know(station_);
  station_.does({creates_customer(1, "Ann", "acme/york")});
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "scope-refused");
}

TEST_F(IntakeQuarantine, AnActionOutsideTheScopesOfThePerson) {
  station_.device.scopes.push_back("acme/york");
  station_.does({creates_customer(1, "Ann", "acme/york")});
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "scope-refused");
}

TEST_F(IntakeQuarantine, AnAgentsDecisionAboutAConflict) {
  const sync::Collection& conflict = *schema().collection("conflict");
  sync::Op op{sync::OpKind::edit, {conflict.no, id_of(1)}, leeds, 1, {}, {}};
  op.changes.push_back(
      {*conflict.field("state"), sync::make_base(sync::Value("open")), sync::Value("resolved"), {}, {}});
  station_.does({op});
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "role-refused");
}

TEST_F(IntakeQuarantine, AnInvalidActionWithATextThatDoesNotRepeatTheValue) {
  station_.does({creates_customer(1, std::string(81, 'x'))});
  const auto result = refused_alone({station_.sign_in});
  EXPECT_EQ(result.code, "invalid");
  EXPECT_NE(result.text.find("Name"), std::string::npos);
  EXPECT_EQ(result.text.find("xxxx"), std::string::npos);
}

TEST_F(IntakeQuarantine, AnEditOfARecordTheHubDoesNotKnow) {
  station_.does({edits_customer(1, name_field, sync::Value("Ann"), "Anna")});
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "unknown-record");
}

// Two scopes that know nothing of each other, and a workstation of one that names what is the other's.
class IntakeAcrossScopes : public IntakeTest {
 protected:
  IntakeAcrossScopes() {
    other_.device.scopes = other_.person.scopes = {york};
    know(other_);
    other_.does({creates_customer(5, "Yves", york)});
    EXPECT_EQ(take(other_, other_.push(customer_lane)).results.at(0).verdict, Verdict::applied);
  }
  // Of the action that the station did, in a lane of its own.
  sync::ActionResult refused(Lane lane) {
    const State before = state();
    const auto result = take(station_, station_.push(lane)).results.at(0);
    EXPECT_EQ(result.verdict, Verdict::quarantined);
    EXPECT_EQ(state().head.cn, before.head.cn);
    EXPECT_EQ(state().digests, before.digests);
    return result;
  }
  const std::string york = "acme/york";
};

TEST_F(IntakeAcrossScopes, ACreateOfWhatIsThereInAnotherScopeIsRefused) {
  station_.does({creates_customer(5, "Mallory")});
  EXPECT_EQ(refused(customer_lane).code, "scope-clash");
  EXPECT_EQ(record(customer_no, 5)->scope, york);
}

TEST_F(IntakeAcrossScopes, AChildOfARecordOfAnotherScopeIsRefused) {
  station_.does({creates_note(9, 5, "about a customer of York")});
  EXPECT_EQ(refused(note_lane).code, "scope-clash");
  EXPECT_FALSE(record(note_no, 9));
}

TEST_F(IntakeAcrossScopes, AChildOfWhatIsNotThereIsRefusedAndCannotBeThereFirst) {
  station_.does({creates_note(9, 6, "about a customer that York imports tomorrow")});
  EXPECT_EQ(refused(note_lane).code, "unknown-record");
}

TEST_F(IntakeAcrossScopes, ANewRecordCannotTakeAnIdThatAnImportWillCompute) {
  auto op = creates_customer(6, "Mallory");
  op.record.id = sync::natural_id(customer_no, {}, york + "\nC1");
  station_.does({op});
  EXPECT_EQ(refused(customer_lane).code, "invalid");
}

TEST_F(IntakeAcrossScopes, AWorkstationOfBothScopesKeepsThemApartToo) {
  station_.device.scopes = station_.person.scopes = {leeds, york};
  know(station_);
  station_.does({creates_customer(7, "Yolande", york)});
  EXPECT_EQ(take(station_, station_.push(customer_lane)).results.at(0).verdict, Verdict::applied);
  station_.does({creates_note(9, 7, "of Leeds, under a customer of York")});
  EXPECT_EQ(refused(note_lane).code, "scope-clash");
}

TEST_F(IntakeTest, ARevokedDeviceMakesNothingButQuarantinedActions) {
  station_.device.state = DeviceState::revoked;
  station_.does({creates_customer(1, "Ann")});
  const auto reply = take(station_, station_.push(customer_lane));
  EXPECT_EQ(reply.results.at(0).code, "device-revoked");
  EXPECT_EQ(reader()->head().value().cn, 0u);
}

}  // namespace
}  // namespace holdline::hub::testing
