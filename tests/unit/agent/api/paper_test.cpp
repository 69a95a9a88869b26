// Paper forms through the local API, at one workstation without a hub.
#include <set>

#include "agent/identity/references.hpp"
#include "sync/reference/reference.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

class PaperTest : public LocalApiTest {
 protected:
  void SetUp() override {
    role = "supervisor";
    work();
    const sync::Id own = api->workstation()->maker().incarnation;
    References references(directory() / "references.json", entropy);
    must(references.keep(R"({"references":{"first":1,"count":2000}})", own));
    restart();
  }
  std::string key() { return "key-" + std::to_string(++keys); }
  Answer print(const std::string& form, int count) {
    pc_clock.wall_ms += 1'000;  // pads go by time
    return post("/paper", {{"form", form}, {"count", count}}, key());
  }
  Json paper() { return get("/paper").json(); }
  // The numbers of the newest pad that are outstanding.
  std::vector<std::string> out() {
    std::vector<std::string> numbers;
    for (const Json& sheet :
         Json(get("/paper?practice=with&outstanding=true").json().at("pads").back().at("outstanding")))
      numbers.push_back(sheet.at("number"));
    return numbers;
  }
  Answer enter(const std::string& number, Json more = Json::object(), const std::string& with = {}) {
    Json body{{"fields", {{"kind", "message"}, {"note", "from paper"}}},
              {"event_time", "2001-01-01T08:00:00Z"},
              {"written_by", "eve"}};
    body.update(more);
    return post("/paper/" + number + "/entry", body, with.empty() ? key() : with);
  }
  Answer declare(bool drill = false) {
    return post("/contingency/declare", {{"reason", "CRM hangs"}, {"drill", drill}, {"word", "declare"}}, key());
  }
  Json paper_point() {
    for (const Json& point : Json(get("/contingency").json().at("incidents").at(0).at("checklist")))
      if (point.at("point") == "paper-forms-out") return point;
    return nullptr;
  }
  int keys = 0;
};

TEST_F(PaperTest, WhatIsPrintedIsKeptFirstAndCanBePrintedAgain) {
  const Answer printed = print("manual_entry", 60);  // more than one piece of numbers
  ASSERT_EQ(printed.status, 200) << printed.body;
  const std::string pad = printed.json().at("created").at(0);
  const auto numbers = out();
  EXPECT_EQ(std::set<std::string>(numbers.begin(), numbers.end()).size(), 60u);
  const Answer pages = get("/paper/" + pad + "/pdf");
  EXPECT_EQ(pages.status, 200);
  EXPECT_TRUE(pages.body.starts_with("%PDF-"));
  restart();
  EXPECT_EQ(get("/paper/" + pad + "/pdf").status, 200);
  EXPECT_EQ(paper().at("outstanding"), 60);
  EXPECT_EQ(print("customer", 1).code(), "invalid");
  EXPECT_EQ(print("manual_entry", 101).code(), "invalid");
}

TEST_F(PaperTest, TheSameRequestTwiceIsOnePad) {
  for (int time = 0; time < 2; ++time)
    ASSERT_EQ(post("/paper", {{"form", "complaint"}, {"count", 2}}, "once").status, 200);
  EXPECT_EQ(paper().at("pads").size(), 1u);
}

TEST_F(PaperTest, ASheetIsEnteredOnceWithTheTimeOnThePaper) {
  print("manual_entry", 2);
  const std::string number = out().front();
  EXPECT_EQ(enter(number, {{"event_time", nullptr}}).code(), "invalid") << "the time on the paper is asked for";
  const Answer entered = enter(number, Json::object(), "first");
  ASSERT_EQ(entered.status, 200) << entered.body;
  EXPECT_EQ(entered.json().at("references").at(0), number) << "what the caller was told";
  const Json fields = get("/entries/" + number).json().at("fields");
  EXPECT_EQ(fields.at("event_time"), "2001-01-01T08:00:00.000Z");
  EXPECT_EQ(fields.at("paper"), true);
  EXPECT_EQ(fields.at("operator"), "ada");
  const Json sheet = get("/paper/" + number).json();
  EXPECT_EQ(sheet.at("use").at("written_by"), "eve");
  EXPECT_GT(sheet.at("use").at("at"), fields.at("event_time"));
  EXPECT_EQ(enter(number).code(), "form-number-taken");
  EXPECT_EQ(post("/paper/void", {{"numbers", {number}}, {"reason", "spoiled"}}, key()).code(), "form-number-taken");
  EXPECT_EQ(enter(number, Json::object(), "first").json().at("repeated"), true) << "its answer was lost";
  EXPECT_EQ(get("/entries").json().at("items").size(), 1u);
  EXPECT_EQ(out().size(), 1u);
}

