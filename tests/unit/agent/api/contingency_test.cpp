// Outages through the local API: one person's decisions at one workstation without a hub.
#include <set>
#include <tuple>

#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class ContingencyRoutesTest : public LocalApiTest {
 protected:
  void SetUp() override {
    role = "supervisor";
    work();
    know_key();
  }
  void know_key(const std::string& key = std::string(64, '7')) {
    Json people = Json::array();
    for (const auto& [name, of, id] : {std::tuple{"ada", "supervisor", 4}, {"bob", "agent", 5}, {"ivy", "it", 6}})
      people.push_back(person_json(name, "password", id_of(static_cast<std::uint8_t>(id)), entropy, of));
    must(api->workstation()->accounts().keep(Json{{"people", people}, {"site_key", key}}.dump()));
    become("ada");
  }
  void become(const std::string& name) {
    post("/logout", Json::object());
    token.clear();
    sign_in(name);
  }
  Answer decide(const std::string& verb, Json body, const std::string& key = {}) {
    return post("/contingency/" + verb, body, key.empty() ? "key-" + std::to_string(++keys) : key);
  }
  Json declared(Json body = {{"reason", "CRM hangs"}}) {
    const auto answer = decide("declare", std::move(body));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return get("/contingency").json().at("incidents").at(0);
  }
  Json incident(std::size_t place = 0) { return get("/contingency").json().at("incidents").at(place); }
  std::string mode() { return get("/status").json().at("mode"); }
  Json service() { return get("/status").json().at("contingency"); }

  int keys = 0;
};

TEST_F(ContingencyRoutesTest, ADeclarationWithoutAHubHoldsAtOnceAndLeavesFirst) {
  EXPECT_EQ(decide("declare", {{"reason", " "}}).code(), "reason-missing");
  const Json one = declared({{"reason", "CRM hangs"}, {"title", "CRM"}, {"expected", "2030-01-01T10:00:00Z"}});
  EXPECT_EQ(one.at("phase"), "active");
  EXPECT_EQ(one.at("how"), "offline");
  EXPECT_EQ(one.at("expected"), "2030-01-01T10:00:00.000Z");
  EXPECT_EQ(one.at("steps").at(0).at("person"), "ada");
  EXPECT_EQ(service().at("service"), "contingency");
  EXPECT_EQ(service().at("incident").at("reason"), "CRM hangs");
  EXPECT_EQ(outbox().at(0).at("lane"), 0);
  EXPECT_EQ(decide("declare", {{"reason", "again"}}).code(), "declared-already");
  EXPECT_EQ(decide("declare", {{"reason", "other"}, {"scopes", {"acme/paris"}}}).code(), "scope-refused");
  restart();
  EXPECT_EQ(service().at("incident").at("id"), one.at("id")) << "it is read again";
}

TEST_F(ContingencyRoutesTest, TheSameRequestTwiceIsOneIncident) {
  ASSERT_EQ(decide("declare", {{"reason", "CRM hangs"}}, "once").status, 200);
  EXPECT_EQ(decide("declare", {{"reason", "CRM hangs"}}, "once").json().at("repeated"), true);
  EXPECT_EQ(get("/contingency").json().at("incidents").size(), 1u);
}

TEST_F(ContingencyRoutesTest, WhatIsTakenMeanwhileCarriesItAndWhatIsTakenAfterDoesNot) {
  const std::string id = declared().at("id");
  ASSERT_EQ(post("/entries", message, "during").status, 201);
  EXPECT_EQ(get("/outbox/2/1").json().at("incident"), id);
  ASSERT_EQ(decide("cancel", {{"reason", "a false alarm"}}).status, 200);
  ASSERT_EQ(post("/entries", message, "after").status, 201);
  EXPECT_FALSE(get("/outbox/2/2").json().contains("incident"));
}

