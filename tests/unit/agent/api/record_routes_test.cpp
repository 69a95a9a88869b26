#include <algorithm>
#include <set>
#include <thread>

#include "sync/base/timestamp.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using LocalApiRecordsTest = LocalApiTest;
using Json = nlohmann::json;

Json customer(const std::string& given) { return {{"fields", {{"given", given}, {"family", "Lovelace"}}}}; }

TEST_F(LocalApiRecordsTest, AnEntryIsSavedAndShownAtOnce) {
  work();
  const auto saved = post("/entries", message, "key");
  ASSERT_EQ(saved.status, 201);
  EXPECT_EQ(saved.json().at("state"), "saved");
  EXPECT_EQ(saved.json().at("repeated"), false);
  EXPECT_EQ(saved.json().at("action"), (Json{{"lane", 2}, {"number", "1"}}));
  const auto shown = get("/entries/" + saved.json().at("created").at(0).get<std::string>());
  ASSERT_EQ(shown.status, 200);
  EXPECT_EQ(shown.json().at("fields").at("note"), "please call back after lunch");
  EXPECT_EQ(shown.json().at("pending"), (Json{"kind", "status", "event_time", "station", "operator", "note"}));
  EXPECT_EQ(shown.json().at("fields").at("status"), "open");
  EXPECT_EQ(shown.json().at("fields").at("operator"), "ada");
  EXPECT_EQ(shown.json().at("fields").at("station"), "desk 7");
  EXPECT_EQ(shown.json().at("scope"), test_scope);
  EXPECT_EQ(get("/entries").json().at("items").size(), 1u);
}

TEST_F(LocalApiRecordsTest, WhatIsNotForThisWorkstationIsRefusedBeforeItIsSaved) {
  enrol();
  must(save_grant(directory(), "desk 7", {test_scope}, 0b01));
  must(start());
  must(api->workstation()->accounts().keep(
      Json{{"people", {person_json("ada", "password", id_of(4), entropy)}}}.dump()));
  sign_in();
  auto vulnerable = customer("Ada");
  vulnerable["fields"]["vulnerable"] = true;
  const auto refused = post("/customers", vulnerable, "key");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json().at("findings").at(0).at("code"), "field-refused");
  EXPECT_TRUE(outbox().empty());
  EXPECT_EQ(post("/customers", customer("Ada"), "key").status, 201);
}

TEST_F(LocalApiRecordsTest, TheSameKeyTwiceIsOneAction) {
  work();
  const auto first = post("/entries", message, "key"), second = post("/entries", message, "key");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.json().at("repeated"), true);
  EXPECT_EQ(second.json().at("action"), first.json().at("action"));
  EXPECT_EQ(second.json().at("created"), first.json().at("created"));
  EXPECT_EQ(outbox().size(), 1u);
}

// Found when the second person was told "repeated" about an entry that was never saved.
TEST_F(LocalApiRecordsTest, TheSameKeyOfAnotherPersonIsAnotherAction) {
  work();
  must(api->workstation()->accounts().keep(
      Json{{"people",
            {person_json("ada", "password", id_of(4), entropy), person_json("bob", "password", id_of(5), entropy)}}}
          .dump()));
  sign_in("ada");  // by another key than before
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  token.clear();
  sign_in("bob");
  EXPECT_EQ(post("/entries", message, "key").json().at("repeated"), false);
  EXPECT_EQ(post("/entries", message, "key").json().at("repeated"), true);
  EXPECT_EQ(outbox().size(), 2u);
}

TEST_F(LocalApiRecordsTest, TheSameKeyWithAnotherBodyIsRefused) {
  work();
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  const auto other = post("/entries", {{"fields", {{"kind", "message"}, {"note", "another"}}}}, "key");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.code(), "key-reused");
  const auto elsewhere = post("/callbacks", message, "key");
  EXPECT_NE(elsewhere.status, 201);
  EXPECT_EQ(outbox().size(), 1u);
}

TEST_F(LocalApiRecordsTest, KeysAreKnownAfterARestartToo) {
  work();
  const auto first = post("/entries", message, "key");
  restart();
  const auto second = post("/entries", message, "key");
  EXPECT_EQ(second.json().at("repeated"), true);
  EXPECT_EQ(second.json().at("action"), first.json().at("action"));
  EXPECT_EQ(second.json().at("created"), first.json().at("created"));
  EXPECT_EQ(post("/entries", {{"fields", {{"kind", "message"}}}}, "key").code(), "key-reused");
  EXPECT_EQ(outbox().size(), 1u);
}

