#include "hub/admin/admin.hpp"

#include <algorithm>

#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class AdminTest : public HubTest {
 protected:
  struct Answer {
    int status = 0;
    Json json;
    std::string code() const { return json.value("code", ""); }
  };
  Answer ask(std::string method, const std::string& target, std::string body = {}) {
    const auto parsed = platform::parse_target("/admin/v1" + target).value();
    platform::HttpRequest request;
    request.method = std::move(method);
    request.path = parsed.path;
    request.query = parsed.query;
    request.body = std::move(body);
    const auto response = Admin(hub_, intake_, entropy_, clock_).answer(request);
    return {response.status, Json::parse(response.body)};
  }
  Answer get(const std::string& path) { return ask("GET", path); }
  Answer post(const std::string& path, const Json& body) { return ask("POST", path, body.dump()); }

  Intake intake_{*hub_.ledger, entropy_};
};

TEST_F(AdminTest, TheStatusCountsWhatThereIs) {
  enrol();
  ask("POST", "/import?scope=acme/leeds", "ref,given\nC1,Ada\n");
  const auto status = get("/status");
  EXPECT_EQ(status.status, 200);
  EXPECT_EQ(status.json.at("devices"), 1);
  EXPECT_EQ(status.json.at("cn"), "1");
  EXPECT_EQ(status.json.at("hub"), hub_.ledger->identity().hub.text());
}

TEST_F(AdminTest, ACodeThatIsHandedOutEnrolsAWorkstation) {
  const auto made = post("/enroll-codes", {{"name", "desk 8"}, {"scopes", {"acme/leeds"}}, {"profile", 3}});
  ASSERT_EQ(made.status, 201);
  ASSERT_TRUE(ask_to_enrol(made.json.at("code"), new_key().csr_pem, now()));
  const auto devices = hub_.ledger->devices().value();
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].profile, 3);
  const Json shown = get("/devices").json.at("items").at(0);
  EXPECT_EQ(shown.at("name"), "desk 8");
  EXPECT_EQ(shown.at("state"), "active");
}

TEST_F(AdminTest, AWorkstationIsRenamedGivenOtherScopesRevokedAndRestored) {
  const auto desk = enrol();
  const auto now = [&] { return hub_.ledger->device(desk.device).value().value(); };
  EXPECT_EQ(post("/devices/rename", {{"device", "desk 7"}, {"name", "desk 9"}}).json.at("name"), "desk 9");
  const auto grants = now().grants;
  const auto mistyped = post("/devices/scopes", {{"device", "desk 9"}, {"scopes", {"acme/york"}}});
  EXPECT_EQ(mistyped.code(), "unknown-scope");
  EXPECT_NE(mistyped.json.at("detail").get<std::string>().find("acme/leeds"), std::string::npos) << "what there is";
  EXPECT_EQ(post("/scopes", {{"scope", "acme/york"}}).status, 201);
  EXPECT_EQ(get("/scopes").json.at("items"), (Json{"acme/leeds", "acme/york"}));
  EXPECT_EQ(post("/devices/scopes", {{"device", "desk 9"}, {"scopes", {"acme/york"}}, {"profile", 1}}).status, 200);
  EXPECT_EQ(now().scopes, std::vector<std::string>{"acme/york"});
  EXPECT_EQ(now().profile, 1);
  const auto changed = now().grants;
  EXPECT_NE(changed, grants);
  EXPECT_EQ(post("/devices/scopes", {{"device", "desk 9"}, {"scopes", {"acme/york"}}}).status, 200);
  EXPECT_EQ(now().grants, changed) << "nothing changed: no replica need be fetched anew";
  EXPECT_EQ(post("/devices/revoke", {{"device", desk.device.text()}}).json.at("state"), "revoked");
  EXPECT_EQ(post("/devices/restore", {{"device", desk.device.text()}}).json.at("state"), "active");
  EXPECT_EQ(post("/devices/revoke", {{"device", "desk 7"}}).code(), "unknown-device");
  EXPECT_EQ(post("/devices/scopes", {{"device", "desk 9"}, {"scopes", Json::array()}}).code(), "bad-scope");
  enrol();
  post("/devices/rename", {{"device", "desk 7"}, {"name", "desk 9"}});
  EXPECT_EQ(post("/devices/revoke", {{"device", "desk 9"}}).code(), "name-ambiguous");
}

TEST_F(AdminTest, PeopleAreListedWithWhatTheyAre) {
  ASSERT_EQ(post("/people", {{"name", "ada"}, {"password", "long enough"}, {"scopes", {"acme"}}}).status, 201);
  EXPECT_EQ(post("/people/role", {{"person", "ada"}, {"role", "supervisor"}}).json.at("role"), "supervisor");
  EXPECT_EQ(post("/scopes", {{"scope", "acme/york"}}).status, 201);
  EXPECT_EQ(post("/people/scopes", {{"person", "ada"}, {"scopes", {"acme/york"}}}).status, 200);
  EXPECT_EQ(post("/people/password", {{"person", "ada"}, {"password", "another one"}}).status, 200);
  EXPECT_EQ(post("/people/disable", {{"person", "ada"}}).json.at("state"), "disabled");
  const Json ada = get("/people").json.at("items").at(0);
  EXPECT_EQ(ada.at("role"), "supervisor");
  EXPECT_EQ(ada.at("scopes"), Json{"acme/york"});
  EXPECT_TRUE(ada.contains("disabled"));
  EXPECT_FALSE(ada.contains("wrapped"));
  EXPECT_EQ(post("/people/enable", {{"person", "ada"}}).json.at("state"), "active");
  EXPECT_EQ(post("/people/role", {{"person", "ada"}, {"role", "boss"}}).code(), "bad-role");
}

