// How much may be promised, and what is promised anew because it cannot be kept.
#include "tests/unit/hub/callbacks/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class PromisingTest : public CallbacksTest {
 protected:
  void promised(const std::string& name, const std::string& phone, const char* from, const char* until) {
    keep(std::move(made("callback_request")
                       .set("name", name)
                       .set("phone", phone)
                       .set("reason", std::string("delivery"))
                       .set("taken_at", at_ms_ - 3'600'000)
                       .set("promise_start", *sync::parse_time(from))
                       .set("promise_end", *sync::parse_time(until))
                       .set("state", std::string("open"))));
  }
};

TEST_F(PromisingTest, ACapacityIsDividedOverTheWorkstationsOfItsQueue) {
  Json wanted{{"scope", "acme/leeds"},
              {"zone", "europe/london"},
              {"opens", "09:00"},
              {"closes", "17:00"},
              {"calls", 4},
              {"by", "sue"}};
  Json wrong = wanted;
  wrong["zone"] = "Mars/Olympus";
  EXPECT_EQ(ask("POST", "/set-capacity", wrong).code(), "capacity-malformed");
  wrong = wanted;
  wrong["opens"] = "nine";
  EXPECT_EQ(ask("POST", "/set-capacity", wrong).code(), "capacity-malformed");
  wrong = wanted;
  wrong["scope"] = "acme/nowhere";
  EXPECT_EQ(ask("POST", "/set-capacity", wrong).code(), "capacity-malformed") << "nobody has it";
  const Answer set = ask("POST", "/set-capacity", wanted);
  ASSERT_EQ(set.status, 201) << set.json.dump();
  EXPECT_EQ(set.json.at("divided").at(0).at("zone"), "Europe/London");
  EXPECT_EQ(set.json.at("divided").at(0).at("stations"), 1);
  promised("Ada", "+442079460018", "2027-06-10T08:20:00Z", "2027-06-10T09:00:00Z");
  const Json seen = ask("POST", "/capacity", {{"scope", "acme/leeds"}}).json;
  EXPECT_EQ(
      seen.at("windows").at(0),
      (Json{
          {"start", "2027-06-10T08:00:00.000Z"}, {"end", "2027-06-10T09:00:00.000Z"}, {"calls", 4}, {"promised", 1}}));
  wanted["calls"] = 6;
  const Json again = ask("POST", "/set-capacity", wanted).json;
  ASSERT_EQ(again.at("divided").size(), 2u);
  for (const Json& one : again.at("windows"))
    EXPECT_EQ(one.at("calls"), one.at("start") < "2027-06-12T18:30" ? 4 : 6) << one.dump();
}

TEST_F(PromisingTest, WhatBreaksIsPromisedAnewForWhenItWillBeCalled) {
  for (int n = 10; n < 16; ++n)
    promised("Caller " + std::to_string(n), "+4420794600" + std::to_string(n), "2027-06-09T17:00:00Z",
             "2027-06-09T18:45:00Z");
  const Json pace{{"scope", "acme/leeds"}, {"agents", 1}, {"calls_an_hour", 6}};
  const Json seen = ask("POST", "/preview", pace).json;
  EXPECT_EQ(seen.at("calls_an_hour"), 6);
  EXPECT_EQ(seen.at("promises_that_break"), 4) << "ten minutes each, fifteen are left";
  EXPECT_EQ(seen.at("breaks").at(0).at("expected"), "2027-06-09T18:50:00.000Z");
  Json anew = pace;
  anew["by"] = "sue";
  EXPECT_EQ(ask("POST", "/promise-breaking", anew).code(), "reason-missing");
  anew["reason"] = "the outage lasted";
  const Answer done = ask("POST", "/promise-breaking", anew);
  ASSERT_EQ(done.status, 201) << done.json.dump();
  ASSERT_EQ(done.json.at("promised").size(), 4u);
  EXPECT_EQ(done.json.at("promised").at(0).at("from"), "2027-06-09T18:45:00.000Z");
  EXPECT_EQ(done.json.at("promised").at(0).at("until"), "2027-06-09T20:45:00.000Z");
  EXPECT_EQ(ask("POST", "/preview", pace).json.at("promises_that_break"), 0);
  EXPECT_EQ(ask("POST", "/promise-breaking", anew).code(), "nothing-breaks");

  const Json of = list().at("items").at(0).at("case");
  Json one{{"cases", Json::array({of})},
           {"from", "2027-06-09T23:00:00Z"},
           {"until", "2027-06-09T23:30:00Z"},
           {"by", "sue"},
           {"reason", "she asked"}};
  EXPECT_EQ(ask("POST", "/promise", one).code(), "outside-calling-hours") << "midnight in London";
  one["from"] = "2027-06-10T09:00:00Z";
  EXPECT_EQ(ask("POST", "/promise", one).code(), "malformed") << "it ends before it begins";
  one["until"] = "2027-06-10T10:00:00Z";
  EXPECT_EQ(ask("POST", "/promise", one).status, 201);
  bool moved = false;
  const Json after = list();
  for (const Json& item : after.at("items"))
    moved = moved || (item.at("case") == of && item.at("promised_until") == "2027-06-10T10:00:00.000Z");
  EXPECT_TRUE(moved);
}

}  // namespace
}  // namespace holdline::hub::testing
