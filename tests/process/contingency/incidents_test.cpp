// An outage is declared where nothing central answers, at several desks, and is one everywhere afterwards.
#include <gtest/gtest.h>

#include <set>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

class Outages : public ::testing::Test {
 protected:
  Desk& add(const std::string& name) {
    Desk& desk = centre_.add_desk(name);
    desk.wait_for("online");
    return desk;
  }
  static Json contingency(const Desk& desk) { return desk.ask({"contingency", "status"}); }
  static std::string incident_of(const Desk& desk) {
    const Json standing = desk.status()["contingency"];
    return standing["incident"].is_object() ? standing["incident"]["id"].get<std::string>() : std::string();
  }

  Centre centre_;
};

// Five desks would do it like two.
TEST_F(Outages, A4DeclaredWithTheCentreDeadByCodeAndAgainElsewhereAreOneOutage) {
  Desk &first = add("desk-1"), &second = add("desk-2"), &third = add("desk-3");
  const std::vector<Desk*> desks{&first, &second, &third};
  centre_.hub().daemon().stop();

  first.ask({"contingency", "declare", "--word", "declare", "--title", "CRM", "--reason", "it hangs since ten"});
  const std::string code = contingency(first)["incidents"][0]["code"]["code"];
  std::printf("read out: %s\n", code.c_str());
  second.ask({"contingency", "enter", code});
  third.ask({"contingency", "declare", "--word", "declare", "--reason", "nothing answers here"});
  for (Desk* desk : desks) {
    EXPECT_EQ(desk->mode(), "contingency");
    EXPECT_NE(incident_of(*desk), "") << desk->name();
    desk->add_entry("taken at " + desk->name());
  }
  EXPECT_EQ(incident_of(second), incident_of(first)) << "the code is the incident";

  centre_.hub().start();
  for (Desk* desk : desks) desk->wait_for("drained");
  for (Desk* desk : desks) {
    desk->wait_until_equal_to(centre_.hub());
    const Json known = contingency(*desk);
    ASSERT_EQ(known["outages"].size(), 1U) << known.dump(1);
    EXPECT_EQ(known["mode"], "contingency") << "the hub answers, and people have not said that it is over";
    std::set<std::string> names;
    std::size_t declarations = 0;
    for (const Json& incident : known["incidents"]) {
      names.insert(incident["id"].get<std::string>());
      declarations += incident["steps"].size();
    }
    EXPECT_EQ(declarations, 3U) << "each is kept, with who and why";
    const Json entries = desk->ask({"entry", "list"});
    ASSERT_EQ(entries["items"].size(), 3U);
    for (const Json& entry : entries["items"])
      EXPECT_TRUE(names.contains(entry["fields"].value("incident", ""))) << entry.dump();
  }
  EXPECT_EQ(centre_.hub().ask({"status", "--json"})["quarantined"], 0);
}

TEST_F(Outages, WhatOneDeskDeclaresAndClosesHoldsAtTheOtherWhileTheHubAnswers) {
  Desk &first = add("desk-1"), &second = add("desk-2");
  first.ask({"contingency", "declare", "--reason", "CRM hangs", "--word", "declare"});
  second.wait_for_mode("contingency");
  second.add_entry("by hand");
  second.ask({"contingency", "recover", "--reason", "IT says so", "--override"});
  first.wait_for_mode("recovering");
  first.wait_for("drained");
  for (const Json& point : Json(contingency(first)["incidents"][0]["checklist"])) {
    if (point["point"] == "desks-silent") {
      EXPECT_EQ(point["left"], 0) << "the hub has heard of both";
    }
    if (point["done"] == false) first.ask({"contingency", "except", point["point"], "--reason", "asked at every desk"});
  }
  second.until("the exceptions", [&] {
    const Json points = contingency(second)["incidents"][0]["checklist"];
    return std::ranges::all_of(points, [](const Json& point) { return point["done"] == true; });
  });
  second.ask({"contingency", "close", "--reason", "nothing is left"});
  for (Desk* desk : {&first, &second}) desk->wait_for_mode("online");
}

}  // namespace
}  // namespace holdline::process
