#include "sync/merge/conflicts.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class LocalApiOutboxTest : public LocalApiTest {
 protected:
  // Customer 1 stands as Byron; somebody else wanted Lovelace, made from Baker.
  static sync::Record open_conflict() {
    const auto& collection = collection_of("customer");
    const auto field = collection.field("family").value();
    sync::ActionHeader header;
    header.person = id_of(5);
    sync::Op op = edit_of_family(field);
    sync::LosingValue losing;
    losing.unit = collection.unit_of.at(field);
    losing.value = {text("Lovelace")};
    losing.winner = {text("Byron")};
    losing.base = {sync::make_base(text("Baker"))};
    return sync::conflict_record(test_schema(), {op, {id_of(6), id_of(7)}, header, 0, 1'000, {}}, losing, test_scope);
  }
  void work_with_conflict() {
    role = "supervisor";
    work({customer_of(1, "Ada", "Byron"), open_conflict()});
  }
  Answer resolve(const std::string& choice, const std::string& reason = "asked the customer", std::string key = "key") {
    return post("/conflicts/" + open_conflict().key.id.text() + "/resolve", {{"choice", choice}, {"reason", reason}},
                std::move(key));
  }

 private:
  static sync::Op edit_of_family(sync::FieldIndex field) {
    sync::Op op{sync::OpKind::edit, key_in("customer", 1), test_scope, 1, {}, {}};
    op.changes.push_back({field, sync::make_base(text("Baker")), text("Lovelace"), {}, {}});
    return op;
  }
};

TEST_F(LocalApiOutboxTest, TheOutboxIsListedNewestFirst) {
  work();
  for (const char* key : {"a", "b", "c"}) ASSERT_EQ(post("/entries", message, key).status, 201);
  const Json items = outbox();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items.at(0).at("number"), "3");
  EXPECT_EQ(items.at(0).at("state"), "saved");
  EXPECT_EQ(items.at(0).at("collection"), "manual_entry");
  const Json page = get("/outbox?limit=2").json();
  EXPECT_EQ(page.at("items").size(), 2u);
  EXPECT_EQ(page.at("total"), 3u);
  const Json rest = get("/outbox?limit=2&before=" + page.at("next").get<std::string>()).json();
  EXPECT_EQ(rest.at("items").size(), 1u);
  EXPECT_TRUE(rest.at("next").is_null());
}

TEST_F(LocalApiOutboxTest, AnActionIsShownWithItsOps) {
  work();
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  const Json shown = get("/outbox/2/1").json();
  EXPECT_EQ(shown.at("ops").at(0).at("kind"), "create");
  EXPECT_EQ(shown.at("ops").at(0).at("changes").at("note").at("value"), "please call back after lunch");
}

// Records for programs bear keys; people are told what was done.
TEST_F(LocalApiOutboxTest, ListsSayWhatWasDoneAndNotTheIdsOfRecords) {
  work();
  const std::string entry = post("/entries", message, "key").json().at("created").at(0);
  ASSERT_EQ(post("/entries/" + entry + "/posting", {{"state", "claimed"}}, "take").status, 200);
  const Json item = get("/outbox").json().at("items").at(0);
  EXPECT_EQ(item.at("what"), "Posting of an entry: claimed");
  EXPECT_EQ(item.at("act"), "posting");
  EXPECT_EQ(item.at("about"), Json::array({"claimed"}));
}

TEST_F(LocalApiOutboxTest, WhatNamesNoActionIsNotFound) {
  work();
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  for (const char* name : {"2/2", "3/1", "9/1", "2", "2/", "2/x", "2/1/1", "x/1", "-1/1"})
    EXPECT_EQ(get(std::string("/outbox/") + name).status, 404) << name;
}

