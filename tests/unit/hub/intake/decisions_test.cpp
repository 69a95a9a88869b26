// The ways out for what was refused: corrected or given up at its workstation, released or given up at the hub.
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using sync::Decision;
using sync::Verdict;

class IntakeDecisions : public IntakeTest {
 protected:
  void SetUp() override {
    const EnrollCode code{sync::sha256("code"), "desk", station_.device.scopes, 0xff, now_ms + 1};
    ASSERT_TRUE(ledger().add_code(code));
    const auto enrolled = ledger().enroll(code.hash, station_.device, now_ms);
    ASSERT_TRUE(enrolled);
    station_.device = *enrolled;
  }
  // A customer in a scope that the person may not write in, and an edit that builds on it.
  void refuse_with_dependent() {
    refused_ = station_.does({creates_customer(1, "Ann", york)});
    dependent_ = station_.does({edits_customer(1, name_field, sync::Value("Ann"), "Anna")}, {refused_});
    const auto reply = push_from(1);
    EXPECT_EQ(reply.results.at(0).verdict, Verdict::quarantined);
    EXPECT_EQ(reply.results.at(1).verdict, Verdict::waiting);
  }
  sync::PushReply push_from(std::uint64_t first) { return take(station_, station_.push(customer_lane, first)); }
  sync::ActionRef decides(Decision::Kind kind, std::vector<sync::ActionRef> on, std::vector<sync::Op> ops = {}) {
    return station_.does(std::move(ops), {}, station_.sign_in.number,
                         Decision{kind, std::move(on), "typed by mistake"});
  }
  // The latest the result stream says about an action.
  sync::ActionResult told(const sync::ActionRef& ref) {
    sync::ActionResult latest;
    const auto results = reader()->results(station_.device.id, 0, 100).value();
    for (const auto& result : results)
      if (result.lane == ref.lane && result.number == ref.number) latest = result;
    return latest;
  }
  Result<sync::ActionResult> operator_decides(HeldDecision::Kind kind, const sync::ActionRef& of,
                                              const std::string& scope = {}, bool dependents = false) {
    platform::SystemEntropy entropy;
    return Intake(ledger(), entropy)
        .decide({station_.device.id, station_.maker.incarnation, of, kind, scope, "asked the desk", "eve", dependents},
                now_ms);
  }
  std::size_t held(HeldState state) { return reader()->held(state, 10).value().size(); }

  const std::string york = "acme/york";
  sync::ActionRef refused_, dependent_;
};

TEST_F(IntakeDecisions, ACorrectedActionTakesThePlaceOfTheRefusedOneAndItsDependentsFollow) {
  refuse_with_dependent();
  decides(Decision::Kind::replace, {refused_}, {creates_customer(1, "Ann")});
  EXPECT_EQ(push_from(3).results.at(0).verdict, Verdict::applied);
  EXPECT_EQ(told(refused_).verdict, Verdict::discarded);
  EXPECT_EQ(told(refused_).code, "replaced");
  EXPECT_EQ(told(dependent_).verdict, Verdict::applied);
  EXPECT_EQ(record(customer_no, 1)->fields[name_field], sync::Value("Anna"));
  EXPECT_EQ(held(HeldState::quarantined) + held(HeldState::waiting), 0u);
  EXPECT_EQ(held(HeldState::discarded), 1u) << "it is kept, with the reason";
}

TEST_F(IntakeDecisions, WhatIsGivenUpTakesItsNamedDependentsAlongAndNeverTakesEffect) {
  refuse_with_dependent();
  decides(Decision::Kind::discard, {refused_, dependent_});
  EXPECT_EQ(push_from(3).results.at(0).verdict, Verdict::applied);
  for (const auto& ref : {refused_, dependent_}) {
    EXPECT_EQ(told(ref).verdict, Verdict::discarded);
    EXPECT_EQ(told(ref).text, "typed by mistake");
  }
  EXPECT_FALSE(record(customer_no, 1));
}

