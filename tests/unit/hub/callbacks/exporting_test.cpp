// Cases handed to a dialler: nobody else dials them, and what it tells becomes their outcomes.
#include "tests/unit/hub/callbacks/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class ExportingTest : public CallbacksTest {
 protected:
  Json wanted(const std::string& format = "jsonl") {
    return {{"format", format},
            {"scope", "acme/leeds"},
            {"by", "sue"},
            {"reason", "the dialler rings"},
            {"accept_missing", true}};
  }
  std::string key(const Json& exported, std::size_t line) {
    std::istringstream in(exported.at("content").get<std::string>());
    std::string text;
    for (std::size_t n = 0; n <= line; ++n) std::getline(in, text);
    return Json::parse(text).at("holdline");
  }
  Answer read(const std::string& content, Json more = Json::object()) {
    more.update({{"format", "jsonl"}, {"content", content}, {"by", "sue"}});
    return ask("POST", "/outcomes", more);
  }
};

TEST_F(ExportingTest, WhatGoesToADiallerIsDialledByNobodyElseUntilItTells) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  promise("Charles Babbage", "+442079460019", "delivery");
  promise("Tokyo", "+81312345678", "delivery");
  promise("Grace Hopper", "+442079460020", "delivery");
  refuse("+442079460020");
  Json refused = wanted();
  refused.erase("accept_missing");
  EXPECT_EQ(ask("POST", "/export", refused).code(), "workstations-outstanding");
  refused = wanted();
  refused.erase("reason");
  EXPECT_EQ(ask("POST", "/export", refused).code(), "reason-missing");
  EXPECT_EQ(ask("POST", "/export", wanted("excel")).code(), "unknown-format");
  EXPECT_EQ(ask("POST", "/export", wanted("vicidial")).code(), "dialler-options");

  const Answer out = ask("POST", "/export", wanted());
  ASSERT_EQ(out.status, 201) << out.json.dump();
  EXPECT_EQ(out.json.at("rows"), 2);
  EXPECT_EQ(out.json.at("left_out"), (Json{{"outside-hours", 1}, {"do-not-call", 1}}));
  EXPECT_EQ(out.json.at("until"), "2027-06-09T20:00:00.000Z") << "nine in the evening in London";
  EXPECT_EQ(out.json.at("content").get<std::string>().find("Lovelace"), std::string::npos) << "only when asked for";
  EXPECT_EQ(ask("POST", "/export", wanted()).code(), "nothing-to-call");

  ASSERT_EQ(
      ask("POST", "/release", {{"scope", "acme/leeds"}, {"by", "sue"}, {"reason", "off"}, {"accept_missing", true}})
          .status,
      201);
  EXPECT_EQ(ask("POST", "/next", {{"agent", "amy"}}).code(), "nothing-to-call");
  const Json again{
      {"format", "jsonl"}, {"again", out.json.at("batch")}, {"by", "sue"}, {"reason", "the answer was lost"}};
  EXPECT_EQ(ask("POST", "/export", again).json.at("sha256"), out.json.at("sha256"));

  at_ms_ += 10 * 60'000;
  const std::string rows = R"({"holdline":")" + key(out.json, 0) +
                           R"(","outcome":"resolved","at":"2027-06-09T18:35:00Z"})"
                           "\n"
                           R"({"holdline":")" +
                           key(out.json, 1) +
                           R"(","disposition":"Sold"})"
                           "\n"
                           R"({"holdline":"HL1-00000000","outcome":"resolved"})"
                           "\n";
  EXPECT_EQ(read(rows, {{"dry_run", true}}).json.at("kept"), 1);
  const Json first = read(rows).json;
  EXPECT_EQ(first.at("kept"), 1);
  EXPECT_EQ(first.at("late"), 0);
  EXPECT_EQ(first.at("not_ours"), 1);
  EXPECT_EQ(first.at("unknown"), Json::array({{{"disposition", "Sold"}, {"rows", 1}}}));
  EXPECT_EQ(read(rows).json.at("kept"), 0) << "reading it again changes nothing";
  EXPECT_EQ(read(rows).json.at("known"), 1);
  EXPECT_EQ(read(rows, {{"meanings", {{"Sold", "splendid"}}}}).code(), "unknown-outcome");

  at_ms_ += 3 * 3'600'000;  // nobody told what became of the other one
  bool uncertain = false;
  const Json late = list();
  for (const Json& one : late.at("items"))
    uncertain = uncertain || (one.at("claim").is_object() && one.at("claim").at("state") == "uncertain");
  EXPECT_TRUE(uncertain);
  EXPECT_EQ(read(rows, {{"meanings", {{"Sold", "do_not_call"}}}}).json.at("kept"), 1);
  EXPECT_EQ(ask("POST", "/take-back", {{"batch", out.json.at("batch")}, {"by", "sue"}}).code(), "no-such-export");
}

TEST_F(ExportingTest, WhatWasNotDialledIsTakenBackAndOneHouseholdIsRungOnce) {
  promise("Ada Lovelace", "+442079460018", "delivery");
  promise("Charles Babbage", "+442079460018", "delivery");
  const Answer out = ask("POST", "/export", wanted());
  ASSERT_EQ(out.status, 201) << out.json.dump();
  EXPECT_EQ(out.json.at("rows"), 1);
  EXPECT_EQ(out.json.at("left_out"), (Json{{"same-number", 1}}));
  EXPECT_EQ(ask("POST", "/take-back", {{"batch", out.json.at("batch")}, {"by", "sue"}}).json.at("cases"), 1);
  Json mine = wanted();
  mine["batch"] = "0190a000-0000-7000-8000-00001a2b3c4d";
  const Answer second = ask("POST", "/export", mine);
  ASSERT_EQ(second.status, 201) << second.json.dump();
  EXPECT_EQ(ask("POST", "/export", mine).json.at("sha256"), second.json.at("sha256")) << "the answer was lost";
  EXPECT_EQ(read(R"({"holdline":")" + key(out.json, 0) + R"(","outcome":"no_answer"})").json.at("late"), 1)
      << "it was rung all the same: that is kept, and said";
}

}  // namespace
}  // namespace holdline::hub::testing