// Found when a refused entry left the screen, and nothing but the outbox's own list knew of it.
class LocalApiDecisionsTest : public LocalApiTest {
 protected:
  // An entry that the hub refused.
  void work_with_refused() {
    work();
    const auto saved = post("/entries", message, "k");
    id = saved.json().at("created").at(0);
    api->workstation()->outbox().run([](Outbox& outbox) {
      sync::ActionResult result;
      result.entry = 1;
      result.incarnation = outbox.maker().incarnation;
      result.lane = 2;
      result.number = 1;
      result.verdict = sync::Verdict::quarantined;
      result.code = "scope-refused";
      result.text = "not here";
      must(outbox.store_results({&result, 1}, 1));
    });
    restart();
  }
  std::string id;
};

TEST_F(LocalApiDecisionsTest, WhatTheHubRefusedStaysVisibleWhereItWasTypedAndIsCorrected) {
  work_with_refused();
  const Json refs{{{"lane", 2}, {"number", "1"}}};
  EXPECT_EQ(get("/entries").json().at("items").at(0).at("attention"), refs);
  EXPECT_EQ(get("/entries/" + id).json().at("attention"), refs);
  const Json item = get("/outbox?state=needs-attention").json().at("items").at(0);
  EXPECT_EQ(item.at("what"), "New entry: message");
  EXPECT_EQ(item.at("person"), "ada");

  const auto corrected = post("/outbox/2/1/correct", {{"changes", {{"note", "after tea"}}}}, "c");
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  EXPECT_EQ(corrected.json().at("created").at(0), id);
  EXPECT_EQ(get("/entries/" + id).json().at("fields").at("note"), "after tea");
  EXPECT_TRUE(get("/entries/" + id).json().at("attention").empty());
  EXPECT_EQ(outbox().at(1).at("state"), "decided");
  EXPECT_EQ(post("/outbox/2/1/correct", {{"changes", {{"note", "after tea"}}}}, "c").json().at("repeated"), true);
  EXPECT_EQ(post("/outbox/2/1/discard", {{"reason", "late"}}, "d").code(), "decided-already");
}

TEST_F(LocalApiDecisionsTest, GivingUpNeedsAReasonAndWhatBuildsOnItNamed) {
  work_with_refused();
  EXPECT_EQ(post("/outbox/2/1/discard", Json::object(), "a").status, 422);
  EXPECT_EQ(post("/outbox/2/9/discard", {{"reason", "x"}}, "b").status, 404);
  const auto given_up = post("/outbox/2/1/discard", {{"reason", "typed by mistake"}}, "c");
  ASSERT_EQ(given_up.status, 200) << given_up.body;
  EXPECT_EQ(get("/entries/" + id).status, 404);
  EXPECT_TRUE(get("/outbox?state=needs-attention").json().at("items").empty());
  EXPECT_EQ(get("/status").json().at("outbox").at("quarantined"), "0");
}

TEST_F(LocalApiDecisionsTest, AColleaguesEntryIsForASupervisor) {
  work_with_refused();
  must(api->workstation()->accounts().keep(
      Json{{"people", {person_json("bob", "password", id_of(5), entropy)}}}.dump()));
  token.clear();
  sign_in("bob");
  EXPECT_EQ(post("/outbox/2/1/discard", {{"reason", "x"}}, "a").status, 403);
  must(api->workstation()->accounts().keep(
      Json{{"people", {person_json("eve", "password", id_of(6), entropy, "supervisor")}}}.dump()));
  token.clear();
  sign_in("eve");
  EXPECT_EQ(post("/outbox/2/1/correct", {{"changes", Json::object()}}, "b").status, 200);
}

TEST_F(LocalApiOutboxTest, TheExportHoldsEveryEntryThatWaits) {
  work();
  for (const char* key : {"a", "b"}) ASSERT_EQ(post("/entries", message, key).status, 201);
  const Json own = get("/outbox/export").json();
  ASSERT_EQ(own.at("actions").size(), 2u);
  EXPECT_EQ(own.at("actions").at(1).at("ops").at(0).at("changes").at("note"), "please call back after lunch");
  EXPECT_FALSE(own.contains("pushes")) << "for root alone: what is imported speaks for everybody";
  uid = 0;
  const Json whole = get("/outbox/export").json();
  EXPECT_EQ(whole.at("actions"), own.at("actions"));
  ASSERT_EQ(whole.at("pushes").size(), 1u);
  sync::Bytes bytes;
  ASSERT_TRUE(sync::from_hex(whole.at("pushes").at(0).get<std::string>(), bytes));
  const auto push = sync::decode_push(bytes);
  ASSERT_TRUE(push);
  EXPECT_EQ(push->batch.actions.size(), 2u);
  EXPECT_EQ(push->assertions.size(), 1u);
}

