// The list of callbacks over a real ledger: what supervisors see and decide.
#include "hub/callbacks/requests.hpp"

#include "tests/unit/hub/callbacks/fixture.hpp"

namespace holdline::hub::testing {
namespace {

TEST_F(CallbacksTest, PromisesOfSeveralDesksAreOneCaseThatKeepsItsRefusals) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  promise("A Lovelace", "+442079460018", "invoice");
  promise("Charles Babbage", "+442079460018", "delivery");
  const Json before = list();
  EXPECT_EQ(before.at("promises"), 3);
  ASSERT_EQ(before.at("items").size(), 2u);
  const Json& babbage = before.at("items").at(before.at("items").at(0).at("promises").size() == 1 ? 0 : 1);
  EXPECT_EQ(babbage.at("may_be_the_same").at(0).at("why"), "same-number");
  EXPECT_TRUE(babbage.at("blocked").empty());
  EXPECT_EQ(before.dump().find("Babbage"), std::string::npos) << "no names here";
  EXPECT_EQ(before.dump().find("9460018"), std::string::npos);

  refuse("+442079460018");
  EXPECT_EQ(list().at("items").at(0).at("blocked").at(0).at("why"), "do-not-call");

  const Json cases = {before.at("items").at(0).at("case"), before.at("items").at(1).at("case")};
  const Json decision{{"kind", "together"}, {"cases", cases}, {"by", "sue"}, {"reason", "his assistant"}};
  EXPECT_EQ(ask("POST", "/decide", decision).status, 201);
  EXPECT_EQ(list().at("cases"), 1);
  const Json last = list().at("items").at(0).at("promises").back().at("id");
  EXPECT_EQ(ask("POST", "/decide", {{"kind", "apart"}, {"promises", {last}}, {"by", "sue"}, {"reason", "no"}}).status,
            201);
  EXPECT_EQ(list().at("cases"), 2);
  EXPECT_EQ(ask("POST", "/decide", {{"kind", "first"}, {"cases", {"x"}}, {"by", "sue"}, {"reason", "y"}}).code(),
            "no-such-callback");
  EXPECT_EQ(ask("POST", "/decide", {{"kind", "first"}, {"cases", cases}, {"reason", "y"}}).code(), "no-person");
  const Json settled{{"kind", "settled"}, {"cases", Json::array({cases.at(0)})}, {"by", "sue"}, {"reason", "rang in"}};
  EXPECT_EQ(ask("POST", "/decide", settled).status, 201);
  const Answer late = ask("POST", "/decide",
                          {{"kind", "first"}, {"cases", Json::array({cases.at(0)})}, {"by", "tim"}, {"reason", "y"}});
  EXPECT_EQ(late.code(), "decided-already");
  EXPECT_NE(late.json.dump().find("decided by sue at "), std::string::npos) << late.json.dump();
}

TEST_F(CallbacksTest, AReleaseInTheEveningReachesWhoIsAwake) {
  std::vector<OwnRow> rows;
  const auto add = [&](const std::string& name, const std::string& phone) {
    rows.push_back({{std::move(promise_op(name, phone, "delivery")).op()}});
  };
  for (int n = 100; n < 150; ++n) {
    const std::string end = std::to_string(n);
    add("London " + end, "+44207946" + end + "0");
    add("New York " + end, "+12125550" + end);
    add("Athens " + end, "+302101234" + end);
    add("Tokyo " + end, "+8131234" + end + "0");
  }
  ASSERT_TRUE(intake_.take_own(rows, at_ms_));
  const Json wanted{{"scope", "acme/leeds"}, {"by", "sue"}, {"agents", 2}};
  EXPECT_EQ(ask("POST", "/release", wanted).code(), "workstations-outstanding") << "it was never heard of";
  Json accepted = wanted;
  accepted["accept_missing"] = true;
  EXPECT_EQ(ask("POST", "/release", accepted).code(), "reason-missing");
  accepted["reason"] = "it is switched off";
  const Answer begun = ask("POST", "/release", accepted);
  ASSERT_EQ(begun.status, 201) << begun.json.dump();
  EXPECT_EQ(begun.json.at("now"), 100);
  EXPECT_EQ(begun.json.at("scheduled"), 100);
  EXPECT_EQ(begun.json.at("not_now_because").at("outside-hours"), 100);
  std::printf("%s", ("200 cases at 19:30 in London: " + begun.json.at("now").dump() + " now, " +
                     begun.json.at("scheduled").dump() +
                     " when it is day where they are: " + begun.json.at("by_zone").dump() + "\n")
                        .c_str());
  EXPECT_EQ(begun.json.at("workstations_outstanding"), Json{"desk 7"});

  at_ms_ += 20 * 60'000;
  EXPECT_EQ(list().at("releases").at(0).at("allowed_by_now"), 41);
  EXPECT_EQ(ask("POST", "/change", {{"change", "hold"}, {"by", "sue"}, {"reason", "full"}}).json.at("state"), "held");
  EXPECT_EQ(list().at("releases").at(0).at("allowed_by_now"), 0);
  EXPECT_EQ(ask("POST", "/change", {{"change", "hold"}, {"by", "sue"}}).code(), "release-held");
  EXPECT_EQ(ask("POST", "/change", {{"change", "go-on"}, {"by", "sue"}}).json.at("because"), "");
  EXPECT_EQ(list().at("releases").at(0).at("because"), "");
  EXPECT_EQ(ask("POST", "/change", {{"change", "stop"}, {"by", "sue"}}).json.at("state"), "stopped");
  EXPECT_EQ(ask("POST", "/change", {{"change", "hold"}, {"by", "sue"}}).code(), "no-such-release");
}

// Everything between two requests is in the ledger alone: the hub may have been started again each time.
TEST_F(CallbacksTest, ACaseIsDialledByOneOnlyAlsoWhenContactIsLostWhileItIsDialled) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  EXPECT_EQ(ask("POST", "/next", {{"agent", "amy"}}).code(), "nothing-released");
  const Json release{{"scope", "acme/leeds"}, {"by", "sue"}, {"reason", "off"}, {"accept_missing", true}};
  ASSERT_EQ(ask("POST", "/release", release).status, 201);
  const Json claim = ask("POST", "/next", {{"agent", "amy"}}).json.at("claim");
  EXPECT_EQ(ask("POST", "/next", {{"agent", "ben"}}).code(), "nothing-to-call");
  EXPECT_EQ(ask("POST", "/dial", {{"claim", claim}, {"agent", "ben"}}).code(), "claim-of-another");
  EXPECT_EQ(ask("POST", "/dial", {{"claim", claim}, {"agent", "amy"}}).json.at("number"), "+442079460018");