TEST_F(AdminTest, WhomOnlyWorkstationsRememberIsToldUntilTheyAreRecalled) {
  Person person;
  person.id = entropy_.id();
  person.name = "grace";
  person.role = "agent";
  person.scopes = {"acme"};
  person.public_key = std::string(32, 'k');
  person.wrapped = "wrapped";
  ASSERT_TRUE(hub_.ledger->add_claim({person, entropy_.id(), 5}));
  const auto told = [&] {
    const Json health = get("/status").json.at("health");
    return std::ranges::any_of(health, [](const Json& note) { return note.at("code") == "people-remembered"; });
  };
  EXPECT_TRUE(told());
  EXPECT_EQ(post("/people/recall", {{"person", "grace"}}).json.at("id"), person.id.text());
  EXPECT_FALSE(told());
}

TEST_F(AdminTest, WhatACodeGrantsIsNeverGuessed) {
  const Json good{{"name", "desk"}, {"scopes", {"acme"}}};
  for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"minutes", "30"},
                                                                             {"minutes", 1.5},
                                                                             {"profile", 256},
                                                                             {"profile", -1},
                                                                             {"profile", "all"},
                                                                             {"scopes", "acme"},
                                                                             {"scopes", {5}},
                                                                             {"name", 7}}) {
    Json body = good;
    body[name] = value;
    EXPECT_EQ(post("/enroll-codes", body).code(), "malformed") << body;
  }
  EXPECT_EQ(ask("POST", "/enroll-codes", "not json").code(), "malformed");
  EXPECT_EQ(post("/enroll-codes", good).status, 201);
}

TEST_F(AdminTest, APersonIsAddedAndNeverShownWithASecret) {
  const auto made =
      post("/people", {{"name", "ada"}, {"password", "long enough"}, {"role", "supervisor"}, {"scopes", {"acme"}}});
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.json.at("role"), "supervisor");
  EXPECT_EQ(made.json.dump().find("long enough"), std::string::npos);
  EXPECT_EQ(post("/people", {{"name", "bob"}, {"password", "short"}, {"scopes", {"acme"}}}).code(), "weak-password");
  EXPECT_EQ(post("/people", {{"name", "bob"}, {"password", 12345678}, {"scopes", {"acme"}}}).code(), "malformed");
}

TEST_F(AdminTest, AnImportTellsEachRejectedRow) {
  const auto report = ask("POST", "/import?scope=acme/leeds", "ref,given,phone\nC1,Ada,\n,Bob,\nC3,Cleo,none\n").json;
  EXPECT_EQ(report.at("rows"), 3);
  EXPECT_EQ(report.at("created"), 1);
  EXPECT_EQ(report.at("rejected_count"), 2);
  EXPECT_EQ(report.at("rejected").at(0).at("row"), 3);
  EXPECT_EQ(report.at("rejected").at(1).at("code"), "not-a-phone");
}

TEST_F(AdminTest, ADryRunImportsNothing) {
  EXPECT_EQ(ask("POST", "/import?scope=acme/leeds&dry_run=1", "ref,given\nC1,Ada\n").json.at("created"), 1);
  EXPECT_EQ(get("/status").json.at("cn"), "0");
}

TEST_F(AdminTest, AnImportWithoutAUsableHeaderIsRefused) {
  EXPECT_EQ(ask("POST", "/import?scope=acme/leeds", "given\nAda\n").code(), "no-ref");
}

TEST_F(AdminTest, DigestsAndConflictsOfTheScopesOfAllDevicesAreShown) {
  enrol();
  ask("POST", "/import?scope=acme/leeds", "ref,given\nC1,Ada\n");
  ask("POST", "/import?scope=acme/leeds&source=other", "ref,given\nC1,Adah\n");
  const Json digests = get("/digests").json.at("digests");
  ASSERT_FALSE(digests.empty());
  EXPECT_EQ(digests.at(0).at("scope"), "acme/leeds");
  const Json conflicts = get("/conflicts").json.at("items");
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts.at(0).at("unit"), "given");
  EXPECT_EQ(conflicts.at(0).at("state"), "open");
  EXPECT_TRUE(get("/conflicts?state=decided").json.at("items").empty());
  EXPECT_EQ(get("/conflicts?state=all").json.at("total"), 1);
}

TEST_F(AdminTest, NothingIsHeldAtFirst) { EXPECT_TRUE(get("/quarantine").json.at("items").empty()); }

TEST_F(AdminTest, OtherPathsAndMethodsAreUnknown) {
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
           {"GET", "/nothing"}, {"POST", "/status"}, {"GET", "/import"}, {"DELETE", "/devices"}})
    EXPECT_EQ(ask(method, path).status, 404) << path;
}

}  // namespace
}  // namespace holdline::hub::testing