TEST_F(LocalApiOutboxTest, AnOpenConflictIsShownWithAllItsValues) {
  work_with_conflict();
  const Json items = get("/conflicts").json().at("items");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items.at(0).at("collection"), "customer");
  EXPECT_EQ(items.at(0).at("unit"), "family");
  EXPECT_TRUE(items.at(0).at("fields").empty()) << "lists hold no values";
  Json shown = get("/conflicts/" + open_conflict().key.id.text()).json();
  EXPECT_EQ(shown.at("fields"), (Json{{{"field", "family"},
                                       {"label", "Family name"},
                                       {"base", "Baker"},
                                       {"current", "Byron"},
                                       {"other", "Lovelace"},
                                       {"now", "Byron"}}}));
  EXPECT_EQ(get("/conflicts/" + id_of(3).text()).status, 404);
}

TEST_F(LocalApiOutboxTest, ARecordSaysWhichOfItsFieldsAreInConflictUntilSomebodyDecides) {
  work_with_conflict();
  const auto conflicts = [this] { return get("/customers/" + id_of(1).text()).json().value("conflicts", Json()); };
  pc_clock.pass(std::chrono::seconds(2));  // they are counted a second after something came
  for (int look = 0; look < 600 && conflicts().is_null(); ++look)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(conflicts(), (Json{{{"id", open_conflict().key.id.text()}, {"fields", {"family"}}}}));
  ASSERT_EQ(resolve("other").status, 200);
  EXPECT_TRUE(conflicts().is_null()) << "at once, and not when they are counted again";
}

TEST_F(LocalApiOutboxTest, ChoosingTheOtherValueSetsItOnTopOfWhatStandsInOneAction) {
  work_with_conflict();
  const auto saved = resolve("other");
  ASSERT_EQ(saved.status, 200) << saved.body;
  const Json ops = get("/outbox/3/1").json().at("ops");
  ASSERT_EQ(ops.size(), 2u);
  EXPECT_EQ(ops.at(0).at("changes"), (Json{{"family", {{"base", "Byron"}, {"value", "Lovelace"}}}}));
  EXPECT_EQ(ops.at(1).at("changes").at("state"), (Json{{"base", "open"}, {"value", "resolved"}}));
  EXPECT_EQ(get("/customers/" + id_of(1).text()).json().at("fields").at("family"), "Lovelace");
  EXPECT_TRUE(get("/conflicts").json().at("items").empty());
  EXPECT_EQ(get("/conflicts?state=all").json().at("items").size(), 1u);
}

// The hub sees that neither value stands any more, and asks again; nobody was shown what does stand.
TEST_F(LocalApiOutboxTest, TheOtherValueReplacesOnlyWhatTheConflictShowed) {
  role = "supervisor";
  work({customer_of(1, "Ada", "King"), open_conflict()});
  ASSERT_EQ(resolve("other").status, 200);
  const Json ops = get("/outbox/3/1").json().at("ops");
  EXPECT_EQ(ops.at(0).at("changes"), (Json{{"family", {{"base", "Byron"}, {"value", "Lovelace"}}}}));
}