TEST_F(LocalApiRecordsTest, OneKeySentFromSeveralThreadsAtOnceIsOneAction) {
  work();
  std::atomic<int> added{0};
  std::vector<std::thread> consoles;
  for (int i = 0; i < 4; ++i)
    consoles.emplace_back([&] {
      const auto answer = post("/entries", message, "key");
      if (answer.status == 201 && answer.json().at("repeated") == false) ++added;
    });
  for (auto& console : consoles) console.join();
  EXPECT_EQ(added, 1);
  EXPECT_EQ(outbox().size(), 1u);
}

TEST_F(LocalApiRecordsTest, WhatIsSavedNeedsAKeyOfUsefulLength) {
  work();
  EXPECT_EQ(post("/entries", message).code(), "no-idempotency-key");
  EXPECT_EQ(post("/entries", message, std::string(65, 'k')).code(), "no-idempotency-key");
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, WrongFieldsAreToldOneByOneAndNothingIsSaved) {
  work();
  const auto refused =
      post("/customers", {{"fields", {{"shoe_size", "40"}, {"source_version", "many"}, {"given", 5}}}}, "key");
  EXPECT_EQ(refused.status, 422);
  const Json error = refused.json();
  std::map<std::string, std::string> findings;
  for (const Json& finding : error.at("findings")) findings[finding.at("field")] = finding.at("code");
  EXPECT_EQ(findings, (std::map<std::string, std::string>{
                          {"shoe_size", "unknown-field"}, {"source_version", "wrong-type"}, {"given", "wrong-type"}}));
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, ACardNumberIsRefusedAndNotRepeatedInTheAnswer) {
  work();
  const auto refused =
      post("/entries", {{"fields", {{"kind", "message"}, {"note", "card 4111 1111 1111 1111"}}}}, "key");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body.find("4111"), std::string::npos);
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, ABodyThatIsNoObjectIsRefused) {
  work();
  for (const char* body : {"", "not json", "[]", "5"}) {
    EXPECT_EQ(ask("POST", "/customers", body, "key").status, 400) << body;
    EXPECT_EQ(ask("PATCH", "/customers/" + id_of(1).text(), body, "key").status, 400) << body;
  }
}

TEST_F(LocalApiRecordsTest, TheTimeOfAnEventIsKeptAsThePersonSaidIt) {
  work();
  Json early = message;
  early["event_time"] = "2025-11-20T09:30:00Z";
  ASSERT_EQ(post("/entries", early, "key").status, 201);
  EXPECT_EQ(outbox().at(0).at("event_time"), sync::format_time(sync::parse_time("2025-11-20T09:30:00Z").value()));
}

TEST_F(LocalApiRecordsTest, ATimeThatCannotBeReadIsNotTakenForNow) {
  work();
  for (const Json& time : {Json("half past nine"), Json("2026-02-30T09:30:00Z"), Json(5)}) {
    Json unclear = message;
    unclear["event_time"] = time;
    EXPECT_NE(post("/entries", unclear, "key").status, 201) << time;
  }
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, ACustomerIsSavedWithPhonesAndEmailsAsOneAction) {
  work();
  Json ada = customer("Ada");
  ada["phones"] = {{{"e164", "0044 20 7551-8700"}, {"kind", "mobile"}}};
  ada["emails"] = {{{"addr", "ada@example.com"}}};
  const auto saved = post("/customers", ada, "key");
  ASSERT_EQ(saved.status, 201) << saved.body;
  ASSERT_EQ(saved.json().at("created").size(), 3u);
  EXPECT_EQ(outbox().size(), 1u);
  const Json shown = get("/customers/" + saved.json().at("created").at(0).get<std::string>()).json();
  EXPECT_EQ(shown.at("children").at("phone").at(0).at("fields").at("e164"), "+442075518700");
  EXPECT_EQ(shown.at("children").at("email").at(0).at("fields").at("addr"), "ada@example.com");
}

