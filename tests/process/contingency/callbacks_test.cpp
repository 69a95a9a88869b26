// Callbacks worked at desks, with real daemons: two people never ring the same customer, whatever dies in between.
#include <gtest/gtest.h>

#include <set>

#include "platform/os/clock.hpp"
#include "sync/base/timestamp.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

// Promised for this evening where it is early in the afternoon now, so that the hours of calling are open whenever this
// runs.
std::vector<std::string> this_evening() {
  const std::int64_t now_ms = platform::SystemClock().now().wall_ms;
  const std::int64_t east = 14 - now_ms / 3'600'000 % 24;
  const std::string day = sync::format_time(now_ms + east * 3'600'000).substr(0, 10);
  return {"promise_zone=Etc/GMT" + std::string(east > 0 ? "-" : "+") + std::to_string(std::abs(east)),
          "promise_end=" + day + "T20:00"};
}

class Callbacks : public ::testing::Test {
 protected:
  Callbacks() {
    for (const char* name : {"amy", "ben"})
      EXPECT_EQ(centre_.hub()
                    .run({"person", "add", name, "--password-file", centre_.hub().password_file().string(), "--role",
                          "agent", "--scope", scope})
                    .status,
                0);
  }
  Desk& desk_of(const std::string& name, const std::string& person) {
    Desk& desk = centre_.add_desk(name);
    desk.wait_for("online");
    if (person != supervisor)
      desk.until("the sign-in of " + person, [&] {
        return desk.run({"login", person, "--take-over", "--password-file", centre_.hub().password_file().string()})
                   .status == 0;
      });
    return desk;
  }
  void promise(const Desk& desk, const std::string& name, const std::string& phone) {
    std::vector<std::string> words{"callback", "add", "name=" + name, "phone=" + phone, "reason=delivery"};
    for (std::string& word : this_evening()) words.push_back(std::move(word));
    desk.ask(std::move(words));
  }
  static std::string code_of(const Desk& desk, std::vector<std::string> words) {
    words.emplace_back("--json");
    const Outcome refused = desk.run(std::move(words));
    const Json problem = Json::parse(refused.err, nullptr, false);
    return problem.is_object() ? problem.value("code", "") : refused.out;
  }
  static std::string text(const Json& number) { return std::to_string(number.get<std::uint64_t>()); }

  Centre centre_;
};

TEST_F(Callbacks, A6FivePromisesAreOneCaseThatOneDeskDialsAndAnOutcomeIsKeptWithTheHubAway) {
  Desk &sue = desk_of("desk-1", supervisor), &amy = desk_of("desk-2", "amy"), &ben = desk_of("desk-3", "ben");
  for (Desk* desk : {&sue, &amy, &ben, &amy, &ben}) promise(*desk, "Ada Lovelace", "+12125550123");
  for (Desk* desk : {&sue, &amy, &ben}) desk->wait_for("drained");
  EXPECT_EQ(code_of(amy, {"callbacks", "next"}), "nothing-released");
  EXPECT_EQ(code_of(amy, {"callbacks", "release", "--scope", scope}), "role-refused");
  sue.until("every desk's report", [&] {
    return sue.ask({"callbacks", "preview"})["workstations_outstanding"].empty();
  });
  const Json preview = sue.ask({"callbacks", "preview"});
  EXPECT_EQ(preview["cases"], 1);
  EXPECT_EQ(preview["promises"], 5);
  ASSERT_EQ(preview["now"], 1) << preview.dump();
  sue.ask({"callbacks", "release", "--scope", scope});
  const Json claim = amy.ask({"callbacks", "next"});
  EXPECT_EQ(code_of(ben, {"callbacks", "next"}), "nothing-to-call");
  EXPECT_EQ(code_of(ben, {"callbacks", "dial", text(claim["claim"])}), "claim-of-another");
  EXPECT_EQ(claim["number"], nullptr) << "before the hub has it that she dials";
  amy.until("the promises of the others", [&] {
    std::set<std::string> taken_by;
    for (const Json& promise : Json(amy.ask({"callbacks", "work"})["claims"][0]["promises"]))
      taken_by.insert(promise["fields"].value("taken_by", ""));
    return taken_by == std::set<std::string>{"ada", "amy", "ben"};
  });
  EXPECT_EQ(amy.ask({"callbacks", "dial", text(claim["claim"])})["number"], "+12125550123");

  centre_.hub().daemon().kill();
  EXPECT_EQ(amy.ask({"callbacks", "outcome", text(claim["claim"]), "resolved", "--notes", "all said"})["then"],
            "close");
  amy.until("the hub's absence", [&] { return code_of(amy, {"callbacks", "next"}) == "hub-away"; });
  EXPECT_TRUE(amy.ask({"callbacks", "work"})["claims"].empty());
  centre_.hub().start();
  amy.wait_for("drained");
  sue.until("the end of the case", [&] {
    const Outcome told = sue.run({"callbacks", "list", "--json"});
    return told.status == 0 && Json::parse(told.out)["to_call"] == 0;
  });
}

TEST_F(Callbacks, AHubThatDiesBetweenDialAndOutcomeLeavesTheCaseUncertainForEverybodyElse) {
  Desk &sue = desk_of("desk-1", supervisor), &amy = desk_of("desk-2", "amy"), &ben = desk_of("desk-3", "ben");
  promise(sue, "Ada Lovelace", "+12125550123");
  promise(sue, "Charles Babbage", "+12125550124");
  sue.wait_for("drained");
  centre_.hub().daemon().stop();
  std::filesystem::create_directory(centre_.hub().directory() / "hub.toml.d");
  write_text(centre_.hub().directory() / "hub.toml.d" / "lease.toml", "[callbacks]\nlease = \"2s\"\n");
  centre_.hub().start();
  for (Desk* desk : {&sue, &amy, &ben}) desk->wait_for("online");
  sue.ask({"callbacks", "release", "--scope", scope, "--per-minute", "1000", "--accept-missing", "--reason", "a test"});
  const Json dialled = amy.ask({"callbacks", "next"});
  amy.ask({"callbacks", "dial", text(dialled["claim"])});
  centre_.hub().daemon().kill();
  centre_.hub().start();
  for (Desk* desk : {&sue, &amy, &ben}) desk->wait_for("online");
  const auto state_of = [&](const Json& of) {
    for (const Json& one : Json(sue.ask({"callbacks", "list"})["items"]))
      if (one["case"] == of && one["claim"].is_object()) return one["claim"].value("state", "");
    return std::string("none");
  };
  sue.until("the end of the lease", [&] { return state_of(dialled["case"]) == "uncertain"; });
  Json other;
  ben.until("the pace", [&] {
    const Outcome taken = ben.run({"callbacks", "next", "--json"});
    if (taken.status == 0) other = Json::parse(taken.out);
    return taken.status == 0;
  });
  EXPECT_NE(other["case"], dialled["case"]);
  EXPECT_GT(other["claim"], dialled["claim"]);
  EXPECT_EQ(code_of(amy, {"callbacks", "dial", text(dialled["claim"])}), "claim-over");
  EXPECT_EQ(code_of(ben, {"callbacks", "free", text(dialled["claim"])}), "role-refused");
  // What she says in the end settles it, though she was not asked in time.
  amy.ask({"callbacks", "outcome", text(dialled["claim"]), "no_answer"});
  amy.wait_for("drained");
  sue.until("the outcome", [&] { return state_of(dialled["case"]) == "none"; });
}

}  // namespace
}  // namespace holdline::process
