// Merging two customers through the local API, and parting them.
#include <algorithm>
#include <set>

#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

// Two customers who are one, each with an entry and a number of its own.
class MergedCustomersTest : public LocalApiTest {
 protected:
  std::string add(const std::string& given, const std::string& number, Json more = Json::object()) {
    Json body{{"fields", {{"given", given}, {"family", "Lovelace"}}}};
    body["fields"].update(more);
    body["phones"] = {{{"e164", number}}, {{"e164", "+442079460000"}}};
    body["accept"] = {{"hints", {"same-customer"}}, {"because", "typed twice"}};
    const auto saved = post("/customers", body, "c" + number);
    EXPECT_EQ(saved.status, 201) << saved.body;
    const std::string id = saved.json().at("created").at(0);
    EXPECT_EQ(
        post("/entries", {{"fields", {{"kind", "note"}, {"note", given}, {"customer", id}}}}, "e" + number).status,
        201);
    return id;
  }
  Answer merge(const std::string& one, const std::string& into, const std::string& key) {
    return post("/customers/" + one + "/merge", {{"into", into}, {"reason", "one person"}}, key);
  }
  std::vector<std::string> numbers(const std::string& id) {
    std::vector<std::string> found;
    const Json shown = get("/customers/" + id).json();
    for (const Json& phone : shown.at("children").at("phone")) found.push_back(phone.at("fields").at("e164"));
    std::ranges::sort(found);
    return found;
  }
};

TEST_F(MergedCustomersTest, AreShownAndFoundAsOneAndCanBeParted) {
  role = "supervisor";
  work();
  const std::string ada = add("Ada", "+442079460018"), double_ada = add("Ada A.", "+442079460019", {{"lang", "de"}});
  ASSERT_EQ(merge(double_ada, ada, "m").status, 200);
  EXPECT_EQ(merge(double_ada, ada, "m").json().at("repeated"), true);
  EXPECT_EQ(merge(double_ada, ada, "again").code(), "merged-already");
  EXPECT_EQ(merge(ada, double_ada, "back").code(), "merged-already");
  EXPECT_EQ(merge(ada, ada, "itself").code(), "same-record");
  EXPECT_EQ(outbox().at(0).at("what"), "Merging of two customers: one person");

  const Json shown = get("/customers/" + ada).json();
  EXPECT_EQ(shown.at("fields").at("lang"), "de") << "what only the other had";
  EXPECT_EQ(shown.at("aliases").at(0).at("id"), double_ada);
  EXPECT_EQ(get("/customers/" + double_ada).json().at("merged_into").at("id"), ada);
  EXPECT_EQ(numbers(ada), (std::vector<std::string>{"+442079460000", "+442079460018", "+442079460019"}));
  const Json hits = get("/customers?q=2079460019").json().at("items");
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits.at(0).at("id"), ada);
  std::set<std::string> notes;
  const Json entries = get("/customers/" + ada + "/entries").json().at("items");
  for (const Json& entry : entries) notes.insert(entry.at("fields").at("note"));
  EXPECT_TRUE(notes.contains("Ada") && notes.contains("Ada A.")) << entries;

  ASSERT_EQ(post("/customers/" + double_ada + "/part", {{"reason", "two after all"}}, "p").status, 200);
  EXPECT_EQ(numbers(ada), (std::vector<std::string>{"+442079460000", "+442079460018"}));
  EXPECT_EQ(get("/customers?q=2079460019").json().at("items").at(0).at("id"), double_ada);
  EXPECT_EQ(post("/customers/" + double_ada + "/part", {{"reason", "again"}}, "q").code(), "not-merged");
}

TEST_F(MergedCustomersTest, ANumberNotToBeUsedStaysSo) {
  role = "supervisor";
  work();
  const std::string ada = add("Ada", "+442079460018"), double_ada = add("Ada A.", "+442079460019");
  const auto common = [&](const std::string& id) {
    const Json shown = get("/customers/" + id).json();
    for (const Json& phone : shown.at("children").at("phone"))
      if (phone.at("fields").at("e164") == "+442079460000") return phone;
    return Json();
  };
  const std::string number = common(double_ada).at("id");
  ASSERT_EQ(patch("/phones/" + number, {{"changes", {{"use", {{"value", "do_not_use"}}}}}}, "use").status, 200);
  ASSERT_EQ(merge(double_ada, ada, "m").status, 200);
  EXPECT_EQ(common(ada).at("fields").at("use"), "do_not_use");
}

TEST_F(MergedCustomersTest, AnAgentMayNotMergeThem) {
  work();
  const std::string ada = add("Ada", "+442079460018"), double_ada = add("Ada A.", "+442079460019");
  const auto refused = merge(double_ada, ada, "m");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "role-refused");
}

}  // namespace
}  // namespace holdline::agent
