#include "agent/api/local_api.hpp"

#include "agent/view/sight.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

TEST_F(LocalApiTest, AWorkstationThatIsNotEnrolledAnswersStatusAndNothingElse) {
  must(start());
  const auto status = get("/status");
  EXPECT_EQ(status.status, 200);
  EXPECT_EQ(status.json().at("mode"), "not-enrolled");
  EXPECT_EQ(status.json().at("enrolled"), false);
  for (const char* path : {"/outbox", "/customers", "/verify"}) EXPECT_EQ(get(path).code(), "not-enrolled") << path;
  EXPECT_EQ(post("/login", {}).code(), "not-enrolled");
}

TEST_F(LocalApiTest, UnknownPathsAndMethodsAreToldApartFromNothing) {
  work();
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/status/more").status, 404);
  EXPECT_EQ(ask("DELETE", "/outbox").code(), "wrong-method");
  EXPECT_EQ(ask("PUT", "/customers/1").status, 405);
  for (const char* path : {"/customers/", "/customers//history", "/customers/1/", "/customers/1/shoes", "/outbox/2"})
    EXPECT_EQ(get(path).code(), "unknown-path") << path;
  EXPECT_EQ(get("/customers/1/history").code(), "unknown-record");
}

TEST_F(LocalApiTest, TheStatusOfAWorkstationWithoutContact) {
  work();
  ASSERT_EQ(post("/entries", message, "k").status, 201);
  const Json status = get("/status").json();
  EXPECT_EQ(status.at("mode"), "contingency");
  EXPECT_EQ(status.at("workstation").at("name"), "desk 7");
  EXPECT_EQ(status.at("person").at("name"), "ada");
  EXPECT_EQ(status.at("replica").at("cn"), "10");
  EXPECT_EQ(status.at("outbox").at("health"), "writable");
  EXPECT_EQ(status.at("outbox").at("waiting"), "1");
  EXPECT_EQ(status.at("outbox").at("lanes").at(2).at("last"), "1");
}

TEST_F(LocalApiTest, WhatItHasToLookAtStandsInTheStatus) {
  must(start());
  api->note_health("console-not-there", "the port is taken");
  EXPECT_EQ(get("/status").json().at("health").at(0).at("code"), "console-not-there");
}

TEST_F(LocalApiTest, AWrongPasswordSignsNobodyIn) {
  work();
  ASSERT_EQ(post("/logout", {}).status, 200);
  EXPECT_EQ(post("/login", {{"person", "ada"}, {"password", "wrong"}}).status, 401);
  EXPECT_EQ(post("/login", {{"person", "bob"}, {"password", "password"}}).status, 401);
  EXPECT_TRUE(get("/status").json().at("person").is_null());
  EXPECT_EQ(post("/entries", message, "k").code(), "not-signed-in");
}

// Of everything that tells what the workstation holds; found when reading asked for nobody.
TEST_F(LocalApiTest, WhoeverIsNotSignedInReadsNothing) {
  work({customer_of(1, "Ada", "Byron")});
  ASSERT_EQ(post("/entries", message, "k").status, 201);
  ASSERT_EQ(post("/logout", {}).status, 200);
  for (const char* path : {"/customers?q=byron", "/entries", "/callbacks", "/conflicts", "/outbox", "/outbox/2/1",
                           "/outbox/export", "/verify"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_EQ(answer.code(), "not-signed-in") << path;
  }
  EXPECT_EQ(get("/customers/" + id_of(1).text()).status, 401);
  EXPECT_EQ(post("/sync", {}).status, 401);
  EXPECT_EQ(get("/status").status, 200);
  uid = 0;
  EXPECT_EQ(get("/outbox").status, 401) << "root as well, but for the export";
  EXPECT_EQ(get("/outbox/export").json().at("actions").size(), 1u);
}

TEST_F(LocalApiTest, TheOutboxIsGivenUpByRootOnly) {
  work();
  EXPECT_EQ(post("/outbox/begin-anew", Json::object()).status, 403) << "whoever is signed in";
  uid = 0;
  EXPECT_EQ(post("/outbox/begin-anew", Json::object()).code(), "outbox-there") << "signed in or not, it comes so far";
}

TEST_F(LocalApiTest, WhoIsOfAnotherScopeSeesNothingOfIt) {
  work({customer_of(1, "Ada", "Byron")});
  ASSERT_EQ(post("/entries", message, "k").status, 201);
  Json bob = person_json("bob", "password", id_of(5), entropy), eve = person_json("eve", "password", id_of(6), entropy);
  bob["scopes"] = {"acme/elsewhere"};
  eve["role"] = "it";
  must(api->workstation()->accounts().keep(Json{{"people", {bob, eve}}}.dump()));
  for (const char* name : {"bob", "eve"}) {
    token.clear();
    sign_in(name);
    EXPECT_EQ(get("/customers/" + id_of(1).text()).status, 404) << name;
    for (const char* path : {"/customers?q=byron", "/entries", "/outbox"})
      EXPECT_TRUE(get(path).json().at("items").empty()) << name << path;
    EXPECT_EQ(get("/outbox/2/1").status, 404) << name;
    EXPECT_TRUE(get("/outbox/export").json().at("actions").empty()) << name;
    EXPECT_EQ(post("/entries", {{"scope", test_scope}, {"fields", {{"kind", "message"}}}}, name).status, 403);
  }
  EXPECT_EQ(api->workstation()->outbox().status().lanes[2].number, 1u) << "nothing refused was saved";
}

// The person may, the workstation does not: the hub would refuse it after it was called saved.
TEST_F(LocalApiTest, WhatTheWorkstationDoesNotHoldIsRefusedBeforeItIsCalledSaved) {
  work();
  Json ada = person_json("ada", "password", id_of(4), entropy);
  ada["scopes"] = {test_scope, "acme/elsewhere"};
  must(api->workstation()->accounts().keep(Json{{"people", {ada}}}.dump()));
  token.clear();
  sign_in();
  const auto refused = post("/entries", {{"scope", "acme/elsewhere"}, {"fields", {{"kind", "message"}}}}, "a");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "scope-refused");
  EXPECT_EQ(api->workstation()->outbox().status().lanes[2].number, 0u);
  EXPECT_EQ(post("/entries", {{"scope", test_scope}, {"fields", {{"kind", "message"}}}}, "b").status, 201);
}

