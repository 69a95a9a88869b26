// Who took something down, where and when: what the desk says itself, and what is checked of what people say.
#include "sync/base/timestamp.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

class ToldByDeskTest : public LocalApiTest {
 protected:
  // "field:code field:code" of a new entry with these fields; empty: it was saved.
  std::string said(const Json& more, const std::string& event_time = {}) {
    Json body = message;
    body["fields"].update(more);
    if (!event_time.empty()) body["event_time"] = event_time;
    const auto answer = post("/entries", body, "key" + std::to_string(++keys_));
    return codes(answer);
  }
  static std::string codes(const Answer& answer) {
    if (answer.status != 422) return {};
    std::string all;
    const Json problem = answer.json();
    for (const Json& finding : problem.at("findings"))
      all += (all.empty() ? "" : " ") + finding.at("field").get<std::string>() + ":" +
             finding.at("code").get<std::string>();
    return all;
  }
  std::string in(std::int64_t minutes) const { return sync::format_time(pc_clock.wall_ms + minutes * 60'000); }

  int keys_ = 0;
};

TEST_F(ToldByDeskTest, NobodySaysWhoOrWhereOfThemselves) {
  work();
  EXPECT_EQ(said({{"operator", "somebody else"}, {"station", "desk 1"}}),
            "operator:given-by-desk station:given-by-desk");
  const std::string id = post("/entries", message, "one").json().at("created").at(0);
  const Json forged{{"changes", {{"operator", {{"base", "ada"}, {"value", "eve"}}}}}};
  EXPECT_EQ(codes(patch("/entries/" + id, forged, "two")), "operator:given-by-desk");
  const Json owner{{"fields", {{"what", "ring back"}, {"due_at", in(60)}, {"owner", "eve"}}}};
  EXPECT_EQ(post("/records/follow_up", owner, "three").status, 201) << "the form asks who is to do it";
}

TEST_F(ToldByDeskTest, WhenItHappenedIsOneTimeAndNotYetToCome) {
  work();
  EXPECT_EQ(said(Json::object(), in(-90)), "");
  EXPECT_EQ(said({{"event_time", in(-90)}}), "");
  EXPECT_EQ(sync::parse_time(outbox().at(0).at("event_time").get<std::string>()), pc_clock.wall_ms - 90 * 60'000);
  EXPECT_EQ(said({{"event_time", in(-90)}}, in(-80)), "event_time:two-times");
  EXPECT_EQ(said({{"event_time", in(4)}}), "") << "by another clock";
  EXPECT_EQ(said({{"event_time", in(6)}}), "event_time:yet-to-come");
  EXPECT_EQ(said(Json::object(), in(6)), "event_time:yet-to-come");
}

TEST_F(ToldByDeskTest, AWrongScopeAndAWrongOptionAreToldWhatThereIs) {
  work();
  Json elsewhere = message;
  elsewhere["scope"] = "acme/pariss";
  const auto refused = post("/entries", elsewhere, "a");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find(test_scope), std::string::npos) << refused.body;
  const auto no_option = post("/entries", {{"fields", {{"kind", "smoke_signal"}}}}, "b");
  EXPECT_NE(no_option.body.find("must be one of: call, email,"), std::string::npos) << no_option.body;
}

TEST_F(ToldByDeskTest, ACheckSaysWhatSavingWould) {
  work();
  const Json nobody{{"fields", {{"city", "Bonn"}, {"tier", "gold"}}}};
  const auto saved = post("/customers", nobody, "a");
  const auto checked = post("/customers/check", nobody);
  ASSERT_EQ(saved.status, 422);
  EXPECT_EQ(checked.json().at("findings"), saved.json().at("findings"));
  EXPECT_EQ(post("/customers/check", {{"fields", {{"given", "Ada"}}}, {"scope", "acme/pariss"}}).status, 403);
}

TEST_F(ToldByDeskTest, ANumberIsOneRecordWhateverItsExtension) {
  work({customer_of(1, "Ada", "Byron")});
  const std::string phones = "/customers/" + id_of(1).text() + "/phones";
  const auto add = [&](const char* number, const char* key) {
    return post(phones, {{"fields", {{"e164", number}}}}, key);
  };
  EXPECT_EQ(add("+44 20 7946 0123 ext 12", "a").status, 201);
  EXPECT_EQ(codes(add("+44 20 7946 0123-14", "b")), "e164:there-already");
  EXPECT_EQ(add("+44 20 7946 0123 ext 12", "c").status, 201) << "nothing new";
}

TEST_F(ToldByDeskTest, WhatWasTakenDownIsFoundByItsNumber) {
  work();
  Json called = message;
  called["fields"]["phone"] = "+44 20 7946 0999";
  ASSERT_EQ(post("/entries", called, "a").status, 201);
  const Json found = get("/customers?q=0999").json();
  ASSERT_EQ(found.at("records").size(), 1u);
  EXPECT_EQ(found.at("records").at(0).at("matched"), "phone");
  EXPECT_TRUE(found.at("advice").is_null());
  EXPECT_FALSE(get("/customers?q=79460").json().at("advice").is_null()) << "out of the middle";
}

TEST_F(ToldByDeskTest, ASearchSaysHowManyThereAre) {
  std::vector<sync::Record> many;
  for (std::uint8_t n = 1; n <= 30; ++n) many.push_back(customer_of(n, "Ada", "Byron"));
  work(many);
  const Json found = get("/customers?q=byron&limit=20").json();
  EXPECT_EQ(found.at("items").size(), 20u);
  EXPECT_EQ(found.at("total"), 30);
  EXPECT_EQ(found.at("more"), true);
}

}  // namespace
}  // namespace holdline::agent
