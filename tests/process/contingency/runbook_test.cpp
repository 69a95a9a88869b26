// The plan's actions, performed by real stations on real systems.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include "tests/process/contingency/hook_sink.hpp"
#include "tests/process/contingency/telephones.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

constexpr const char* station_settings = "[runbook]\nstation = true\nclaims-after = \"0s\"\n";

class Runbook : public ::testing::Test {
 protected:
  Runbook() : sink_("a secret of this centre") {
    write_text(centre_ / "hook-secret", "a secret of this centre\n");
    ::chmod((centre_ / "hook-secret").c_str(), 0600);
  }

  Desk& add_station(const std::string& name, const std::string& more = "") {
    Desk& desk = *desks_.emplace_back(std::make_unique<Desk>(centre_.directory(), name, "", station_settings + more));
    desk.start();
    desk.join(centre_.hub());
    desk.wait_for("online");
    return desk;
  }

  std::string hook(const std::string& path) const {
    return R"({ kind = "webhook", url = ")" + sink_.url(path) + R"(", secret = "file:)" +
           (centre_ / "hook-secret").string() + R"(", body = "{\"incident\": \"{incident}\"}" })";
  }
  // [[action]] that asks `path`, and to undo it `path`/undo.
  std::string hook_action(const std::string& id, const std::string& path, const std::string& more = "") const {
    const std::string does = hook(path);
    return "[[action]]\nid = \"" + id + "\"\ntitle = \"" + id + "\"\n" + inner(does) + more +
           "undo = " + hook(path + "/undo") + "\n";
  }
  // The members of an inline table, a line each.
  static std::string inner(const std::string& table) {
    std::string lines = table.substr(2, table.size() - 4);
    for (const char* key : {", url", ", secret", ", body"}) lines.replace(lines.find(key), 2, "\n");
    return lines + "\n";
  }

  void set_plan(const std::string& actions, const std::vector<Desk*>& desks) {
    write_text(centre_ / "plan.toml", "version = 2\ntitle = \"Test\"\n" + actions);
    centre_.hub().ask({"plan", "set", (centre_ / "plan.toml").string(), "--by", "lead", "--json"});
    for (Desk* desk : desks) desk->until("the plan", [&] { return desk->ask({"runbook", "plan"})["version"] == 2; });
  }

  static Json run_at(const Desk& desk) { return desk.ask({"runbook", "status"}); }
  static Json action(const Json& run, const std::string& id) {
    for (const Json& one : run["actions"])
      if (one["id"] == id) return one;
    return Json();
  }
  static void wait_for_state(const Desk& desk, const std::string& id, const std::string& state) {
    desk.until(id + " being " + state, [&] { return action(run_at(desk), id)["state"] == state; });
  }
  static Json point(const Desk& desk, const std::string& name) {
    const Json status = desk.ask({"contingency", "status"});
    for (const Json& one : status["incidents"][0]["checklist"])
      if (one["point"] == name) return one;
    return Json();
  }
  // Everything of the checklist but the plan's actions.
  static void sign_for_the_rest(const Desk& desk) {
    const Json status = desk.ask({"contingency", "status"});
    for (const Json& one : status["incidents"][0]["checklist"])
      if (one["point"] != "actions-left" && one["done"] == false)
        desk.ask({"contingency", "except", one["point"], "--reason", "looked at by hand"});
  }
  static void declare(const Desk& desk) {
    desk.ask({"contingency", "declare", "--reason", "CRM hangs", "--word", "declare"});
  }

  Centre centre_;
  HookSink sink_;
  std::vector<std::unique_ptr<Desk>> desks_;
};