TEST_F(LocalApiTest, WhatTheCentralDatabaseDecidesIsNotWrittenHere) {
  work();
  const auto refused = post("/customers", {{"fields", {{"family", "Byron"}, {"tier", "vip"}}}}, "a");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json().at("findings").at(0).at("code"), "central-field");
  EXPECT_EQ(post("/customers", {{"fields", {{"family", "Byron"}}}}, "a").status, 201);
}

TEST_F(LocalApiTest, SensitiveFieldsAreShownWithTheRecordAndNotInLists) {
  work();
  const auto saved = post("/customers", {{"fields", {{"given", "Ada"}, {"vulnerable", true}}}}, "k");
  ASSERT_EQ(saved.status, 201) << saved.body;
  const std::string id = saved.json().at("created").at(0);
  EXPECT_EQ(get("/customers/" + id).json().at("fields").at("vulnerable"), true);
  std::promise<sync::Value> listed;
  api->workstation()->read([&](View& view) {
    PersonView own(view, {"agent", {test_scope}});
    const auto& customers = collection_of("customer");
    listed.set_value(must(own.list(customers, {}, 1)).shown.at(0).record.fields[*customers.field("vulnerable")]);
  });
  EXPECT_TRUE(sync::is_null(listed.get_future().get()));
}

TEST_F(LocalApiTest, AMisspeltMemberIsRefusedWithTheNearestOne) {
  work();
  const auto refused = post("/entries", {{"field", {{"kind", "message"}}}}, "k");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("`fields`"), std::string::npos) << refused.body;
  EXPECT_EQ(post("/login", {{"person", "ada"}, {"passwort", "password"}}).status, 400);
}

TEST_F(LocalApiTest, ASessionBelongsToTheLoginThatBeganIt) {
  work();
  uid = 1001;
  EXPECT_TRUE(get("/status").json().at("person").is_null());
  EXPECT_EQ(post("/entries", message, "k").status, 401);
  uid = 1000;
  EXPECT_EQ(post("/entries", message, "k").status, 201);
}

TEST_F(LocalApiTest, ASignInThatIsNoObjectOfTextsIsRefused) {
  work();
  EXPECT_EQ(ask("POST", "/login", "not json").status, 400);
  EXPECT_EQ(post("/login", {{"person", 7}, {"password", nullptr}}).status, 400);
  EXPECT_EQ(post("/login", {{"person", "ada"}}).status, 401);
}

TEST_F(LocalApiTest, AnEnrolmentCodeThatCannotBeReadIsRefused) {
  must(start());
  EXPECT_EQ(post("/enroll", {{"code", "hl1-nonsense"}}).code(), "malformed-code");
  EXPECT_EQ(post("/enroll", {{"code", 5}}).code(), "malformed");
  EXPECT_EQ(ask("POST", "/enroll", "[]").code(), "malformed");
  EXPECT_EQ(post("/enroll", Json::object()).code(), "malformed-code");
  EXPECT_EQ(api->workstation(), nullptr);
}

TEST_F(LocalApiTest, AnEnrolledWorkstationIsNotEnrolledAgain) {
  work();
  EXPECT_EQ(post("/enroll", {{"code", "hl1-any"}}).code(), "enrolled-already");
}

TEST_F(LocalApiTest, ADamagedIdentityStopsTheStart) {
  enrol();
  platform::write_contents(directory() / "workstation.json", "{\"device\":5}");
  EXPECT_EQ(code_of(start()), "identity-damaged");
}

TEST_F(LocalApiTest, SyncNowIsAnsweredWithoutAHub) {
  work();
  EXPECT_EQ(post("/sync", {}).status, 200);
}

}  // namespace
}  // namespace holdline::agent
