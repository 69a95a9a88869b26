// What is read out to the caller: given when something is saved, found again however it is typed.
#include <set>

#include "agent/identity/references.hpp"
#include "sync/reference/reference.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class ReferencesTest : public LocalApiTest {
 protected:
  // As if the hub had given a block.
  void work_with_numbers() {
    work();
    const sync::Id own = api->workstation()->maker().incarnation;
    References references(directory() / "references.json", entropy);
    must(references.keep(R"({"references":{"first":1,"count":2000}})", own));
    restart();
  }
  Json found(const std::string& typed) { return get("/customers?q=" + typed).json(); }
};

TEST_F(ReferencesTest, WhatIsSavedHasOneAndIsFoundByIt) {
  work_with_numbers();
  const Json saved = post("/entries", message, "key").json();
  const std::string reference = saved.at("references").at(0), id = saved.at("created").at(0);
  EXPECT_TRUE(sync::is_reference(reference)) << reference;
  EXPECT_EQ(saved.at("notes"), Json::array());
  EXPECT_EQ(post("/entries", message, "key").json().at("references"), saved.at("references"));  // the answer was lost
  EXPECT_EQ(outbox().at(0).at("reference"), reference);
  EXPECT_EQ(get("/entries/" + id).json().at("fields").at("reference"), reference);
  std::string typed = reference;
  std::erase(typed, '-');
  for (char& c : typed) c = static_cast<char>(std::tolower(c));
  for (const std::string& text : {reference, typed}) {
    const Json hits = found(text);
    EXPECT_EQ(hits.at("reference").at("state"), "found") << text;
    EXPECT_EQ(hits.at("records").at(0).at("id"), id);
    EXPECT_EQ(get("/entries/" + text).json().at("id"), id);
  }
  EXPECT_EQ(get("/callbacks/" + typed).status, 404);
  const Json unknown = found(sync::reference_text(1'000'000));
  EXPECT_EQ(unknown.at("reference").at("state"), "unknown");
  EXPECT_EQ(found("Lovelace").at("reference"), Json());
}

TEST_F(ReferencesTest, AMisheardOneIsSaidToBeWrong) {
  work_with_numbers();
  post("/entries", message, "key");
  const Json misheard = found("K7M4XRR22");
  EXPECT_EQ(misheard.at("reference").at("state"), sync::is_reference("K7M-4XR-R22") ? "unknown" : "misheard");
  EXPECT_NE(found("K7M4XRR2O").at("reference").at("message").get<std::string>().find("check character does not fit"),
            std::string::npos);
}

TEST_F(ReferencesTest, ARefusedFormTakesNoNumberAndNobodyTypesOne) {
  work_with_numbers();
  const std::string own = sync::reference_text(77);
  const auto typed = post("/entries", {{"fields", {{"kind", "message"}, {"reference", own}}}}, "a");
  EXPECT_EQ(typed.status, 422);
  EXPECT_EQ(typed.json().at("findings").at(0).at("code"), "given-by-desk");
  const auto left = [&] { return must(platform::read_file(directory() / "references.json", 1 << 16)); };
  const std::string before = left();
  for (int i = 0; i < 60; ++i) post("/entries", {{"fields", {{"kind", "nothing"}}}}, "r" + std::to_string(i));
  EXPECT_EQ(left(), before);
  const auto saved = post("/entries", message, "key").json();
  const auto changed =
      patch("/entries/" + saved.at("created").at(0).get<std::string>(),
            {{"changes", {{"reference", {{"base", saved.at("references").at(0)}, {"value", own}}}}}}, "e");
  EXPECT_EQ(changed.status, 422);
}

TEST_F(ReferencesTest, WhoeverMishearsOneIsToldWhatWasMeant) {
  work_with_numbers();
  const Json saved = post("/entries", message, "key").json();
  const auto own = saved.at("references").at(0).get<std::string>();
  std::string swapped = own;
  std::swap(swapped[0], swapped[swapped[0] == swapped[1] ? 2 : 1]);
  if (swapped == own || own.find_first_of("2346789") == own.npos || own.find_first_of("KMRWXY") == own.npos)
    GTEST_SKIP() << own;
  const auto missed = get("/entries/" + swapped);
  EXPECT_EQ(missed.status, 404);
  EXPECT_NE(missed.body.find("Did you mean " + own + " (Entry)?"), std::string::npos) << missed.body;
  EXPECT_NE(get("/callbacks/" + own).body.find("Did you mean " + own), std::string::npos) << "it is no callback's";
  const Json hits = get("/customers?q=" + swapped).json();
  EXPECT_EQ(hits.at("records").at(0).at("matched"), "similar-reference");
}