TEST_F(ContingencyRoutesTest, A14WhatIsTakenInPracticeIsMarkedAndLeavesWithNoExport) {
  const auto rows = [this](const std::string& key) {
    const Json wanted{{"collection", "entries"}, {"purpose", "reporting"}, {"reason", "the month"}};
    return post("/exports", wanted, key).json().at("rows");
  };
  const std::string id = declared({{"reason", "the drill of March"}, {"drill", true}}).at("id");
  ASSERT_EQ(post("/entries", message, "practised").status, 201);
  ASSERT_EQ(post("/customers", {{"fields", {{"family", "Invented"}}}}, "invented").status, 201);
  EXPECT_EQ(get("/entries").json().at("items"), Json::array()) << "no list has it";
  EXPECT_EQ(get("/taken").json().at("items"), Json::array());
  EXPECT_EQ(get("/overview").json().at("taken"), 0);
  EXPECT_EQ(get("/postings?state=all").json().at("items"), Json::array());
  const Json fields = get("/entries?practice=only").json().at("items").at(0).at("fields");
  EXPECT_EQ(fields.at("drill"), true);
  EXPECT_EQ(fields.at("incident"), id);
  EXPECT_EQ(rows("during"), 0);
  Json forged = message;
  forged["fields"]["drill"] = true;
  EXPECT_EQ(post("/entries", forged, "forged").code(), "invalid") << "nobody hides an entry so";
  EXPECT_EQ(get("/readiness").json().at("drill").at("overdue"), true) << "none was held yet";
  ASSERT_EQ(decide("recover", {{"reason", "the drill is over"}}).status, 200) << "nothing was broken";
  for (const char* point : {"entries-unsent", "desks-silent", "actions-left"})
    ASSERT_EQ(decide("except", {{"point", point}, {"reason", "no hub"}}).status, 200);
  ASSERT_EQ(decide("close", {{"reason", "the drill is over"}}).status, 200);
  const Json held = get("/contingency/drills").json();
  EXPECT_EQ(held.at("items").at(0).at("incident"), id);
  EXPECT_EQ(held.at("items").at(0).at("taken"), (Json{{"Entry", 1}, {"Customer", 1}}));
  EXPECT_TRUE(held.at("items").at(0).at("ready_before").is_null()) << "no hub told it";
  EXPECT_EQ(held.at("items").at(0).at("taken"), (Json{{"Customer", 1}, {"Entry", 1}})) << held;
  EXPECT_EQ(held.at("items").at(0).at("stations"), Json::array({"desk 7"}));
  EXPECT_EQ(get("/readiness").json().at("drill").at("last"), held.at("items").at(0).at("ended"));
  ASSERT_EQ(post("/entries", message, "real").status, 201);
  EXPECT_EQ(rows("after"), 1);
  EXPECT_EQ(get("/entries?practice=with").json().at("items").size(), 2u);
}

TEST_F(ContingencyRoutesTest, ARealCallerInADrillAndARealOutageAreNoPractice) {
  const std::string drill = declared({{"reason", "the drill of March"}, {"drill", true}}).at("id");
  Json real = message;
  real["real"] = true;
  ASSERT_EQ(post("/entries", real, "real").status, 201);
  EXPECT_EQ(get("/entries").json().at("items").size(), 1u);
  EXPECT_FALSE(get("/outbox/2/1").json().contains("incident"));
  const Json outage = declared({{"reason", "CRM hangs"}});
  EXPECT_EQ(outage.at("drill"), false);
  EXPECT_EQ(incident(1).at("id"), drill);
  EXPECT_EQ(incident(1).at("phase"), "cancelled") << "a real outage ends it";
  const auto taken = post("/entries", message, "in-the-outage");
  ASSERT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(get("/entries").json().at("items").size(), 2u);
  EXPECT_EQ(decide("declare", {{"reason", "another drill"}, {"drill", true}}).code(), "outage-in-force");
  EXPECT_EQ(get("/contingency/drills").json().at("items"), Json::array()) << "it was not held";
}