TEST_F(Runbook, AStationDoesThePlanPeopleTickAndTheIncidentClosesWhenAllIsUndone) {
  Desk& desk = add_station("station-1");
  set_plan(hook_action("stop-dialler", "/dialler") +
               "[[action]]\nid = \"tell-people\"\ntitle = \"Tell people\"\nkind = \"checklist\"\ntext = \"Say it.\"\n",
           {&desk});
  EXPECT_EQ(desk.run({"runbook", "dry-run"}).status, 0);
  EXPECT_EQ(sink_.asked("/dialler"), 0U) << "a rehearsal performs nothing";

  declare(desk);
  wait_for_state(desk, "stop-dialler", "ok");
  const Json done = action(run_at(desk), "stop-dialler");
  EXPECT_EQ(done["result"]["code"], 200);
  EXPECT_EQ(done["result"]["output"], R"({"done":true})");
  desk.ask({"runbook", "tick", "tell-people"});
  wait_for_state(desk, "tell-people", "ok");
  EXPECT_EQ(desk.run({"runbook", "tick", "tell-people"}).status, 1) << "there is nothing to tick any more";

  desk.ask({"contingency", "recover", "--reason", "IT says so", "--override"});
  sign_for_the_rest(desk);
  EXPECT_EQ(point(desk, "actions-left")["left"], 1);
  EXPECT_NE(desk.run({"contingency", "close", "--reason", "over"}).status, 0) << "the dialler still stands";
  desk.ask({"runbook", "undo", "all"});
  wait_for_state(desk, "stop-dialler", "undone");
  desk.ask({"contingency", "close", "--reason", "over"});
  EXPECT_EQ(sink_.effects("/dialler"), 1U);
  EXPECT_EQ(sink_.effects("/dialler/undo"), 1U);
  EXPECT_EQ(sink_.unsigned_requests(), 0U);
  desk.wait_for("drained");
  EXPECT_EQ(centre_.hub().ask({"status", "--json"})["quarantined"], 0) << "the hub takes what a station tells";
}

TEST_F(Runbook, TwoStationsWithoutContactHaveOneEffectAndOneGoesOnWhenTheOtherIsGone) {
  Desk &first = add_station("station-1"), &second = add_station("station-2");
  set_plan(hook_action("stop-dialler", "/dialler") +
               hook_action("redirect", "/redirect", "after = [\"stop-dialler\"]\napprover = \"supervisor\"\n"),
           {&first, &second});
  centre_.hub().daemon().stop();
  declare(first);
  const std::string code = first.ask({"contingency", "status"})["incidents"][0]["code"]["code"];
  second.ask({"contingency", "enter", code});
  for (Desk* desk : {&first, &second}) wait_for_state(*desk, "redirect", "asking");
  EXPECT_EQ(sink_.asked("/dialler"), 2U) << "both acted";
  EXPECT_EQ(sink_.effects("/dialler"), 1U) << "under one key";

  centre_.hub().start();
  for (Desk* desk : {&first, &second}) desk->wait_for("drained");
  const auto holder = [](const Desk& desk) { return run_at(desk)["held"].value("station", ""); };
  first.until("one holder", [&] { return !holder(first).empty() && holder(first) == holder(second); });
  Desk& gone = holder(first) == "station-1" ? first : second;
  Desk& stays = &gone == &first ? second : first;
  std::printf("both claimed; %s holds the run\n", gone.name().c_str());
  gone.daemon().kill();
  stays.ask({"runbook", "takeover", "--reason", "the other one is off"});
  stays.until("the takeover", [&] { return holder(stays) == stays.name(); });
  stays.ask({"runbook", "approve", "redirect"});
  wait_for_state(stays, "redirect", "ok");
  EXPECT_EQ(action(run_at(stays), "redirect")["approved"]["person"], supervisor);

  // The one that was gone finds that it holds nothing any more, and does nothing.
  gone.start();
  gone.sign_in(centre_.hub());
  gone.until("the other one holding it", [&] { return holder(gone) == stays.name(); });
  stays.ask({"runbook", "undo", "all"});
  for (Desk* desk : {&gone, &stays}) wait_for_state(*desk, "stop-dialler", "undone");
  for (const char* path : {"/dialler", "/dialler/undo", "/redirect", "/redirect/undo"})
    EXPECT_EQ(sink_.effects(path), 1U) << path;
}

