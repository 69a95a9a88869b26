// People and workstations that come, change and go while everything runs.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/process/support/centre.hpp"
#include "tests/process/support/fault_proxy.hpp"

namespace holdline::process {
namespace {

constexpr const char* york = "acme/york";

class Leavers : public ::testing::Test {
 protected:
  void add(const std::string& name, const std::string& where = scope) {
    const Outcome added =
        hub().run({"person", "add", name, "--password-file", hub().password_file().string(), "--scope", where});
    ASSERT_EQ(added.status, 0) << added.err;
  }
  Outcome administer(std::vector<std::string> words) {
    Outcome done = hub().run(std::move(words));
    EXPECT_EQ(done.status, 0) << done.err;
    return done;
  }
  Outcome login(Desk& desk, const std::string& name) {
    return desk.run({"login", name, "--password-file", hub().password_file().string(), "--take-over"});
  }
  void sign_in(Desk& desk, const std::string& name) {
    desk.until("signing in", [&] { return login(desk, name).status == 0; });
  }
  // By a question that leaves nothing behind: it is asked until the desk knows.
  static bool refused_as(Desk& desk, const std::string& code) {
    return desk.run({"entry", "list"}).err.find("[" + code + "]") != std::string::npos;
  }
  // Verdict and code of every action, newest first.
  static std::vector<std::string> fates(Desk& desk) {
    std::vector<std::string> told;
    const Json list = desk.ask({"outbox", "list", "--limit", "1000"});
    for (const Json& item : list["items"])
      told.push_back(item["state"].get<std::string>() + " " + item["code"].get<std::string>());
    return told;
  }
  Hub& hub() { return centre_->hub(); }