TEST_F(ContingencyRoutesTest, BeyondALimitItIsSavedAndAnotherSupervisorDecides) {
  declared();
  become("bob");
  const Json saved =
      post("/entries", {{"fields", {{"kind", "payment_promise"}, {"amount", 6'200}, {"follow_ups", {"rang twice"}}}}},
           "over")
          .json();
  EXPECT_EQ(saved.at("notes").back().at("code"), "item-over") << "after what is said of its reference";
  const std::string entry = saved.at("created").at(0);
  const auto settle = [&](const Json& body, const std::string& key) {
    return post("/entries/" + entry + "/checks", body, key);
  };
  const Json yes{{"need", "approval"}, {"good", true}}, no{{"need", "approval"}, {"good", false}};
  EXPECT_EQ(settle(yes, "own").code(), "role-refused");
  const Json remark{{"changes", {{"follow_ups", {{"add", {"approval: granted by bob"}}}}}}};
  EXPECT_EQ(patch("/entries/" + entry, remark, "forged").code(), "role-refused");
  become("ada");
  EXPECT_EQ(get("/overview").json().at("approvals_open"), 1);
  const Json item = get("/checks").json().at("items").at(0);
  EXPECT_EQ(item.at("limits").at(0).at("code"), "item-over");
  EXPECT_EQ(item.at("fields").at("operator"), "bob");
  EXPECT_EQ(settle(no, "why").code(), "reason-missing");
  EXPECT_EQ(settle({{"need", "approval"}, {"good", false}, {"reason", "not by hand"}}, "no").status, 200);
  EXPECT_EQ(settle({{"need", "approval"}, {"good", false}, {"reason", "not by hand"}}, "no").json().at("repeated"),
            true);
  EXPECT_EQ(settle(yes, "late").code(), "settled-already");
  EXPECT_EQ(get("/checks").json().at("items").size(), 0u);
  const Json all = get("/checks?state=all").json().at("items").at(0);
  EXPECT_EQ(all.at("needs").at(0).at("state"), "refused");
  EXPECT_EQ(all.at("fields").at("status"), "escalated");
  const Json own = post("/entries", {{"fields", {{"kind", "payment_promise"}, {"amount", 6'200}}}}, "own").json();
  EXPECT_EQ(post("/entries/" + own.at("created").at(0).get<std::string>() + "/checks", yes, "self").code(),
            "own-entry");
}

TEST_F(ContingencyRoutesTest, InADrillWhoChangesSomethingRealIsAsked) {
  const auto fields = [](const char* name, const char* value) {
    Json body = Json::object();
    body["fields"][name] = value;
    return body;
  };
  const auto renamed = [](const char* to) {
    Json body = Json::object();
    body["changes"]["given"]["value"] = to;
    return body;
  };
  const std::string before = post("/customers", fields("family", "Lovelace"), "real").json().at("created").at(0);
  declared({{"reason", "the drill of March"}, {"drill", true}});
  const std::string here = post("/customers", fields("family", "Drillbit"), "invented").json().at("created").at(0);
  EXPECT_EQ(patch("/customers/" + here, renamed("Ada"), "practised").status, 200);
  EXPECT_EQ(patch("/customers/" + before, renamed("Ada"), "meant?").code(), "asked");
  Json meant = renamed("Ada");
  meant["accept"]["hints"].push_back("real-in-drill");
  meant["accept"]["because"] = "she rang";
  EXPECT_EQ(patch("/customers/" + before, meant, "meant").status, 200);
  EXPECT_EQ(get("/customers?q=drillbit").json().at("items").size(), 0u);
  EXPECT_EQ(get("/customers?q=drillbit&practice=only").json().at("items").size(), 1u);
}

TEST_F(ContingencyRoutesTest, ItClosesWhenEveryPointIsDoneOrSignedFor) {
  declared();
  EXPECT_EQ(decide("recover", {{"reason", "it answers"}}).code(), "gate-closed");
  ASSERT_EQ(decide("recover", {{"reason", "IT said so"}, {"override", true}}).status, 200);
  EXPECT_EQ(incident().at("phase"), "recovering");
  EXPECT_EQ(decide("close", {{"reason", "done"}}).code(), "checklist-open");
  EXPECT_EQ(decide("except", {{"point", "shoes"}, {"reason", "x"}}).code(), "unknown-point");
  for (const Json& point : Json(incident().at("checklist"))) {
    if (point.at("done") == true) continue;
    EXPECT_EQ(decide("except", {{"point", point.at("point")}, {"reason", ""}}).code(), "reason-missing");
    ASSERT_EQ(decide("except", {{"point", point.at("point")}, {"reason", "asked at every desk"}}).status, 200);
  }
  ASSERT_EQ(decide("close", {{"reason", "done"}}).status, 200);
  EXPECT_EQ(incident().at("phase"), "closed");
  EXPECT_EQ(service().at("service"), "normal");
  EXPECT_EQ(decide("close", {{"reason", "again"}}).code(), "unknown-incident");
  EXPECT_EQ(incident().at("exceptions").at(0).at("person"), "ada");
}

TEST_F(ContingencyRoutesTest, WhatIsNotKnownHereIsSaidAndNotTakenForNone) {
  declared();
  std::set<std::string> unknown;
  for (const Json& point : Json(incident().at("checklist")))
    if (point.at("left").is_null()) unknown.insert(point.at("point"));
  EXPECT_EQ(unknown, (std::set<std::string>{"desks-silent", "actions-left"}));
}

TEST_F(ContingencyRoutesTest, AnAgentSeesItAndDecidesNothingButACode) {
  const Json code = decide("codes", Json::object()).json();
  become("bob");
  for (const char* verb : {"declare", "confirm", "recover", "close", "cancel", "except"})
    EXPECT_NE(decide(verb, {{"reason", "mine"}}).status, 200) << verb;
  EXPECT_EQ(decide("declare", {{"reason", "mine"}}).code(), "role-refused");
  EXPECT_EQ(decide("codes", Json::object()).code(), "role-refused");
  EXPECT_EQ(post("/records/incident", {{"fields", {{"key", "mine"}, {"how", "code"}}}}, "forged").code(),
            "unknown-record");
  EXPECT_EQ(decide("codes/enter", {{"code", "K7M3F"}}).code(), "code-malformed");
  ASSERT_EQ(decide("codes/enter", {{"code", code.at("code")}}, "typed").status, 200);
  EXPECT_EQ(decide("codes/enter", {{"code", code.at("code")}}).code(), "in-force-already");
  EXPECT_EQ(decide("codes/enter", {{"code", code.at("code")}}, "typed").json().at("repeated"), true);
  EXPECT_EQ(incident().at("id"), code.at("incident"));
  EXPECT_EQ(incident().at("steps").at(0).at("role"), "code");
  EXPECT_TRUE(incident().at("code").is_null()) << "codes are for supervisors to give out";
  EXPECT_EQ(decide("cancel", {{"reason", "mine"}}).code(), "role-refused");
}

TEST_F(ContingencyRoutesTest, TheCodeOfADeclaredOutageIsThatOutage) {
  const Json one = declared();
  EXPECT_EQ(decide("codes", Json::object()).json().at("code"), one.at("code").at("code"));
  EXPECT_EQ(decide("codes", Json::object()).json().at("incident"), one.at("id"));
  const Json practice = decide("codes", {{"drill", true}}).json();
  EXPECT_NE(practice.at("incident"), one.at("id"));
  ASSERT_EQ(decide("codes/enter", {{"code", practice.at("code")}}).status, 200);
  EXPECT_EQ(service().at("incident").at("drill"), false) << "a real one is shown before practice";
  EXPECT_EQ(decide("cancel", {{"reason", "x"}}).code(), "which-incident");
}

TEST_F(ContingencyRoutesTest, ITDeclaresAndConfirmsButSupervisorsSayThatItIsOver) {
  become("ivy");
  declared();
  EXPECT_EQ(decide("confirm", {{"reason", "seen"}}).status, 200);
  EXPECT_EQ(decide("recover", {{"reason", "x"}, {"override", true}}).code(), "role-refused");
  EXPECT_EQ(get("/customers?q=lovelace").json().at("items").size(), 0u);
}

TEST_F(ContingencyRoutesTest, TwoThatMeetAreOneOutageWhenASupervisorSaysSo) {
  declared();
  ASSERT_EQ(decide("declare", {{"reason", "telephones too"}, {"another", true}}).status, 200);
  Json all = get("/contingency").json();
  ASSERT_EQ(all.at("outages").size(), 1u);
  EXPECT_EQ(all.at("outages").at(0).at("merged"), false);
  const Json pair = all.at("outages").at(0).at("incidents");
  Json link{{"incident", pair.at(0)}, {"other", pair.at(0)}, {"reason", "one cable"}};
  EXPECT_EQ(decide("link", link).code(), "invalid");
  link["other"] = pair.at(1);
  ASSERT_EQ(decide("link", link).status, 200);
  EXPECT_EQ(get("/contingency").json().at("outages").at(0).at("merged"), true);
  link["same"] = false;
  pc_clock.pass(std::chrono::seconds(1));
  ASSERT_EQ(decide("link", link).status, 200);
  EXPECT_EQ(get("/contingency").json().at("outages").size(), 2u);
}

TEST_F(ContingencyRoutesTest, WithoutTheKeyOfCodesPeopleStillDeclare) {
  know_key("");
  EXPECT_EQ(decide("codes", Json::object()).code(), "no-site-key");
  EXPECT_EQ(decide("codes/enter", {{"code", "K7M3F-9QXTQ"}}).code(), "no-site-key");
  EXPECT_TRUE(declared().at("code").is_null());
}

}  // namespace
}  // namespace holdline::agent