TEST_F(ReferencesTest, WithoutNumbersItIsSavedAllTheSameAndSaid) {
  work();
  const Json saved = post("/entries", message, "key").json();
  EXPECT_EQ(saved.at("state"), "saved");
  EXPECT_EQ(saved.at("references"), Json::array());
  EXPECT_EQ(saved.at("notes").at(0).at("code"), "reference-later");
}

TEST_F(ReferencesTest, NoneIsGivenTwiceThroughRestartsAndAnotherOutboxGivesNoneOfThem) {
  work_with_numbers();
  std::set<std::string> given;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 8; ++i) {
      const Json saved = post("/entries", message, std::to_string(round) + "-" + std::to_string(i)).json();
      EXPECT_TRUE(given.insert(saved.at("references").at(0)).second);
    }
    restart();
  }
  References copied(directory() / "references.json", entropy);
  must(copied.load());
  EXPECT_GT(copied.left(), 1'000u);
  must(copied.reserve(id_of(0xc0)));
  EXPECT_FALSE(copied.next(id_of(0xc0)));
  EXPECT_TRUE(copied.should_ask(1));
}

TEST_F(ReferencesTest, EveryCollectionIsReachedByItsName) {
  work_with_numbers();
  const auto saved =
      post("/records/complaint", {{"fields", {{"name", "Ada"}, {"what_happened", "nobody rang back"}}}}, "c");
  ASSERT_EQ(saved.status, 201) << saved.body;
  EXPECT_EQ(saved.json().at("references").size(), 1u);
  const std::string id = saved.json().at("created").at(0);
  EXPECT_EQ(get("/records/complaint").json().at("items").at(0).at("fields").at("state"), "open");
  const Json step{{"changes", {{"state", {{"base", "open"}, {"value", "acknowledged"}}}}}};
  EXPECT_EQ(patch("/records/complaint/" + id, step, "s").status, 200);
  EXPECT_EQ(get("/records/complaint/" + id).json().at("fields").at("state"), "acknowledged");
  for (const char* closed : {"conflict", "suppression", "nothing"})
    EXPECT_EQ(get("/records/" + std::string(closed)).status, 404) << closed;
}

TEST_F(ReferencesTest, APromiseIsReadByTheClockOfItsZone) {
  work_with_numbers();
  const auto promise = [&](const char* start, const char* end, const char* key) {
    return post("/callbacks",
                {{"fields",
                  {{"name", "Ada"},
                   {"phone", "+442079460018"},
                   {"reason", "bill"},
                   {"promise_start", start},
                   {"promise_end", end},
                   {"promise_zone", "europe/london"}}},
                 {"accept", {{"hints", {"far-ahead"}}, {"because", "so that it stays to come"}}}},
                key);
  };
  const auto saved = promise("2097-07-01T09:00", "2097-07-01T10:00", "a");
  ASSERT_EQ(saved.status, 201) << saved.body;
  const std::string id = saved.json().at("created").at(0);
  EXPECT_EQ(get("/callbacks/" + id).json().at("fields").at("promise_start"), "2097-07-01T08:00:00.000Z");
  EXPECT_EQ(promise("2097-03-31T01:30", "2097-03-31T04:00", "b").json().at("findings").at(0).at("code"),
            "clock-skips-it");
  EXPECT_EQ(promise("2097-07-01T09:00+05:30", "2097-07-01T10:00", "c").code(), "asked");
  EXPECT_EQ(promise("2097-07-01T03:00", "2097-07-01T10:00", "d").json().at("notes").at(0).at("code"),
            "outside-calling-hours");
}

}  // namespace
}  // namespace holdline::agent