TEST_F(Runbook, A5KamailioIsSwitchedReadBackSwitchedAgainWhenItForgetsAndRestored) {
  std::filesystem::create_directory(centre_ / "telephones");
  Telephones telephones(centre_ / "telephones");
  const Path programs = centre_ / "programs";
  std::filesystem::create_directory(programs);
  write_text(programs / "wallboard",
             "#!/bin/sh\necho \"$HOLDLINE_UNDO $1\" >> '" + (centre_ / "wallboard").string() + "'\necho shown\n");
  ::chmod((programs / "wallboard").c_str(), 0755);
  Desk& desk = add_station("station-1", "programs = \"" + programs.string() + "\"\n");
  sink_.hang("/status-page");
  sink_.hang("/status-page/undo");
  const auto switched = [&](const std::string& id, const std::string& key, const std::string& value,
                            const std::string& more) {
    return "[[action]]\nid = \"" + id + "\"\ntitle = \"" + id + "\"\nkind = \"json-rpc\"\nurl = \"" +
           telephones.rpc_url() + "\"\nmethod = \"htable.sets\"\nparams = [\"cont\", \"" + key + "\", \"" + value +
           "\"]\ncheck = { method = \"htable.get\", params = [\"cont\", \"" + key +
           "\"], at = \"/item/value\", expects = \"" + value + "\", every-s = 1 }\ntelephony = true\n" + more +
           "undo = { kind = \"json-rpc\", url = \"" + telephones.rpc_url() +
           "\", method = \"htable.delete\", params = [\"cont\", \"" + key +
           "\"], check = { method = \"htable.get\", params = [\"cont\", \"" + key + "\"], at = \"/item/value\" } }\n";
  };
  set_plan(hook_action("stop-dialler", "/dialler") +
               hook_action("status-page", "/status-page", "timeout-s = 1\nretries = 1\nretry-wait-s = 1\n") +
               "[[action]]\nid = \"wallboard\"\ntitle = \"Wallboard\"\nkind = \"command\"\nargv = [\"wallboard\", "
               "\"{reason}; rm -rf /\"]\n" +
               switched("notice", "notice", telephones.announcement(), "after = [\"stop-dialler\"]\n") +
               switched("redirect", "redirect", "sip:800@backup.example",
                        "after = [\"notice\"]\napprover = \"supervisor\"\n"),
           {&desk});
  const auto caller_gets = [&](const std::string& when) {
    const std::string got = telephones.call();
    std::printf("%-42s the caller got: %s\n", when.c_str(), got.c_str());
    return got;
  };

  EXPECT_EQ(caller_gets("before anything"), "queue");
  declare(desk);
  wait_for_state(desk, "redirect", "asking");
  EXPECT_EQ(caller_gets("enter: the notice is on"), "announcement");
  desk.ask({"runbook", "approve", "redirect"});
  wait_for_state(desk, "redirect", "ok");
  EXPECT_EQ(caller_gets("enter: the redirect was approved"), "302 <sip:800@backup.example>");

  telephones.restart();
  caller_gets("Kamailio was started again and has forgotten");
  desk.until("both being switched again", [&] {
    const Json run = run_at(desk);
    return action(run, "redirect")["round"] == 2 && action(run, "redirect")["state"] == "ok" &&
           action(run, "notice")["round"] == 2 && action(run, "notice")["state"] == "ok";
  });
  EXPECT_EQ(caller_gets("during: the station looked and switched"), "302 <sip:800@backup.example>");

  wait_for_state(desk, "status-page", "timed-out");
  std::printf("status-page: %s\n", action(run_at(desk), "status-page")["says"].get<std::string>().c_str());
  EXPECT_EQ(sink_.asked("/status-page"), 2U);
  EXPECT_EQ(sink_.effects("/status-page"), 1U) << "tried again under the same key";
  EXPECT_EQ(action(run_at(desk), "wallboard")["result"]["output"], "shown\n");
  EXPECT_EQ(read_text(centre_ / "wallboard"), "0 CRM hangs; rm -rf /\n") << "there is no shell";

  desk.ask({"contingency", "recover", "--reason", "IT says so", "--override"});
  sign_for_the_rest(desk);
  EXPECT_EQ(run_at(desk)["left"], Json::parse(R"(["redirect","notice","status-page","stop-dialler"])"));
  EXPECT_EQ(point(desk, "actions-left")["left"], 4);
  desk.ask({"runbook", "undo", "all"});
  wait_for_state(desk, "redirect", "undone");
  wait_for_state(desk, "notice", "undone");
  EXPECT_EQ(caller_gets("exit: everything is undone"), "queue");

  wait_for_state(desk, "status-page", "undo-failed");
  wait_for_state(desk, "stop-dialler", "undone");
  const Outcome refused = desk.run({"contingency", "close", "--reason", "over"});
  EXPECT_NE(refused.status, 0);
  std::printf("close: %s", refused.err.c_str());
  desk.ask({"runbook", "except", "status-page", "--reason", "IT took the page down by hand"});
  desk.until("nothing being left", [&] { return point(desk, "actions-left")["left"] == 0; });
  desk.ask({"contingency", "close", "--reason", "over"});
  EXPECT_EQ(run_at(desk)["incident"], Json()) << "none is in force";
}

}  // namespace
}  // namespace holdline::process
