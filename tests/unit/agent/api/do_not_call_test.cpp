#include "agent/api/do_not_call.hpp"

#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class DoNotCallTest : public LocalApiTest {
 protected:
  void SetUp() override {
    work();
    const auto ada = person_json("ada", "password", id_of(4), entropy);
    const std::string key(64, '7');
    must(api->workstation()->accounts().keep(
        Json{{"people", {ada}}, {"region", "GB"}, {"suppression_key", key}}.dump()));
    sign_in();
  }
  Json check(const std::string& query) { return get("/do-not-call?" + query).json().at("items"); }
};

TEST_F(DoNotCallTest, AWishIsKeptWithoutTheNumberAndFoundInEverySpelling) {
  const auto saved = post("/do-not-call", {{"number", "020 7551 8700"}, {"note", "asked twice"}}, "key");
  ASSERT_EQ(saved.status, 201) << saved.body;
  EXPECT_EQ(saved.json().at("action").at("lane"), 0);
  EXPECT_EQ(get("/outbox/0/1").body.find("75518700"), std::string::npos);
  EXPECT_EQ(check("number=%2B44%2020%207551%208700").size(), 1u);
  EXPECT_EQ(check("number=(0)20-7551-8700").at(0).at("purpose"), "any");
  EXPECT_EQ(check("number=020%207551%208701"), Json::array());
  ASSERT_EQ(post("/do-not-call", {{"number", "+54 9 11 2345-6789"}}, "mobile").status, 201);
  EXPECT_EQ(check("number=%2B541123456789").size(), 1u) << "one telephone, by the library's rules";
  EXPECT_EQ(post("/do-not-call", {{"email", "Ada@Example.com"}}, "another").status, 201);
  EXPECT_EQ(check("email=ada@example.com").size(), 1u);
}

TEST_F(DoNotCallTest, TheSameWishTwiceIsOne) {
  const Json wish{{"number", "020 7551 8700"}};
  ASSERT_EQ(post("/do-not-call", wish, "key").status, 201);
  EXPECT_EQ(post("/do-not-call", wish, "key").json().at("repeated"), true);
  EXPECT_EQ(post("/do-not-call", wish, "another").code(), "on-the-list");
  EXPECT_EQ(post("/do-not-call", {{"number", "020 7551 8700"}, {"purpose", "marketing"}}, "more").status, 201);
  EXPECT_EQ(outbox().size(), 2u);
}

TEST_F(DoNotCallTest, ACardShowsItAndAPromiseIsAskedAbout) {
  const Json ada{{"fields", {{"family", "Lovelace"}}}, {"phones", {{{"e164", "020 7551 8700"}}}}};
  const auto made = post("/customers", ada, "ada");
  ASSERT_EQ(made.status, 201) << made.body;
  ASSERT_EQ(post("/do-not-call", {{"number", "020 7551 8700"}, {"purpose", "marketing"}}, "wish").status, 201);
  const auto card = get("/customers/" + made.json().at("created").at(0).get<std::string>());
  EXPECT_EQ(card.json().at("children").at("phone").at(0).at("do_not_call").at(0).at("purpose"), "marketing");
  Json promise{
      {"fields", {{"name", "Ada"}, {"phone", "020 7551 8700"}, {"reason", "offer"}, {"purpose", "marketing"}}}};
  const auto asked = post("/callbacks", promise, "promise");
  EXPECT_EQ(asked.code(), "asked");
  EXPECT_EQ(asked.json().at("findings").at(0).at("code"), "do-not-call");
  promise["accept"] = {{"hints", {"do-not-call"}}, {"because", "she rang and asked for the offer"}};
  EXPECT_EQ(post("/callbacks", promise, "promise").status, 201);
  promise.erase("accept");
  promise["fields"]["purpose"] = "service";
  const auto served = post("/callbacks", promise, "service");
  ASSERT_EQ(served.status, 201);
  const Json turned{{"changes", {{"purpose", {{"base", "service"}, {"value", "marketing"}}}}}};
  EXPECT_EQ(patch("/callbacks/" + served.json().at("created").at(0).get<std::string>(), turned, "turned").code(),
            "asked");
}

TEST_F(DoNotCallTest, WhatCannotBeKeptIsSaid) {
  EXPECT_EQ(post("/do-not-call", {{"number", "020 7"}}, "short").code(), "invalid");
  EXPECT_EQ(post("/do-not-call", Json::object(), "none").code(), "invalid");
  EXPECT_EQ(post("/do-not-call", {{"email", "ada at example.com"}}, "mail").code(), "invalid");
  EXPECT_EQ(get("/do-not-call?number=020%207").code(), "invalid") << "not on the list would be no answer";
  EXPECT_EQ(post("/do-not-call", {{"number", "020 7551 8700"}, {"channel", "pigeon"}}, "odd").code(), "invalid");
  EXPECT_EQ(post("/do-not-call", {{"number", "020 7551 8700"}, {"chanel", "sms"}}, "misspelt").status, 400);
  must(api->workstation()->accounts().keep(
      Json{{"people", {person_json("ada", "password", id_of(4), entropy)}}}.dump()));
  sign_in();
  EXPECT_EQ(post("/do-not-call", {{"number", "+44 20 7551 8700"}}, "early").code(), "no-suppression-key");
  EXPECT_EQ(get("/do-not-call?number=%2B442075518700").code(), "no-suppression-key");
}

}  // namespace
}  // namespace holdline::agent