TEST_F(LocalApiRecordsTest, AChildThatIsWrongSavesNothingOfTheCustomer) {
  work();
  Json ada = customer("Ada");
  ada["phones"] = {{{"e164", "none"}}};
  EXPECT_EQ(post("/customers", ada, "key").status, 422);
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, AFindingNamesTheFieldAsTheFormDoesAndWhichOfSeveral) {
  work();
  Json ada = customer("Ada");
  ada["phones"] = {{{"e164", "+442075518700"}}, {{"e164", "12"}}};
  const auto refused = post("/customers", ada, "key");
  EXPECT_EQ(refused.code(), "invalid");
  const Json finding = refused.json().at("findings").at(0);
  EXPECT_EQ(finding.at("code"), "not-a-phone");
  EXPECT_EQ(finding.at("weight"), "refused");
  EXPECT_TRUE(finding.at("message").get<std::string>().starts_with("Phone number 2 ")) << finding;
  EXPECT_EQ(refused.json().at("detail"), finding.at("message"));
}

TEST_F(LocalApiRecordsTest, WhatIsAskedIsSavedWhenThePersonSaysWhy) {
  work();
  const Json odd{{"fields", {{"family", "07700 900123"}}}};
  EXPECT_EQ(post("/customers", odd, "key").code(), "asked");
  EXPECT_TRUE(outbox().empty());
  Json meant = odd;
  meant["accept"] = {{"hints", {"looks-like-phone"}}};
  EXPECT_EQ(post("/customers", meant, "key").code(), "invalid") << "a reason is missing";
  meant["accept"] = {{"hints", {"something-else"}}, {"because", "it is so"}};
  EXPECT_EQ(post("/customers", meant, "key").code(), "asked");
  meant["accept"] = {{"hints", {"looks-like-phone", "something-else"}}, {"because", "it is so"}};
  ASSERT_EQ(post("/customers", meant, "key").status, 201);
  EXPECT_EQ(get("/outbox/3/1").json().at("accepted"), (Json{{"hints", {"looks-like-phone"}}, {"because", "it is so"}}));
}

TEST_F(LocalApiRecordsTest, SomebodyWhoIsHereAlreadyIsAskedAbout) {
  work();
  Json ada{{"fields", {{"given", "Ada"}, {"family", "Lovelace"}}}};
  ada["phones"] = {{{"e164", "+442075518700"}}};
  ada["emails"] = {{{"addr", "ada@example.com"}}};
  ASSERT_EQ(post("/customers", ada, "first").status, 201);
  Json again{{"fields", {{"given", "ADA"}, {"family", " lovelace"}}}};
  again["emails"] = {{{"addr", "Ada@EXAMPLE.com"}}};
  const auto asked = post("/customers", again, "second");
  EXPECT_EQ(asked.code(), "asked");
  EXPECT_EQ(asked.json().at("findings").at(0).at("code"), "same-customer");
  again["fields"]["given"] = "Adda";
  EXPECT_EQ(post("/customers", again, "second").code(), "asked") << "a letter too many";
  again["fields"]["given"] = "Grace";
  EXPECT_EQ(post("/customers", again, "third").status, 201) << "her sister";
}

TEST_F(LocalApiRecordsTest, ANameThatMakesThemLikeSomebodyWithTheirNumberIsAskedAbout) {
  work();
  const auto add = [&](const char* given, const char* key) {
    Json one{{"fields", {{"given", given}, {"family", "Lovelace"}}}};
    one["phones"] = {{{"e164", "+442075518700"}}};
    return post("/customers", one, key).json().at("created").at(0).get<std::string>();
  };
  add("Ada", "a");
  Json other{{"fields", {{"given", "Zachary"}, {"family", "Quint"}}}};
  other["phones"] = {{{"e164", "+442075518700"}}};
  const std::string quint = post("/customers", other, "b").json().at("created").at(0);
  const Json renamed{
      {"changes",
       {{"given", {{"base", "Zachary"}, {"value", "Ada"}}}, {"family", {{"base", "Quint"}, {"value", "Lovelace"}}}}}};
  EXPECT_EQ(patch("/customers/" + quint, renamed, "c").code(), "asked");
}

