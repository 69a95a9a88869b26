#include "contingency/plan/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "contingency/plan/parts.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::contingency {
namespace {

std::string problems_of(std::string_view toml) {
  std::string text;
  for (const PlanProblem& problem : read_plan(toml).problems)
    text += std::to_string(problem.line) + " " + problem.key + ": " + problem.text + "\n";
  return text;
}

std::string with_action(const std::string& lines) {
  return "version = 2\n[[action]]\nid = \"a\"\ntitle = \"A\"\n" + lines;
}

TEST(PlanTest, TheOneThatShipsIsGoodAndStopsWhatWouldDoHarmFirst) {
  EXPECT_EQ(problems_of(shipped_plan_text()), "");
  const Plan plan = read_plan(shipped_plan_text()).plan;
  std::vector<std::string> order;
  for (const PlanAction& action : plan.actions)
    if (action.phase == ActionPhase::enter) order.push_back(action.id);
  ASSERT_GE(order.size(), 5U);
  EXPECT_EQ(order[0], "stop-outbound-dialling");
  EXPECT_EQ(order[1], "stop-collections");
  EXPECT_EQ(order[2], "stop-letters");
  EXPECT_EQ(order[3], "callers-notice");
  EXPECT_EQ(order[4], "redirect");
  EXPECT_EQ(plan.action("callers-notice")->after.size(), 3U);
  for (const PlanAction& action : plan.actions)
    if (action.telephony) {
      EXPECT_FALSE(action.undo.empty()) << action.id;
      EXPECT_EQ(action.approver, "supervisor") << action.id;
    }
  EXPECT_GT(plan.rto_minutes * plan.rpo_minutes * plan.drill_every_days, 0U);
}

TEST(PlanTest, EveryKindOfActionIsRead) {
  const auto read = read_plan(
      with_action("kind = \"webhook\"\nurl = \"https://d.example/\"\nbody = '{\"i\": \"{incident}\"}'\n"
                  "secret = \"credential:d\"\nretries = 4\ntimeout-s = 10\nexpires-minutes = 60\n"
                  "undo = { kind = \"json-rpc\", url = \"http://127.0.0.1/RPC\", method = \"htable.delete\", "
                  "params = [\"cont\", \"mode\"] }\n"
                  "[[action]]\nid = \"b\"\ntitle = \"B\"\nkind = \"command\"\nargv = [\"pause\", \"{incident}\"]\n"
                  "after = [\"a\"]\nphase = \"exit\"\n"));
  ASSERT_TRUE(read.problems.empty()) << read.problems[0].text;
  const PlanAction& first = read.plan.actions[0];
  EXPECT_EQ(first.timeout_ms, 10'000);
  EXPECT_EQ(first.expires_ms, 3'600'000);
  EXPECT_EQ(first.retries, 4U);
  EXPECT_EQ(first.undo.at(0).params, (std::vector<std::string>{"cont", "mode"}));
  EXPECT_EQ(read.plan.actions[1].phase, ActionPhase::exit);
}

TEST(PlanTest, ATelephoneSystemIsAskedWhetherItIsSwitched) {
  const std::string rpc = "kind = \"json-rpc\"\nurl = \"http://127.0.0.1/RPC\"\nmethod = \"htable.sets\"\n";
  const auto read = read_plan(
      with_action(rpc + "check = { method = \"htable.get\", params = [\"cont\", \"mode\"], at = \"/item/value\", "
                        "expects = \"notice\", every-s = 10 }\n"));
  ASSERT_TRUE(read.problems.empty()) << read.problems[0].text;
  const ReadBack& check = read.plan.actions[0].does.check.at(0);
  EXPECT_EQ(check.expects, "notice");
  EXPECT_EQ(check.every_ms, 10'000);
  const std::string told = problems_of(with_action(rpc + "check = { at = \"item\", evry-s = 1 }\n"));
  for (const char* const key : {"check.method:", "check.at:", "check.evry-s:"})
    EXPECT_NE(told.find(key), told.npos) << key << " in\n" << told;
}

TEST(PlanTest, EveryMistakeIsToldWithItsLine) {
  const std::string told = problems_of(
      "version = 1\nrto-minuets = 5\n[[action]]\nid = \"A b\"\ntitle = \"\"\n"
      "kind = \"shell\"\ntimeout-s = 0\nafter = [\"later\"]\n");
  for (const char* const part : {"2 rto-minuets: is not known here; known are: action, ", "4 action.?.id: ",
                                 "5 action.?.title: ", "6 action.?.kind: must be one of checklist, webhook",
                                 "7 action.?.timeout-s: must be a whole number from 1 to 600",
                                 "8 action.?.after: 'later' is no action above this one"})
    EXPECT_NE(told.find(part), told.npos) << part << " in\n" << told;
}

TEST(PlanTest, ThresholdsAndLimitsTravelWithItAndTheRestStaysAsItShips) {
  const auto read = read_plan(
      "version = 7\n[policy.probes]\nfailures = 2\n[policy.states]\nauto-declare-after-minutes = 15\n"
      "[policy.limits]\nlease-hours = 24\nitem-money = { CHF = 10000, EUR = 9000 }\n[policy.presses]\npeople = 5\n");
  ASSERT_TRUE(read.problems.empty()) << read.problems[0].key << read.problems[0].text;
  const Policy& policy = read.plan.policy;
  EXPECT_EQ(policy.probes.failures, 2U);
  EXPECT_EQ(policy.probes.every_ms, ProbeOptions().every_ms);
  EXPECT_EQ(policy.states.auto_declare_after_ms, 900'000);
  EXPECT_EQ(policy.limits.lease_ms, 86'400'000);
  EXPECT_EQ(policy.limits.item_money.size(), 2U);
  EXPECT_EQ(policy.limits.item_money.at("CHF"), 10'000);
  EXPECT_EQ(policy.presses.people, 5U);
  EXPECT_EQ(policy.readiness.plan_version, 7U);
  for (const char* const bad : {"[policy.probes]\ntimeout-s = 5\n", "[policy.limits]\nlease-hours = 200\n",
                                "[policy.limits]\nitem-money = { pounds = 3 }\n", "[policy.state]\nsettle-s = 1\n",
                                "[policy.probes]\nstale-s = 15\n"})
    EXPECT_FALSE(problems_of("version = 1\n" + std::string(bad)).empty()) << bad;
}

TEST(PlanTest, AnActionIsForARoleOfThePlanAndAgentsGetNoneThatAStationPerforms) {
  const std::string role = "version = 2\ntitle = \"t\"\n[[role]]\nid = \"agent\"\ntitle = \"Agents\"\n";
  const auto action = [](const std::string& more) {
    return "[[action]]\nid = \"a\"\ntitle = \"A\"\nphase = \"enter\"\n" + more + "\n";
  };
  const auto good = read_plan(role + action("kind = \"checklist\"\ntext = \"t\"\nrole = \"agent\""));
  EXPECT_EQ(good.problems.size(), 0U);
  EXPECT_EQ(good.plan.actions.at(0).role, "agent");
  EXPECT_EQ(read_plan(role + action("kind = \"checklist\"\ntext = \"t\"\nrole = \"king\"")).problems.size(), 1U);
  EXPECT_EQ(
      read_plan(role + action("kind = \"webhook\"\nurl = \"https://x.example/\"\nrole = \"agent\"")).problems.size(),
      1U);
}

TEST(PlanTest, ADrillIsDueAfterItsTime) {
  Plan plan;
  EXPECT_FALSE(plan.drill_due_ms(5));
  plan.drill_every_days = 90;
  EXPECT_EQ(plan.drill_due_ms(5), 5 + 90LL * 86'400'000);
  EXPECT_EQ(plan.drill_due_ms(std::nullopt), 0) << "never held: overdue";
}

TEST(PlanTest, WhatCouldDoHarmIsRefused) {
  const auto refuses = [](const std::string& lines, const std::string& key) {
    EXPECT_NE(problems_of(with_action(lines)).find(" action.a." + key + ":"), std::string::npos)
        << lines << problems_of(with_action(lines));
  };
  refuses("kind = \"command\"\nargv = [\"/bin/sh\", \"-c\", \"x\"]\n", "argv");
  refuses("kind = \"command\"\nargv = []\n", "argv");
  refuses("kind = \"webhook\"\nurl = \"file:///etc/passwd\"\n", "url");
  refuses("kind = \"webhook\"\nurl = \"https://x/\"\nsecret = \"hunter2\"\n", "secret");
  refuses("kind = \"checklist\"\ntext = \"x\"\nargv = [\"x\"]\n", "argv");
  refuses("kind = \"checklist\"\ntext = \"x\"\nexpires-minutes = 5\n", "expires-minutes");
  refuses("text = \"x\"\n", "kind");
  refuses("kind = \"checklist\"\ntext = \"x\"\nscenarios = [\"none\"]\n", "scenarios");
  refuses("kind = \"checklist\"\ntext = \"x\"\nafter = [\"a\"]\n", "after");
  refuses(
      "kind = \"checklist\"\ntext = \"x\"\n[[action]]\nid = \"a\"\ntitle = \"A\"\nkind = \"checklist\"\ntext = \"x\"\n",
      "id");
}

TEST(PlanTest, BytesThatAreNoPlanAreRefusedNotReadFor) {
  for (const std::string& bytes :
       {std::string("\xff"), std::string("version = "), std::string(300'000, '#'), std::string(5'000, '['),
        std::string("a = ") + std::string(3'000, '['), std::string("action = 5\nversion = 1\n"),
        std::string("version = \"1\"\n"), std::string()})
    EXPECT_FALSE(read_plan(bytes).problems.empty()) << bytes.substr(0, 20);
  std::string deep;
  for (int i = 0; i < 2'000; ++i) deep += "a = [\n";
  EXPECT_FALSE(read_plan(deep).problems.empty());
  // Cut anywhere, the plan that ships is read or refused.
  const std::string_view shipped = shipped_plan_text();
  for (std::size_t size = 0; size < shipped.size(); size += 97) read_plan(shipped.substr(0, size));
}

TEST(PlanParts, ATextComesTogetherFromItsPartsOrNotAtAll) {
  std::string text(11'999, 'x');
  for (int i = 0; i < 3'000; ++i) text += "ü€";
  const std::string sha256 = sync::to_hex(sync::sha256(text).view());
  std::vector<PlanPart> parts;
  for (const std::string& piece : split_plan(text)) {
    EXPECT_TRUE(sync::is_utf8(piece));
    parts.insert(parts.begin(), {2, 0, 0, piece, sha256});
  }
  for (std::uint32_t n = 0; n < parts.size(); ++n) parts[n].part = static_cast<std::uint32_t>(parts.size() - n);
  ASSERT_GT(parts.size(), 2u);
  EXPECT_EQ(whole_plans(parts).at(2), text);
  parts.pop_back();
  EXPECT_TRUE(whole_plans(parts).empty()) << "a part that has not come yet";
}

}  // namespace
}  // namespace holdline::contingency