// Found when an agent's decision was called saved and then parked by the hub.
TEST_F(LocalApiOutboxTest, AnAgentIsToldBeforeSavingThatASupervisorDecides) {
  work({customer_of(1, "Ada", "Byron"), open_conflict()});
  const auto refused = resolve("other");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "role-refused");
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiOutboxTest, NoOpenConflictIsHiddenBehindDecidedOnes) {
  const auto& collection = collection_of("conflict");
  std::vector<sync::Record> records{open_conflict()};
  for (std::uint8_t i = 0; i < 250; ++i) {
    records.push_back(open_conflict());
    records.back().key.id.bytes.back() = static_cast<std::uint8_t>(i + 1);
    records.back().key.id.bytes.front() = i;
    if (i < 247) records.back().fields[*collection.field("state")] = std::string("decided");
  }
  work(records);
  const Json open = get("/conflicts").json();
  EXPECT_EQ(open.at("total"), 4);
  EXPECT_EQ(open.at("items").size(), 4u);
  const Json all = get("/conflicts?state=all&limit=3").json();
  EXPECT_EQ(all.at("total"), 251);
  EXPECT_EQ(all.at("items").size(), 3u);
}

TEST_F(LocalApiOutboxTest, ChoosingTheCurrentValueOnlyClosesTheConflict) {
  work_with_conflict();
  ASSERT_EQ(resolve("current").status, 200);
  EXPECT_EQ(get("/outbox/3/1").json().at("ops").size(), 1u);
  EXPECT_EQ(get("/customers/" + id_of(1).text()).json().at("fields").at("family"), "Byron");
}

TEST_F(LocalApiOutboxTest, ResolvingNeedsAChoiceAndAReason) {
  work_with_conflict();
  EXPECT_EQ(resolve("both").status, 422);
  EXPECT_EQ(resolve("other", "").status, 422);
  const std::string path = "/conflicts/" + open_conflict().key.id.text() + "/resolve";
  EXPECT_EQ(post(path, {{"choice", 1}, {"reason", true}}, "key").status, 400);
  EXPECT_EQ(ask("POST", path, "not json", "key").status, 400);
  EXPECT_EQ(post("/conflicts/" + id_of(3).text() + "/resolve", {{"choice", "other"}, {"reason", "why"}}, "k").status,
            404);
  EXPECT_TRUE(outbox().empty());
}

// The first answer was lost; by now the conflict shows as resolved, by this very request.
TEST_F(LocalApiOutboxTest, ResolvingAgainUnderTheSameKeyIsAnsweredAsBefore) {
  work_with_conflict();
  const auto first = resolve("other"), again = resolve("other");
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.json().at("repeated"), true);
  EXPECT_EQ(again.json().at("action"), first.json().at("action"));
  EXPECT_EQ(outbox().size(), 1u);
}

TEST_F(LocalApiOutboxTest, AResolvedConflictIsNotResolvedAgainUnderAnotherKey) {
  work_with_conflict();
  ASSERT_EQ(resolve("other").status, 200);
  const Answer late = resolve("current", "asked again", "another key");
  EXPECT_EQ(late.code(), "resolved-already");
  EXPECT_NE(late.body.find("decided already on this PC"), std::string::npos) << late.body;
  EXPECT_EQ(resolve("current").code(), "key-reused");
  EXPECT_EQ(outbox().size(), 1u);
}

TEST_F(LocalApiOutboxTest, TheOtherValueOfARecordThatIsGoneIsNotDroppedInSilence) {
  work({open_conflict()});
  EXPECT_EQ(resolve("other").code(), "record-gone");
  EXPECT_TRUE(outbox().empty());
}

TEST_F(LocalApiOutboxTest, VerifyRecomputesTheReplicaAndNamesNoEqualityWithoutTheLedger) {
  work({customer_of(1, "Ada", "Byron")});
  const Json verified = get("/verify").json();
  EXPECT_EQ(verified.at("equal"), false);
  EXPECT_EQ(verified.at("cn"), "10");
  ASSERT_FALSE(verified.at("digests").empty());
  EXPECT_TRUE(verified.at("digests").at(0).at("ledger").is_null());
  EXPECT_EQ(verified.at("digests").at(0).at("recomputed"), verified.at("digests").at(0).at("replica"));
}

}  // namespace
}  // namespace holdline::agent
