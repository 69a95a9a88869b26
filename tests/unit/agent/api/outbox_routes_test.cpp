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
  void work_with_conflict() { work({customer_of(1, "Ada", "Byron"), open_conflict()}); }
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
  EXPECT_EQ(get("/outbox?limit=2").json().at("items").size(), 2u);
}

TEST_F(LocalApiOutboxTest, AnActionIsShownWithItsOps) {
  work();
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  const Json shown = get("/outbox/2/1").json();
  EXPECT_EQ(shown.at("ops").at(0).at("kind"), "create");
  EXPECT_EQ(shown.at("ops").at(0).at("changes").at("note").at("value"), "please call back after lunch");
}

TEST_F(LocalApiOutboxTest, WhatNamesNoActionIsNotFound) {
  work();
  ASSERT_EQ(post("/entries", message, "key").status, 201);
  for (const char* name : {"2/2", "3/1", "9/1", "2", "2/", "2/x", "2/1/1", "x/1", "-1/1"})
    EXPECT_EQ(get(std::string("/outbox/") + name).status, 404) << name;
}

TEST_F(LocalApiOutboxTest, TheExportHoldsEveryEntryThatWaits) {
  work();
  for (const char* key : {"a", "b"}) ASSERT_EQ(post("/entries", message, key).status, 201);
  const auto exported = get("/outbox/export");
  EXPECT_EQ(exported.status, 200);
  const auto first = exported.body.find("please call back");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(exported.body.find("please call back", first + 1), std::string::npos);
}

TEST_F(LocalApiOutboxTest, AnOpenConflictIsShownWithAllItsValues) {
  work_with_conflict();
  const Json items = get("/conflicts").json().at("items");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items.at(0).at("collection"), "customer");
  EXPECT_EQ(items.at(0).at("fields"),
            (Json{{{"field", "family"}, {"base", "Baker"}, {"current", "Byron"}, {"other", "Lovelace"}}}));
  EXPECT_EQ(get("/conflicts/" + open_conflict().key.id.text()).json(), items.at(0));
  EXPECT_EQ(get("/conflicts/" + id_of(3).text()).status, 404);
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
  work({customer_of(1, "Ada", "King"), open_conflict()});
  ASSERT_EQ(resolve("other").status, 200);
  const Json ops = get("/outbox/3/1").json().at("ops");
  EXPECT_EQ(ops.at(0).at("changes"), (Json{{"family", {{"base", "Byron"}, {"value", "Lovelace"}}}}));
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
  EXPECT_EQ(resolve("current", "asked again", "another key").code(), "resolved-already");
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