TEST_F(LocalApiRecordsTest, WhoIsHereAlreadyIsShownWhileTheFormIsTyped) {
  work();
  Json ada{{"fields", {{"given", "Ada"}, {"family", "Lovelace"}, {"postcode", "SW1Y 4JH"}, {"city", "London"}}}};
  ASSERT_EQ(post("/customers", ada, "first").status, 201);
  const Json swapped{{"fields", {{"given", "Lovelace"}, {"family", "Ada"}, {"postcode", "SW1Y 4JH"}}}};
  const Json typo{{"fields", {{"given", "Ada"}, {"family", "Lovelaec"}, {"postcode", "sw1y4jh"}}}};
  const auto checked = post("/customers/check", typo);
  ASSERT_EQ(checked.status, 200) << checked.body;
  const Json found = checked.json().at("duplicates");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("name"), "Ada Lovelace");
  EXPECT_EQ(found[0].at("city"), "London");
  EXPECT_EQ(found[0].at("same"), "postcode");
  EXPECT_EQ(post("/customers/check", swapped).json().at("duplicates").size(), 1u);
  EXPECT_EQ(outbox().size(), 1u);
  Json elsewhere = typo;
  elsewhere["fields"]["postcode"] = "EC1A 1BB";
  EXPECT_EQ(post("/customers/check", elsewhere).json().at("duplicates"), Json::array());
  elsewhere["fields"]["street"] = "Square 12";
  const auto other = post("/customers", elsewhere, "other");
  ASSERT_EQ(other.status, 201);
  const std::string path = "/customers/" + other.json().at("created").at(0).get<std::string>();
  const Json moved{{"changes", {{"postcode", {{"base", "EC1A 1BB"}, {"value", "SW1Y 4JH"}}}}}};
  EXPECT_EQ(patch(path, moved, "moved").code(), "asked") << "an edit makes it look like the other";
}

TEST_F(LocalApiRecordsTest, ACustomersEntriesAreThoseThatSaySo) {
  const auto from_hub = [](std::uint32_t number, std::uint32_t customer) {
    return record_of("manual_entry", number,
                     {{"customer", id_of(customer)}, {"kind", text("note")}, {"note", text("from the hub")}});
  };
  work({customer_of(1, "Ada", "Byron"), customer_of(2, "Ben", "Krug"), from_hub(50, 1), from_hub(51, 2)});
  const auto notes = [&](std::uint32_t customer) {
    std::vector<std::string> all;
    const Json items = get("/customers/" + id_of(customer).text() + "/entries").json().at("items");
    for (const Json& item : items) all.push_back(item.at("fields").at("note"));
    return all;
  };
  Json mine = message;
  mine["fields"]["customer"] = id_of(1).text();
  mine["fields"]["note"] = "typed here";
  ASSERT_EQ(post("/entries", mine, "mine").status, 201);
  EXPECT_EQ(notes(1), (std::vector<std::string>{"typed here", "from the hub"}));
  EXPECT_EQ(notes(2), (std::vector<std::string>{"from the hub"}));
  // Whose it is may be put right.
  Json moved{{"changes", {{"customer", {{"base", id_of(1).text()}, {"value", id_of(2).text()}}}}}};
  const auto asked = patch("/entries/" + id_of(50).text(), moved, "moved");
  EXPECT_EQ(asked.code(), "asked") << "another value in the place of one is put there with the reason";
  EXPECT_EQ(asked.json().at("findings").at(0).at("code"), "correction");
  moved["accept"] = {{"hints", {"correction"}}, {"because", "it was her sister"}};
  ASSERT_EQ(patch("/entries/" + id_of(50).text(), moved, "moved").status, 200);
  EXPECT_EQ(outbox().at(0).at("accepted").at("because"), "it was her sister");
  EXPECT_EQ(notes(1), (std::vector<std::string>{"typed here"}));
  EXPECT_EQ(notes(2).size(), 2u);
  EXPECT_EQ(get("/customers/" + id_of(1).text() + "/callbacks").json().at("items"), Json::array());
}

TEST_F(LocalApiRecordsTest, OneAddressIsOneRecordHoweverItIsWritten) {
  work({customer_of(1, "Ada", "Byron")});
  const std::string path = "/customers/" + id_of(1).text();
  const auto first = post(path + "/emails", {{"fields", {{"addr", "HELLO@Example.COM"}}}}, "a");
  const auto second = post(path + "/emails", {{"fields", {{"addr", "hello@example.com"}}}}, "b");
  ASSERT_EQ(first.status, 201) << first.body;
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(first.json().at("created"), second.json().at("created"));
  EXPECT_EQ(get(path).json().at("children").at("email").size(), 1u);
}