TEST_F(IntakeDecisions, ADependentThatWasNotDecidedIsForcedToBe) {
  refuse_with_dependent();
  decides(Decision::Kind::discard, {refused_});
  push_from(3);
  EXPECT_EQ(told(dependent_).verdict, Verdict::quarantined);
  EXPECT_EQ(told(dependent_).code, "unknown-record");
}

TEST_F(IntakeDecisions, SomebodyElsesEntryIsDecidedByASupervisorOnly) {
  refuse_with_dependent();
  Workstation shared = station_.with(other_.person, platform::SigningKey(platform::key_of(2)));
  const auto decided = [&](const std::string& role) {
    other_.person.role = role;
    other_.person.scopes = {leeds, york};
    know(other_);
    const auto at = shared.does({}, {}, 2, Decision{Decision::Kind::discard, {refused_, dependent_}, "not wanted"});
    return take(shared, shared.push(customer_lane, at.number)).results.at(0).code;
  };
  EXPECT_EQ(decided("agent"), "role-refused");
  EXPECT_EQ(told(refused_).verdict, Verdict::quarantined);
  EXPECT_EQ(decided("supervisor"), "");
  EXPECT_EQ(told(refused_).verdict, Verdict::discarded);
}

TEST_F(IntakeDecisions, AnOperatorReleasesIntoAnotherScopeAndDependentsGoAlong) {
  refuse_with_dependent();
  EXPECT_EQ(platform::code_of(operator_decides(HeldDecision::Kind::release, {3, 9})), "not-held");
  ASSERT_TRUE(operator_decides(HeldDecision::Kind::release, refused_, leeds));
  EXPECT_EQ(told(refused_).verdict, Verdict::applied);
  EXPECT_EQ(told(refused_).text, "asked the desk (eve, at the hub)");
  EXPECT_EQ(told(dependent_).verdict, Verdict::applied);
  EXPECT_EQ(record(customer_no, 1)->scope, leeds);
  EXPECT_EQ(held(HeldState::quarantined) + held(HeldState::waiting), 0u);
  const auto made = reader()->history({customer_no, id_of(1)}, 10).value().back();
  EXPECT_EQ(made.by.value().marks, released_at_hub) << "its history says who answers for it";
}

TEST_F(IntakeDecisions, AnOperatorGivesUpWhatOthersBuildOnWithThemOnly) {
  refuse_with_dependent();
  EXPECT_EQ(platform::code_of(operator_decides(HeldDecision::Kind::discard, refused_)), "has-dependents");
  EXPECT_EQ(told(refused_).verdict, Verdict::quarantined);
  ASSERT_TRUE(operator_decides(HeldDecision::Kind::discard, refused_, {}, true));
  EXPECT_EQ(told(dependent_).verdict, Verdict::discarded);
}

// The desk decided while the hub was away, and the hub's operator was first.
TEST_F(IntakeDecisions, WhatWasReleasedMeanwhileIsNotDoneOnceMore) {
  refuse_with_dependent();
  ASSERT_TRUE(operator_decides(HeldDecision::Kind::release, refused_, leeds));
  decides(Decision::Kind::replace, {refused_}, {creates_customer(1, "Ann")});
  EXPECT_EQ(push_from(3).results.at(0).code, "settled-already");
  EXPECT_EQ(record(customer_no, 1)->fields[name_field], sync::Value("Anna"));
}

// After a fork everything comes again, in lanes of another incarnation.
TEST_F(IntakeDecisions, WhatWasDecidedStaysDecidedWhenItsWorkstationBeginsAnew) {
  refuse_with_dependent();
  decides(Decision::Kind::discard, {refused_, dependent_});
  push_from(3);
  station_.begins_anew(9);
  for (const auto& result : push_from(1).results) EXPECT_NE(result.verdict, Verdict::quarantined) << result.code;
  EXPECT_EQ(held(HeldState::quarantined) + held(HeldState::waiting), 0u);
}

}  // namespace
}  // namespace holdline::hub::testing
