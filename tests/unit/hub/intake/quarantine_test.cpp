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
  EXPECT_NE(result.text.find("name"), std::string::npos);
  EXPECT_EQ(result.text.find("xxxx"), std::string::npos);
}

TEST_F(IntakeQuarantine, AnEditOfARecordTheHubDoesNotKnow) {
  station_.does({edits_customer(1, name_field, sync::Value("Ann"), "Anna")});
  EXPECT_EQ(refused_alone({station_.sign_in}).code, "unknown-record");
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
