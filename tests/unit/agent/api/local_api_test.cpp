#include "agent/api/local_api.hpp"

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
  EXPECT_EQ(ask("DELETE", "/outbox").status, 404);
  EXPECT_EQ(get("/customers/").status, 404);
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

TEST_F(LocalApiTest, AWrongPasswordSignsNobodyIn) {
  work();
  ASSERT_EQ(post("/logout", {}).status, 200);
  EXPECT_EQ(post("/login", {{"person", "ada"}, {"password", "wrong"}}).status, 401);
  EXPECT_EQ(post("/login", {{"person", "bob"}, {"password", "password"}}).status, 401);
  EXPECT_TRUE(get("/status").json().at("person").is_null());
  EXPECT_EQ(post("/entries", message, "k").code(), "not-signed-in");
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
