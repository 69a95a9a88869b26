// Paper forms with real daemons: printed and entered with the hub dead, one number once, chased until none is out.
#include <gtest/gtest.h>

#include <set>

#include "platform/os/files.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

class Paper : public ::testing::Test {
 protected:
  Desk& add(const std::string& name) {
    Desk& desk = centre_.add_desk(name);
    desk.wait_for("online");
    // Numbers come beside the people, not with the data.
    desk.until("numbers to print with", [&] { return left(desk) > 0; });
    return desk;
  }
  static std::uint64_t left(const Desk& desk) { return desk.ask({"forms", "list"})["numbers_left"]; }
  // Prints, and answers the numbers of the sheets.
  std::vector<std::string> print(Desk& desk, int count) {
    const std::string out = (centre_ / (desk.name() + ".pdf")).string();
    const Json made =
        desk.ask({"forms", "print", "--form", "manual_entry", "--count", std::to_string(count), "--out", out});
    EXPECT_TRUE(platform::read_file(out, std::size_t{8} << 20)->starts_with("%PDF-"));
    std::vector<std::string> numbers;
    for (const Json& pad : Json(desk.ask({"forms", "list"})["pads"]))
      if (pad["id"] == made["created"][0])
        for (const Json& sheet : pad["outstanding"]) numbers.push_back(sheet["number"]);
    return numbers;
  }
  static Outcome enter(const Desk& desk, const std::string& number, const std::string& note,
                       const std::string& more = "--json") {
    return desk.run({"forms", "enter", number, "kind=message", "note=" + note, "--at", "2026-01-01T08:00:00Z",
                     "--written-by", "eve", more});
  }
  static std::uint64_t outstanding(const Desk& desk) { return desk.ask({"forms", "chase"})["outstanding"]; }
  static Json paper_point(const Desk& desk) {
    const Json incident = desk.ask({"contingency", "status"})["incidents"][0];
    for (const Json& point : incident["checklist"])
      if (point["point"] == "paper-forms-out") return point;
    return nullptr;
  }

  Centre centre_;
};

TEST_F(Paper, TwoDesksPrintWithTheHubDeadAndNoNumberIsTheSame) {
  Desk &first = add("desk-1"), &second = add("desk-2");
  centre_.hub().daemon().stop();
  std::set<std::string> numbers;
  for (Desk* desk : {&first, &second})
    for (const std::string& number : print(*desk, 100)) numbers.insert(number);
  EXPECT_EQ(numbers.size(), 200U);
  EXPECT_EQ(outstanding(first), 100U);
  centre_.hub().start();
  for (Desk* desk : {&first, &second}) desk->wait_for("drained");
  for (Desk* desk : {&first, &second}) desk->until("the other's pad", [&] { return outstanding(*desk) == 200; });
}

TEST_F(Paper, OneSheetEnteredAtTwoDesksWithoutContactIsAConflictAndBothEntriesStay) {
  Desk &first = add("desk-1"), &second = add("desk-2");
  const auto numbers = print(first, 3);
  first.wait_for("drained");
  second.until("the pad", [&] { return outstanding(second) == 3; });
  centre_.hub().daemon().stop();
  ASSERT_EQ(enter(first, numbers[0], "typed at desk 1").status, 0);
  const Outcome again = enter(first, numbers[0], "typed again");
  EXPECT_NE(again.status, 0);
  EXPECT_NE(again.err.find("form-number-taken"), std::string::npos) << again.err;
  ASSERT_EQ(enter(second, numbers[0], "typed at desk 2").status, 0) << "it cannot know";
  centre_.hub().start();
  for (Desk* desk : {&first, &second}) desk->wait_for("drained");
  for (Desk* desk : {&first, &second}) {
    desk->wait_until_equal_to(centre_.hub());
    EXPECT_EQ(sorted(desk->entry_notes()), (std::vector<std::string>{"typed at desk 1", "typed at desk 2"}));
    const Json conflicts = desk->ask({"conflicts", "list"});
    ASSERT_EQ(conflicts["items"].size(), 1U) << conflicts.dump(1);
    EXPECT_NE(enter(*desk, numbers[0], "a third time").status, 0);
    EXPECT_EQ(outstanding(*desk), 2U);
  }
}

TEST_F(Paper, AnIncidentIsNotClosedWhileASheetOfItIsOut) {
  Desk &first = add("desk-1"), &second = add("desk-2");
  centre_.hub().daemon().stop();
  first.ask({"contingency", "declare", "--reason", "CRM hangs", "--word", "declare"});
  const auto numbers = print(first, 4);
  ASSERT_EQ(enter(first, numbers[0], "nothing left to do").status, 0);
  centre_.hub().start();
  first.wait_for("drained");
  second.until("the pad", [&] { return outstanding(second) == 3; });
  // What another desk printed is entered, given up and chased here.
  ASSERT_EQ(enter(second, numbers[1], "still open").status, 0);
  second.ask({"forms", "void", numbers[2], "--reason", "spoiled"});
  EXPECT_EQ(paper_point(second)["left"], 1);
  second.ask({"contingency", "recover", "--reason", "IT says so", "--override"});
  for (const Json& point : Json(second.ask({"contingency", "status"})["incidents"][0]["checklist"]))
    if (point["done"] == false && point["point"] != "paper-forms-out")
      second.ask({"contingency", "except", point["point"], "--reason", "asked at every desk"});
  const Outcome refused = second.run({"contingency", "close", "--reason", "done", "--json"});
  EXPECT_NE(refused.status, 0);
  EXPECT_NE(refused.err.find("1 points of the checklist"), std::string::npos) << refused.err;
  second.ask({"forms", "void", numbers[3], "--reason", "looked everywhere", "--missing"});
  EXPECT_EQ(paper_point(second)["done"], true);
  second.ask({"contingency", "close", "--reason", "nothing is left"});
}

}  // namespace
}  // namespace holdline::process
