#include "hub/plan/plans.hpp"

#include <gtest/gtest.h>

#include "hub/people/scopes.hpp"
#include "hub/plan/plan_probes.hpp"
#include "tests/support/test_clock.hpp"
#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

constexpr std::int64_t morning = 1'800'000'000'000;

// Longer than a part.
std::string plan_text(int version) {
  std::string text = "version = " + std::to_string(version) + "\ntitle = \"A plan\"\n";
  while (text.size() < 30'000) text += "# lines that only people read, and many of them\n";
  return text;
}

class PlansTest : public ::testing::Test {
 protected:
  PlansTest() { EXPECT_TRUE(make_scope(store_.ledger(), "acme/leeds")); }
  std::string set(const std::string& text) {
    const auto taken = set_plan(store_.ledger(), intake_, text, "lead", morning);
    return taken ? *taken ? "new" : "known" : taken.error().code;
  }
  std::size_t parts_in(const std::string& scope) {
    const auto reader = store_.ledger().reader().value();
    const std::vector<std::string> scopes{scope};
    return reader->rows(reader->schema().collection("plan_part")->no, scopes, Id{}, 100).value().size();
  }

  SqliteStore store_{std::string(sync::default_schema_text())};
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
};

TEST_F(PlansTest, AVersionIsTakenOnceAndOnlyAHigherOneAfterIt) {
  EXPECT_EQ(set("version = 2\nwhat = 1\n"), "plan-invalid");
  EXPECT_EQ(set(plan_text(1)), "plan-version") << "that of the one that ships";
  EXPECT_EQ(set(plan_text(3)), "new");
  EXPECT_EQ(set(plan_text(3)), "known");
  EXPECT_EQ(set(plan_text(3) + "# changed\n"), "plan-version");
  EXPECT_EQ(set(plan_text(2)), "plan-version");
  EXPECT_EQ(kept_plans(store_.ledger()).value(), (std::map<std::uint32_t, std::string>{{3, plan_text(3)}}));
}

TEST_F(PlansTest, AScopeThatIsMadeLaterGetsEveryVersionOnce) {
  ASSERT_EQ(set(plan_text(2)), "new");
  ASSERT_EQ(set(plan_text(3)), "new");
  const std::size_t parts = parts_in("acme/leeds");
  EXPECT_GE(parts, 6U);
  ASSERT_TRUE(make_scope(store_.ledger(), "acme/york"));
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(deliver_plans(store_.ledger(), intake_, morning));
    EXPECT_EQ(parts_in("acme/york"), parts);
    EXPECT_EQ(parts_in("acme/leeds"), parts);
  }
}

TEST_F(PlansTest, TheHubProbesWhatThePlanNamesAndItsOwnSettingsComeFirst) {
  const std::string head = "version = 2\ntitle = \"t\"\n";
  const std::string crm = "[[probes]]\ntarget = \"crm\"\nurl = \"https://crm.example/health\"\nevery = \"10s\"\n";
  EXPECT_EQ(problems_of_plan(head + crm), std::vector<std::string>{});
  EXPECT_EQ(problems_of_plan(head + "[[probes]]\ntarget = \"crm\"\nurl = \"crm\"\n").size(), 1U);
  EXPECT_EQ(problems_of_plan(head + crm + "what = 1\n").size(), 1U);
  EXPECT_EQ(set(head + crm), "new");
  EXPECT_EQ(plan_in_force(store_.ledger()).value(), head + crm);
  auto of_plan = probes_of_plan(head + crm).probes;
  ASSERT_EQ(of_plan.size(), 1U);
  platform::ProbeSettings own = of_plan.front();
  own.url = "https://crm.example/other";
  of_plan.push_back(own);
  of_plan.back().name = "pages";
  const auto all = with_probes_of_plan({own}, of_plan);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].url, own.url);
  EXPECT_EQ(all[1].name, "pages");
}

}  // namespace
}  // namespace holdline::hub::testing