  at_ms_ += 11 * 60'000;
  EXPECT_EQ(list().at("items").at(0).at("claim").at("state"), "uncertain");
  EXPECT_EQ(ask("POST", "/next", {{"agent", "ben"}}).code(), "nothing-to-call");
  EXPECT_EQ(ask("POST", "/dial", {{"claim", claim}, {"agent", "amy"}}).code(), "claim-over");
  EXPECT_EQ(ask("POST", "/free", {{"claim", claim}, {"by", "sue"}}).status, 200);
  const Json second = ask("POST", "/next", {{"agent", "ben"}}).json.at("claim");
  EXPECT_GT(second, claim);
  const Answer late = ask("POST", "/outcome", {{"claim", claim}, {"agent", "amy"}, {"outcome", "no_answer"}});
  EXPECT_EQ(late.json.at("late"), true) << "a call that was made is never forgotten";
  EXPECT_EQ(ask("POST", "/dial", {{"claim", second}, {"agent", "ben"}}).code(), "may-not-be-called") << "too soon";
}

// What desks save arrives as records; it ends the claim as if it had been told here.
TEST_F(CallbacksTest, AnOutcomeThatWasSavedAtADeskEndsItsClaim) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  at_ms_ += 60'000;
  promise("Charles Babbage", "+442079460019", "delivery");
  Json release{{"scope", "acme/leeds"}, {"by", "sue"}, {"reason", "off"}, {"accept_missing", true}};
  release["per_minute"] = 1'000;
  ASSERT_EQ(ask("POST", "/release", release).status, 201);
  at_ms_ += 60'000;
  EXPECT_EQ(ask("POST", "/release", release).code(), "release-there") << "two would hand out twice the pace";
  const Json claim = ask("POST", "/next", {{"agent", "amy"}}).json;
  ask("POST", "/dial", {{"claim", claim["claim"]}, {"agent", "amy"}});
  EXPECT_EQ(ask("POST", "/next", {{"agent", "amy"}}).code(), "agent-has-enough");
  const Json on_its_way{{"agent", "amy"}, {"told", {claim["claim"]}}};
  EXPECT_EQ(ask("POST", "/mine", on_its_way).json.at("claims").size(), 0u);
  const Json second = ask("POST", "/next", on_its_way).json;
  EXPECT_NE(second.at("case"), claim.at("case")) << "it is hers until the outcome is here";
  keep(std::move(made("callback_attempt")
                     .add("requests", {claim.at("promises").at(0).at("id")})
                     .set("fence", claim.at("claim").get<std::int64_t>())
                     .set("agent", std::string("amy"))
                     .set("started_at", at_ms_)
                     .set("outcome", std::string("resolved"))));
  at_ms_ += 20 * 60'000;  // beyond the lease
  EXPECT_EQ(list().at("to_call"), 1);
  const Json again = list().at("items").at(0);
  EXPECT_EQ(again.at("case"), second.at("case"));
  EXPECT_EQ(again.at("claim"), nullptr) << "it ran out before anybody dialled";
}