TEST_F(PaperTest, WhatIsStillToDoAndWhatIsDoneAreBothEntered) {
  print("manual_entry", 2);
  const auto numbers = out();
  enter(numbers[0]);
  enter(numbers[1], {{"fields", {{"kind", "message"}, {"status", "done"}}}});
  EXPECT_EQ(get("/entries/" + numbers[0]).json().at("fields").at("status"), "open");
  EXPECT_EQ(get("/entries/" + numbers[1]).json().at("fields").at("status"), "done");
}

TEST_F(PaperTest, ASheetOfADeskWithoutContactIsTakenWhenSomebodySaysSo) {
  const std::string number = sync::reference_text(77'777);
  EXPECT_EQ(enter(number).code(), "form-number-unknown");
  ASSERT_EQ(enter(number, {{"elsewhere", true}, {"form", "manual_entry"}}).status, 200);
  EXPECT_EQ(enter(number, {{"elsewhere", true}, {"form", "manual_entry"}}).code(), "form-number-taken");
}

TEST_F(PaperTest, WhatIsMissingIsSaidByASupervisorAndMayTurnUp) {
  print("manual_entry", 3);
  const auto numbers = out();
  EXPECT_EQ(post("/paper/void", {{"numbers", numbers}, {"reason", " "}}, key()).code(), "invalid");
  ASSERT_EQ(
      post("/paper/void", {{"numbers", {numbers[0], numbers[1]}}, {"reason", "not found"}, {"missing", true}}, key())
          .status,
      200);
  EXPECT_EQ(out().size(), 1u);
  ASSERT_EQ(enter(numbers[0]).status, 200);
  const Json pad = paper().at("pads").back();
  EXPECT_EQ(pad.at("entered"), 1);
  EXPECT_EQ(pad.at("missing"), 1);
}

TEST_F(PaperTest, AnIncidentStaysOpenWhileItsSheetsAreOut) {
  print("manual_entry", 1);  // for the cupboard
  ASSERT_EQ(declare().status, 200);
  EXPECT_EQ(paper_point().at("left"), 0);
  print("manual_entry", 2);
  EXPECT_EQ(paper_point().at("left"), 2);
  EXPECT_EQ(paper_point().at("done"), false);
  const auto numbers = out();
  enter(numbers[0]);
  post("/paper/void", {{"numbers", {numbers[1]}}, {"reason", "not used"}}, key());
  EXPECT_EQ(paper_point().at("done"), true);
}

TEST_F(PaperTest, WhatWasPrintedInAnIncidentBelongsToItAlsoAfterwards) {
  declare(true);
  const std::string incident = get("/contingency").json().at("incidents").at(0).at("id");
  print("callback_request", 1);
  post("/contingency/cancel", {{"reason", "the drill is over"}}, key());
  const auto number = out().front();
  const Json fields{{"name", "Ada"}, {"phone", "+442079460018"}, {"reason", "meter"}};
  ASSERT_EQ(enter(number, {{"fields", fields}}).status, 200);
  const Json kept = get("/callbacks/" + number).json().at("fields");
  EXPECT_EQ(kept.at("incident"), incident);
  EXPECT_EQ(kept.at("drill"), true) << "no export has what was practised";
}

}  // namespace
}  // namespace holdline::agent