  FaultProxy proxy_;
  std::unique_ptr<Centre> centre_ = [this] {
    auto centre = std::make_unique<Centre>(proxy_.port());
    proxy_.forward_to(centre->hub().port());
    return centre;
  }();
};

TEST_F(Leavers, ANewPersonWorksAtADeskThatIsConnectedAndWhoIsDisabledNoMore) {
  Desk& desk = centre_->add_desk("desk-1");
  desk.wait_for("online");
  add("bob");
  sign_in(desk, "bob");
  desk.add_entry("by bob");
  administer({"person", "disable", "bob"});
  desk.until("the end of bob's session", [&] { return refused_as(desk, "person-disabled"); });
  EXPECT_NE(login(desk, "bob").status, 0);
  administer({"person", "enable", "bob"});
  sign_in(desk, "bob");
  administer({"person", "role", "bob", "--role", "supervisor"});
  desk.until("bob's new role", [&] { return desk.ask({"status"})["person"]["role"] == "supervisor"; });
}

TEST_F(Leavers, UnsentWorkOfADisabledPersonArrivesAndCountsByWhenItWasMade) {
  Desk& desk = centre_->add_desk("desk-1");
  add("bob");
  sign_in(desk, "bob");
  desk.wait_for("online");
  proxy_.cut();
  desk.wait_for_mode("contingency");
  desk.add_entry("made before");
  administer({"person", "disable", "bob"});
  desk.add_entry("made after");  // the desk cannot know
  proxy_.heal();
  desk.until("the end of bob's session", [&] { return refused_as(desk, "person-disabled"); });
  sign_in(desk, supervisor);
  desk.until("both fates", [&] {
    return fates(desk) == std::vector<std::string>{"needs-attention person-disabled", "held made-before-disabling"};
  });
}

TEST_F(Leavers, ARevokedWorkstationIsOutKeepsWhatItHasAndSendsItWhenRestored) {
  Desk& desk = centre_->add_desk("desk-1");
  desk.wait_for("online");
  administer({"device", "revoke", "desk-1"});
  desk.until("the refusal", [&] { return desk.status()["sync"]["error"]["code"] == "device-revoked"; });
  desk.until("nobody signed in", [&] { return refused_as(desk, "device-revoked"); });
  desk.daemon().stop();
  desk.start();
  EXPECT_NE(login(desk, supervisor).status, 0) << "also after a restart";
  administer({"device", "restore", "desk-1"});
  ASSERT_EQ(desk.run({"sync"}).status, 0);
  sign_in(desk, supervisor);
  desk.add_entry("again");
  desk.wait_for("drained");
}

TEST_F(Leavers, OtherScopesAndANewNameReachTheDeskThatIsConnected) {
  Desk& desk = centre_->add_desk("desk-1");
  administer({"scope", "add", york});
  add("eve", york);
  desk.wait_for("online");
  desk.add_entry("in london");
  desk.wait_for("drained");
  EXPECT_NE(login(desk, "eve").status, 0) << "not of this desk's scope";
  administer({"device", "rename", "desk-1", "reception"});
  desk.until("the name", [&] { return desk.status()["workstation"]["name"] == "reception"; });
  administer({"device", "scopes", "reception", "--scope", york});
  desk.until("the scope", [&] { return desk.status()["workstation"]["scopes"] == Json{york}; });
  sign_in(desk, "eve");
  desk.until("nothing of london", [&] { return desk.entry_notes().empty(); });
  desk.add_entry("in york");
  desk.wait_for("drained");
  EXPECT_EQ(desk.entry_notes(), std::vector<std::string>{"in york"});
}

TEST_F(Leavers, WorkOfAPersonWhomARestoredHubLostStaysOnTheScreenAndCountsWhenTheyAreRecalled) {
  Desk& desk = centre_->add_desk("desk-1");
  desk.wait_for("online");
  hub().daemon().stop();
  copy_directory(hub().directory(), *centre_ / "before-bob");
  hub().start();
  add("bob");
  sign_in(desk, "bob");
  for (int i = 0; i < 10; ++i) desk.add_entry("accepted " + std::to_string(i));
  desk.wait_for("drained");
  hub().daemon().kill();
  replace_directory(*centre_ / "before-bob", hub().directory());
  hub().start();
  desk.add_entry("since then");

  desk.until("all to wait", [&] {
    const auto told = fates(desk);
    return std::ranges::count(told, "waiting unknown-person") == 11;
  });
  EXPECT_EQ(desk.entry_notes().size(), 11U);
  desk.until("the claim", [&] { return !hub().ask({"person", "list", "--json"})["remembered"].empty(); });
  administer({"person", "recall", "bob"});
  desk.until("all to be held", [&] {
    const auto told = fates(desk);
    return std::ranges::count(told, "held ") == 11;
  });
  EXPECT_EQ(desk.entry_notes().size(), 11U);
  desk.wait_until_equal_to(hub());
}

TEST_F(Leavers, TheHistoryOfACustomerTellsWhoWhenWhereAndFromWhichValue) {
  Desk& first = centre_->add_desk("desk-1");
  Desk& second = centre_->add_desk("desk-2");
  add("bob");
  sign_in(second, "bob");
  const std::string id = first.ask({"customer", "add", "given=Ada", "city=Bonn", "phone=+442075518700"})["created"][0];
  second.until("the customer", [&] { return second.run({"customer", "show", id}).status == 0; });
  second.ask({"customer", "edit", id, "city=York"});
  second.wait_for("drained");
  const Json told = first.ask({"customer", "history", id});
  EXPECT_EQ(told["complete"], true);
  const Json& latest = told["items"].at(0);
  EXPECT_EQ(latest["name"], "bob");
  EXPECT_EQ(latest["device_name"], "desk-2");
  EXPECT_EQ(latest["changes"], (Json{{{"field", "city"}, {"label", "City"}, {"from", "Bonn"}, {"to", "York"}}}));
  std::vector<std::string> made;
  for (const Json& step : told["items"])
    if (step["kind"] == "created")
      made.push_back(step["collection"].get<std::string>() + " " + step["name"].get<std::string>());
  std::ranges::sort(made);
  EXPECT_EQ(made, (std::vector<std::string>{"customer ada", "phone ada"}));

  proxy_.cut();
  first.wait_for_mode("contingency");
  const Outcome away = first.run({"customer", "history", id});
  EXPECT_EQ(away.status, 75);
  EXPECT_NE(away.err.find("[hub-away]"), std::string::npos) << away.err;
}

}  // namespace
}  // namespace holdline::process