TEST_F(LocalApiRecordsTest, WhatIsWrittenDownPointsToWhatIsHere) {
  role = "supervisor";
  work({customer_of(1, "Ada", "Byron")});
  const std::string path = "/customers/" + id_of(1).text();
  const std::string email = post(path + "/emails", {{"fields", {{"addr", "a@b.example"}}}}, "a").json()["created"][0];
  const auto code = [](const Answer& answer) {
    const Json told = answer.json();
    return told.contains("findings") ? told["findings"][0].value("code", "") : answer.body;
  };
  Json mine = message;
  for (const std::string& wrong : {email, id_of(7).text()}) {
    mine["fields"]["customer"] = wrong;
    EXPECT_EQ(code(post("/entries", mine, "of" + wrong)), "unknown-record");
    const Json change{{"changes", {{"primary_phone", {{"base", nullptr}, {"value", wrong}}}}}};
    EXPECT_EQ(code(patch(path, change, "to" + wrong)), "unknown-record");
  }
  const Json merged{{"changes", {{"merged_into", {{"base", nullptr}, {"value", id_of(1).text()}}}}}};
  EXPECT_EQ(code(patch(path, merged, "m")), "set-by-merging");
  mine["fields"]["customer"] = id_of(1).text();
  EXPECT_EQ(post("/entries", mine, "right").status, 201);
}

TEST_F(LocalApiRecordsTest, SomebodyWhoWasDeletedHereIsAskedAboutWhenTheyComeBack) {
  sync::Record stands = customer_of(1, "Ada", "Byron");
  stands.fields[*collection_of("customer").field("ref")] = text("KD-10");
  role = "supervisor";
  work({stands});
  Json again{{"fields", {{"ref", "kd\u201110"}, {"given", "Zoe"}}}};
  EXPECT_EQ(post("/customers", again, "a").json().at("findings").at(0).at("code"), "same-customer");
  ASSERT_EQ(ask("DELETE", "/customers/" + id_of(1).text(), R"({"reason":"moved"})", "d").status, 200);
  EXPECT_EQ(post("/customers", again, "b").json().at("findings").at(0).at("code"), "deleted-customer");
  EXPECT_EQ(post("/customers/check", again).json().at("findings").at(0).at("code"), "deleted-customer");
  again["accept"] = {{"hints", {"deleted-customer"}}, {"because", "is back"}};
  EXPECT_EQ(post("/customers", again, "c").status, 201);
}

TEST_F(LocalApiRecordsTest, AnEditThatLeavesNobodyNamedIsRefused) {
  work({customer_of(1, "Ada", "Byron")});
  const std::string path = "/customers/" + id_of(1).text();
  const Json nobody{{"given", {{"base", "Ada"}, {"value", nullptr}}}, {"family", {{"base", "Byron"}, {"value", " "}}}};
  const auto refused = patch(path, {{"changes", nobody}}, "key");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json().at("findings").at(0).at("code"), "nobody-named");
}

TEST_F(LocalApiRecordsTest, AnEditCarriesTheValueItWasMadeFrom) {
  work({customer_of(1, "Ada", "Byron")});
  const Json change{{"changes", {{"family", {{"base", "Byron"}, {"value", "Lovelace"}}}}}};
  const auto saved = patch("/customers/" + id_of(1).text(), change, "key");
  ASSERT_EQ(saved.status, 200) << saved.body;
  EXPECT_EQ(get("/customers/" + id_of(1).text()).json().at("fields").at("family"), "Lovelace");
  const Json op = get("/outbox/3/1").json().at("ops").at(0);
  EXPECT_EQ(op.at("changes").at("family"), (Json{{"base", "Byron"}, {"value", "Lovelace"}}));
  EXPECT_EQ(op.at("scope"), test_scope);
}

