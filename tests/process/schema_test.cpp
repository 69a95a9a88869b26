// The forms change while people work: a hub takes another version of the schema, and workstations follow.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the schema: " + std::string(from));
  return text.replace(at, from.size(), to);
}

class ChangedForms : public ::testing::Test {
 protected:
  std::string shown() { return centre_.hub().run({"schema", "show"}).out; }
  std::string file_of(const std::string& text) {
    const Path file = centre_ / "next.toml";
    write_text(file, text);
    return file.string();
  }
  // A field more, an option more, a longer name; what an entry costs is not asked for any more.
  std::string next() {
    std::string text = with(shown(), "\nversion = 6", "\nversion = 7");
    text = with(text, "recorded_at = { no = 14,",
                "shift = { no = 60, type = \"text\", max_length = 40, form_position = 7 }\n"
                "recorded_at = { no = 14,");
    text = with(text, "\"message\", \"order_request\"", "\"message\", \"chat\", \"order_request\"");
    text = with(text, "name = { no = 8, type = \"text\", max_length = 120",
                "name = { no = 8, type = \"text\", max_length = 160");
    text = with(text, "updated_at = { no = 23,",
                "nickname = { no = 60, type = \"text\", max_length = 40, search = \"name\", form_position = 14 }\n"
                "updated_at = { no = 23,");
    return with(text, "amount = { no = 9,", "amount = { retired = true, no = 9,");
  }
  void apply_next() {
    const Outcome applied = centre_.hub().run({"schema", "apply", file_of(next())});
    ASSERT_EQ(applied.status, 0) << applied.out << applied.err;
    std::printf("%s", applied.out.c_str());
  }
  static void wait_for_forms(Desk& desk, int version) {
    desk.until("forms of version " + std::to_string(version), [&] { return desk.status()["forms"] == version; });
  }
  static void cut_off(Desk& desk) {
    desk.daemon().stop();
    desk.expect_hub_at(1);
    desk.start();
  }
  void connect(Desk& desk) {
    desk.daemon().stop();
    desk.expect_hub_at(centre_.hub().port());
    desk.start();
  }
  static Json entry_of(Desk& desk, const std::string& note) {
    const Json told = desk.ask({"entry", "list", "--limit", "100"});
    Json found;
    for (const Json& item : told["items"])
      if (item["fields"]["note"] == note) found = item["fields"];
    return found;
  }

  Centre centre_;
};

TEST_F(ChangedForms, ReachARunningDeskAndOneThatWasAwayWithAFullOutbox) {
  Desk &open = centre_.add_desk("open"), &away = centre_.add_desk("away");
  open.wait_for("online");
  away.wait_for("online");
  cut_off(away);
  for (int i = 0; i < 5; ++i)
    away.ask({"entry", "add", "kind=payment", "name=Ann", "amount=" + std::to_string(4200 + i),
              "note=away " + std::to_string(i)});
  const auto process = open.daemon().pid();

  const Outcome dry = centre_.hub().run({"schema", "apply", "--dry-run", file_of(next())});
  EXPECT_EQ(dry.status, 0) << dry.err;
  EXPECT_NE(dry.out.find("manual_entry.shift: a new field"), std::string::npos) << dry.out;
  EXPECT_NE(dry.out.find("manual_entry.amount: retired"), std::string::npos) << dry.out;
  EXPECT_EQ(open.status()["forms"], 6);
  apply_next();

  wait_for_forms(open, 7);
  const std::string long_name(150, 'n');
  open.ask({"entry", "add", "kind=chat", "name=" + long_name, "shift=Nightshift", "note=open"});
  open.ask({"customer", "add", "family=Lovelace", "nickname=Addie"});
  EXPECT_EQ(open.daemon().pid(), process) << "not restarted";
  EXPECT_EQ(away.status()["forms"], 6);
  connect(away);
  away.wait_for("drained");
  wait_for_forms(away, 7);

  for (Desk* desk : {&open, &away}) {
    desk->wait_for("drained");
    desk->wait_until_equal_to(centre_.hub());
    EXPECT_EQ(sorted(desk->entry_notes()),
              (std::vector<std::string>{"away 0", "away 1", "away 2", "away 3", "away 4", "open"}));
    EXPECT_EQ(entry_of(*desk, "away 3")["amount"], 4203) << "what is retired is kept and shown";
    EXPECT_EQ(entry_of(*desk, "open")["shift"], "Nightshift");
    EXPECT_EQ(entry_of(*desk, "open")["name"], long_name);
    const Json found = desk->ask({"customer", "search", "addie"});
    EXPECT_EQ(found["items"].size(), 1u) << found.dump();
  }
  const Json status = centre_.hub().ask({"status", "--json"});
  EXPECT_EQ(status["quarantined"], 0);
  EXPECT_EQ(status["waiting"], 0);
}