TEST_F(CallbacksTest, OneUrgentCaseIsHandedToOnePersonThoughNothingIsReleased) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  const Json of = list().at("items").at(0).at("case");
  EXPECT_EQ(ask("POST", "/hand", {{"case", of}, {"by", "sue"}, {"agent", "amy"}}).code(), "reason-missing");
  const Json handed{{"case", of}, {"by", "sue"}, {"agent", "amy"}, {"reason", "she is without heating"}};
  ASSERT_EQ(ask("POST", "/hand", handed).status, 201);
  EXPECT_EQ(ask("POST", "/hand", handed).code(), "case-claimed");
  const Json mine = ask("POST", "/mine", {{"agent", "amy"}}).json.at("claims");
  ASSERT_EQ(mine.size(), 1u);
  EXPECT_EQ(mine.at(0).at("why_here").at(0).at("text"), "she is without heating");
  EXPECT_EQ(mine.at(0).at("number"), nullptr) << "before she says that she dials";
  for (int minutes = 0; minutes < 30; minutes += 6) {
    at_ms_ += 6 * 60'000;
    ASSERT_EQ(ask("POST", "/alive", {{"claim", mine.at(0).at("claim")}, {"agent", "amy"}}).status, 200);
  }
  EXPECT_EQ(ask("POST", "/give-back", {{"claim", mine.at(0).at("claim")}, {"agent", "amy"}}).status, 200);
  EXPECT_EQ(list().at("items").at(0).at("claim"), nullptr);
}

TEST_F(CallbacksTest, HowACallEndedSaysWhatFollows) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  at_ms_ += 60'000;  // of two made in one moment either may come first
  promise("Charles Babbage", "+442079460019", "invoice");
  const Json release{
      {"scope", "acme/leeds"}, {"by", "sue"}, {"reason", "off"}, {"accept_missing", true}, {"per_minute", 1'000}};
  ASSERT_EQ(ask("POST", "/release", release).status, 201);
  at_ms_ += 60'000;
  const auto call = [&](const Json& outcome) {
    Json told = outcome;
    told["claim"] = ask("POST", "/next", {{"agent", "amy"}}).json.at("claim");
    told["agent"] = "amy";
    EXPECT_EQ(ask("POST", "/dial", {{"claim", told["claim"]}, {"agent", "amy"}}).status, 200);
    return ask("POST", "/outcome", told);
  };
  EXPECT_EQ(call({{"outcome", "hung up"}}).code(), "unknown-outcome");
  EXPECT_EQ(ask("POST", "/outcome", {{"claim", 1}, {"agent", "amy"}, {"outcome", "do_not_call"}}).json.at("then"),
            "close");
  EXPECT_EQ(list().at("to_call"), 1);
  EXPECT_EQ(call({{"outcome", "rescheduled"}}).code(), "malformed") << "to when?";
  const Json later{{"claim", 2}, {"agent", "amy"}, {"outcome", "rescheduled"}, {"next", "2027-06-10T14:00:00Z"}};
  EXPECT_EQ(ask("POST", "/outcome", later).json.at("then"), "call-at");
  EXPECT_EQ(list().at("items").at(0).at("may_be_called"), "2027-06-10T14:00:00.000Z");
  at_ms_ += 2 * 3'600'000;
  promise("Ada Lovelace", "+442079460018", "another");
  EXPECT_NE(list().dump().find("\"refused_for\":\"every purpose\""), std::string::npos) << "it was said in the call";
}

}  // namespace
}  // namespace holdline::hub::testing