TEST_F(LocalApiRecordsTest, AnEditOfOneLineOfAnAddressSaysTheWholeAddress) {
  sync::Record stands = customer_of(1, "Ada", "Byron");
  const auto& customers = collection_of("customer");
  stands.fields[*customers.field("street")] = text("Ring 1");
  stands.fields[*customers.field("city")] = text("Bonn");
  work({stands});
  const std::string path = "/customers/" + id_of(1).text();
  const Json change{{"street", {{"base", "Ring 1"}, {"value", "Ring 2"}}}};
  EXPECT_EQ(patch(path, {{"changes", change}, {"cn", "9999"}}, "old").code(), "changed-meanwhile");
  ASSERT_EQ(patch(path, {{"changes", change}, {"cn", get(path).json().at("cn")}}, "key").status, 200);
  const Json changes = get("/outbox/3/1").json().at("ops").at(0).at("changes");
  EXPECT_EQ(changes.size(), 4u);
  EXPECT_EQ(changes.at("city"), (Json{{"base", "Bonn"}, {"value", "Bonn"}}));
}

TEST_F(LocalApiRecordsTest, ACustomerGetsAnotherNumberWhichIsPreferredAndTakenAway) {
  work({customer_of(1, "Ada", "Byron")});
  const std::string path = "/customers/" + id_of(1).text();
  const auto added = post(path + "/phones", {{"fields", {{"e164", "+442075518700"}}}}, "a");
  ASSERT_EQ(added.status, 201) << added.body;
  const std::string phone = added.json().at("created").at(0);
  EXPECT_EQ(patch(path, {{"changes", {{"primary_phone", {{"base", nullptr}, {"value", phone}}}}}}, "b").status, 200);
  EXPECT_EQ(get("/phones/" + phone).json().at("fields").at("customer"), id_of(1).text());
  EXPECT_EQ(ask("DELETE", "/phones/" + phone, "{}", "c").status, 422);
  ASSERT_EQ(ask("DELETE", "/phones/" + phone, R"({"reason":"wrong number"})", "d").status, 200);
  EXPECT_TRUE(get(path).json().at("children").at("phone").empty());
  EXPECT_EQ(get("/entries").json().at("items").at(0).at("fields").at("note"), "Phone deleted: wrong number");
  EXPECT_EQ(outbox().at(0).at("what"), "Deletion of phone: wrong number");
}

TEST_F(LocalApiRecordsTest, DigitsExchangedInANumberTheCustomerHasAreAskedAbout) {
  work({customer_of(1, "Ada", "Byron")});
  const std::string path = "/customers/" + id_of(1).text();
  ASSERT_EQ(post(path + "/phones", {{"fields", {{"e164", "+447700900123"}}}}, "a").status, 201);
  Json call{
      {"fields", {{"customer", id_of(1).text()}, {"name", "Ada"}, {"reason", "parcel"}, {"phone", "+44 7700 900132"}}}};
  const auto asked = post("/callbacks", call, "b");
  EXPECT_EQ(asked.code(), "asked");
  EXPECT_EQ(asked.json().at("findings").at(0).at("code"), "digits-exchanged");
  call["fields"]["phone"] = "+44 7700 900123";
  EXPECT_EQ(post("/callbacks", call, "c").status, 201);
  const auto second = post(path + "/phones", {{"fields", {{"e164", "+447700900213"}}}}, "d");
  EXPECT_EQ(second.code(), "asked") << second.body;
  EXPECT_EQ(post(path + "/phones", {{"fields", {{"e164", "+447700900999"}}}}, "e").status, 201);
}

TEST_F(LocalApiRecordsTest, AnEditOfNobodyIsNotSaved) {
  work();
  const Json change{{"changes", {{"family", {{"base", "Byron"}, {"value", "Lovelace"}}}}}};
  EXPECT_EQ(patch("/customers/" + id_of(1).text(), change, "key").status, 404);
  EXPECT_EQ(patch("/customers/nobody", change, "key").status, 404);
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiRecordsTest, WhatWasJustSavedIsFound) {
  work({customer_of(1, "Ada", "Byron")});
  ASSERT_EQ(post("/customers", {{"fields", {{"given", "Grace"}, {"family", "Hopper"}}}}, "key").status, 201);
  const Json found = get("/customers?q=hopper").json();
  ASSERT_EQ(found.at("items").size(), 1u);
  EXPECT_EQ(found.at("items").at(0).at("name"), "Grace Hopper");
  EXPECT_EQ(found.at("items").at(0).at("pending"), true);
  EXPECT_EQ(get("/customers?q=byron").json().at("items").at(0).at("pending"), false);
  EXPECT_EQ(get("/customers").code(), "no-query");
}