TEST_F(ChangedForms, AreRefusedWhereWhatIsStoredOrOnItsWayWouldNotFit) {
  const std::string text = with(shown(), "\nversion = 6", "\nversion = 7");
  const Outcome refused =
      centre_.hub().run({"schema", "apply",
                         file_of(with(with(text, "city = { no = 20, type = \"text\", max_length = 80",
                                           "city = { no = 20, type = \"text\", max_length = 60"),
                                      "amount = { no = 9, type = \"integer\", minimum = 0,",
                                      "amount = { no = 9, type = \"text\", max_length = 9,"))});
  EXPECT_EQ(refused.status, 3);
  EXPECT_NE(refused.out.find("customer.city: shorter: 60 characters instead of 80: cannot be: longer values may be "
                             "stored, and more be on their way"),
            std::string::npos)
      << refused.out;
  EXPECT_NE(refused.out.find("manual_entry.amount: another type: cannot be: add a new field and retire this one"),
            std::string::npos)
      << refused.out;
  EXPECT_NE(refused.out.find("Nothing was changed: version 6 stays in use."), std::string::npos) << refused.out;
  std::printf("%s", refused.out.c_str());
  const Outcome broken =
      centre_.hub().run({"schema", "apply", file_of(with(text, "type = \"text\"", "type = \"txt\""))});
  EXPECT_EQ(broken.status, 1);
  EXPECT_NE(broken.err.find("line "), std::string::npos) << broken.err;
}

TEST_F(ChangedForms, AreKeptOverARestartAndTakenByAHubThatDoesNotRun) {
  Desk& desk = centre_.add_desk("desk-1");
  desk.wait_for("online");
  centre_.hub().daemon().stop();
  apply_next();
  desk.add_entry("typed in version 6");
  centre_.hub().start();
  wait_for_forms(desk, 7);
  centre_.hub().daemon().kill();
  desk.daemon().kill();
  centre_.hub().start();
  desk.start();
  desk.wait_for("drained");
  EXPECT_EQ(desk.status()["forms"], 7);
  const Json versions = centre_.hub().ask({"schema", "versions", "--json"});
  ASSERT_EQ(versions["items"].size(), 2u);
  EXPECT_EQ(versions["items"][1]["version"], 7);
  EXPECT_EQ(versions["items"][1]["present"], true);
  desk.wait_until_equal_to(centre_.hub());
}

// The ledger was put back to before the change: it does not know the version that entries were made in.
TEST_F(ChangedForms, ThatTheHubHasLostAreWaitedForActionByAction) {
  Desk& desk = centre_.add_desk("desk-1");
  desk.wait_for("online");
  desk.add_entry("before");
  desk.wait_for("drained");
  centre_.hub().daemon().stop();
  copy_directory(centre_.hub().directory(), centre_ / "yesterday");
  centre_.hub().start();
  const std::string text = next();
  apply_next();
  wait_for_forms(desk, 7);
  cut_off(desk);
  desk.ask({"entry", "add", "kind=chat", "name=Ann", "shift=Night", "note=in version 7"});
  centre_.hub().daemon().kill();
  replace_directory(centre_ / "yesterday", centre_.hub().directory());
  centre_.hub().start();
  connect(desk);

  desk.wait_for("online");
  wait_for_forms(desk, 6);
  desk.add_entry("in version 6");
  desk.until("the later entry at the hub", [&] {
    const auto states = desk.action_states();
    return std::ranges::count(states, "waiting") == 1 && desk.waiting() == 0;
  });
  const Json awaited = centre_.hub().ask({"schema", "versions", "--json"})["awaited"];
  ASSERT_EQ(awaited.size(), 1u) << awaited.dump();
  EXPECT_EQ(awaited[0]["version"], 7);
  const Outcome other = centre_.hub().run({"schema", "apply", file_of(text + "\n# another text\n")});
  EXPECT_EQ(other.status, 3) << other.out;
  EXPECT_NE(other.out.find("their entries wait for it"), std::string::npos) << other.out;

  const Outcome applied = centre_.hub().run({"schema", "apply", file_of(text)});
  ASSERT_EQ(applied.status, 0) << applied.out << applied.err;
  wait_for_forms(desk, 7);
  desk.until("the entry that waited in effect", [&] {
    return centre_.hub().ask({"status", "--json"})["waiting"] == 0;
  });
  desk.wait_until_equal_to(centre_.hub());
  EXPECT_EQ(sorted(desk.entry_notes()), (std::vector<std::string>{"before", "in version 6", "in version 7"}));
  EXPECT_EQ(entry_of(desk, "in version 7")["shift"], "Night");
}

}  // namespace
}  // namespace holdline::process