TEST_F(LocalApiRecordsTest, AListIsReadPageByPage) {
  work();
  for (const char* key : {"a", "b", "c"}) ASSERT_EQ(post("/entries", message, key).status, 201);
  const Json first = get("/entries?limit=2").json();
  ASSERT_EQ(first.at("items").size(), 2u);
  EXPECT_EQ(first.at("next"), first.at("items").at(1).at("id"));
  const Json rest = get("/entries?limit=2&before=" + first.at("next").get<std::string>()).json();
  ASSERT_EQ(rest.at("items").size(), 1u);
  EXPECT_TRUE(rest.at("next").is_null());
  EXPECT_TRUE(get("/entries?limit=3").json().at("next").is_null()) << "the last page may be a full one";
  EXPECT_EQ(get("/entries?before=yesterday").status, 400);
}

TEST_F(LocalApiRecordsTest, WhatIsSavedOutlivesARestart) {
  work();
  const std::string id = post("/entries", message, "key").json().at("created").at(0);
  restart();
  EXPECT_EQ(get("/entries/" + id).json().at("fields").at("note"), "please call back after lunch");
}

TEST_F(LocalApiRecordsTest, ListsOfCustomersAreLimitedAsSearchesAre) {
  std::vector<sync::Record> many;
  for (std::uint32_t n = 1; n <= 12; ++n) many.push_back(customer_of(n, "Ada", "Byron"));
  work(many);
  std::size_t whole = 0;
  Json last;
  for (std::size_t page = 0; page <= BroadSearches::most; ++page) {
    last = get(page % 2 == 0 ? "/records/customer?limit=10" : "/records/phone").json();
    whole += last.at("advice").is_null();
  }
  EXPECT_EQ(whole, BroadSearches::most);
  EXPECT_EQ(last.at("items").size(), BroadSearches::shown_beyond);
  EXPECT_TRUE(last.at("next").is_null());
  EXPECT_TRUE(get("/entries").json().at("advice").is_null()) << "the newest of what was taken down is work";
  for (int look = 0; look < 200 && outbox().empty(); ++look) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(outbox().size(), 1u) << "on record once";
}

TEST_F(LocalApiRecordsTest, OneSearchOfANameIsKeptOfEachPerson) {
  work();
  const Json query{{"fields", {{"name", "Gold in Leeds"}, {"text", "smith"}}}};
  ASSERT_EQ(post("/records/saved_query", query, "a").status, 201);
  Json other = query;
  other["fields"]["name"] = "gold in LEEDS ";
  EXPECT_EQ(post("/records/saved_query", other, "b").json().at("findings").at(0).at("code"), "there-already");
  other["fields"]["name"] = "Gold";
  EXPECT_EQ(post("/records/saved_query", other, "b").status, 201);
}

TEST_F(LocalApiRecordsTest, WhatWouldBeSaidAboutAPromiseIsToldWhileItIsTyped) {
  work();
  const Json night{{"name", "Ada"},
                   {"phone", "+442079460022"},
                   {"promise_start", "2031-03-04T03:00"},
                   {"promise_end", "2031-03-04T04:00"},
                   {"promise_zone", "Europe/London"},
                   {"reason", "line down"}};
  const Json told = post("/callbacks/check", {{"fields", night}}, "").json();
  EXPECT_TRUE(std::ranges::any_of(told.at("findings"), [](const Json& one) {
    return one.at("code") == "outside-calling-hours";
  })) << told;
  EXPECT_TRUE(told.at("duplicates").empty());
  EXPECT_TRUE(outbox().empty()) << "nothing is saved";
}

TEST_F(LocalApiRecordsTest, APostcodeIsOneOfItsCountry) {
  work();
  Json ada = customer("Ada");
  ada["fields"].update({{"country", "Germany"}, {"postcode", "SW1Y 4JH"}});
  const auto refused = post("/customers", ada, "a");
  EXPECT_EQ(refused.json().at("findings").at(0).at("code"), "not-a-postcode") << refused.body;
  ada["fields"]["country"] = "uk";
  ada["fields"]["postcode"] = "sw1y4jh";
  const auto saved = post("/customers", ada, "a");
  ASSERT_EQ(saved.status, 201) << saved.body;
  const std::string path = "/customers/" + saved.json().at("created").at(0).get<std::string>();
  EXPECT_EQ(get(path).json().at("fields").at("postcode"), "SW1Y 4JH");
}

}  // namespace
}  // namespace holdline::agent
