// Clocks that are wrong, that jump, and that went on while the machine slept.
#include <gtest/gtest.h>

#include "tests/process/preload/false_clock.hpp"
#include "tests/process/support/behind_proxy.hpp"

namespace holdline::process {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr std::chrono::hours day{24};

// A centre with one workstation whose clock is false.
class Clocks : public ::testing::Test {
 protected:
  Clocks() {
    desk_.start();
    desk_.join(centre_.hub());
    desk_.wait_for("online");
  }

  Centre centre_;
  Desk desk_{centre_.directory(), "desk-1"};
  FalseClock clock_{desk_.daemon(), centre_ / "desk-1.clock"};
};

struct WrongTime {
  const char* name;
  std::function<void(FalseClock&)> set;
  const char* trouble;  // what the status says; empty: the hub is reached all the same
};

std::vector<WrongTime> wrong_times() {
  const char* const late = "has expired. Check this computer's clock";
  const auto ahead = [](auto by) { return [by](FalseClock& clock) { clock.set_ahead(by); }; };
  const auto at = [](sys_days date) { return [date](FalseClock& clock) { clock.set_to(date + 1h); }; };
  // The hub's certificate is valid from an hour before it was made, for 397 days. A workstation knows that it was
  // enrolled since.
  return {{"a minute slow", ahead(-1min), ""},
          {"a minute fast", ahead(1min), ""},
          {"a day slow", ahead(-day), ""},
          {"a day fast", ahead(day), ""},
          {"1970", at(sys_days(1970y / 1 / 1)), ""},
          {"2000", at(sys_days(2000y / 1 / 1)), ""},
          {"2038", at(sys_days(2038y / 1 / 20)), late},
          {"2100", at(sys_days(2100y / 3 / 1)), late}};
}

using WrongClock = Clocks;

TEST_F(WrongClock, KeepsNobodyFromSavingIsNamedWhereItMattersAndOrdersNothing) {
  std::vector<std::string> notes;
  for (const WrongTime& wrong : wrong_times()) {
    SCOPED_TRACE(wrong.name);
    desk_.daemon().kill();
    wrong.set(clock_);
    desk_.start();
    desk_.sign_in(centre_.hub());
    desk_.add_entry(notes.emplace_back(wrong.name));
    if (*wrong.trouble != '\0') {
      desk_.until("the trouble with the clock", [&] {
        const Json sync = desk_.status()["sync"];
        return sync.contains("error") &&
               sync["error"]["message"].get<std::string>().find(wrong.trouble) != std::string::npos;
      });
      EXPECT_EQ(desk_.mode(), "contingency");
      EXPECT_EQ(desk_.waiting(), 1U);
      clock_.set_ahead(0ms);
      EXPECT_EQ(desk_.run({"sync"}).status, 0);
    }
    desk_.wait_for("drained");
    desk_.until("the entry back", [&] { return change_of(desk_.status()) == notes.size(); });
  }

  desk_.wait_until_equal_to(centre_.hub());
  // The ledger's order is that of arrival, whatever time the entries bear.
  std::map<std::uint64_t, std::string> by_change;
  const Json listed = desk_.ask({"entry", "list"})["items"];
  for (const Json& item : listed) by_change[std::stoull(item["cn"].get<std::string>())] = item["fields"]["note"];
  std::vector<std::string> order;
  for (const auto& [change, note] : by_change) order.push_back(note);
  EXPECT_EQ(order, notes);
}

TEST_F(WrongClock, IsToldByTheStatus) {
  clock_.set_ahead(49h);
  desk_.daemon().kill();
  desk_.start();
  desk_.wait_for("online");

  const std::string shown = desk_.run({"status"}).out;

  EXPECT_NE(shown.find("clock\t2 days ahead of the hub's"), std::string::npos) << shown;
}

// A dead battery: the computer wakes in another century, at first without the hub.
TEST_F(WrongClock, ThatIsBehindWhatWasHeardIsToldWithoutTheHubAndWithIt) {
  EXPECT_EQ(desk_.status()["health"], Json::array());
  centre_.hub().daemon().stop();
  desk_.daemon().kill();
  clock_.set_to(sys_days(2000y / 1 / 1));
  desk_.start();

  const Json health = desk_.status()["health"];
  ASSERT_EQ(health.size(), 1U) << health;
  EXPECT_EQ(health[0]["code"], "clock-behind");
  EXPECT_NE(health[0]["message"].get<std::string>().find("2000-01-01"), std::string::npos) << health;

  centre_.hub().start();
  desk_.sign_in(centre_.hub());
  EXPECT_EQ(desk_.run({"sync"}).status, 0);
  desk_.wait_for("online");
  EXPECT_NE(desk_.run({"status"}).out.find("days behind the hub's"), std::string::npos);
  EXPECT_EQ(desk_.status()["health"], Json::array()) << "told once";
}

// A computer out of the box whose battery is dead: the code names the authority, and that signs nothing for the future.
TEST(DeadClock, DoesNotKeepAComputerFromBeingEnrolled) {
  Centre centre;
  Desk desk(centre.directory(), "desk-1");
  FalseClock clock(desk.daemon(), centre / "desk-1.clock");
  clock.set_to(sys_days(1970y / 1 / 2));
  desk.start();
  desk.join(centre.hub());
  desk.wait_for("online");
  desk.add_entry("typed in 1970");
  desk.wait_for("drained");
}

// The earlier of two edits comes from a clock that is a day fast, and from a machine that slept since.
TEST_F(WrongClock, DoesNotMakeAnEarlierEditTheLatest) {
  Desk& right = centre_.add_desk("desk-2");
  const std::string customer = right.ask({"customer", "add", "given=Ann", "family=Miller"})["created"][0];
  const auto language = [&](const Desk& desk) { return desk.ask({"customer", "show", customer})["fields"]["lang"]; };
  desk_.until("the customer", [&] { return desk_.run({"customer", "show", customer}).status == 0; });
  right.wait_for("drained");
  centre_.hub().daemon().stop();

  clock_.set_ahead(day);
  desk_.ask({"customer", "edit", customer, "lang=de"});
  clock_.sleep(10min);
  right.ask({"customer", "edit", customer, "lang=fr"});
  centre_.hub().start();

  for (const Desk* desk : {&desk_, &right}) {
    desk->wait_for("drained");
    desk->until("the later edit", [&] { return language(*desk) == "fr" && desk->mode() == "online"; });
    desk->wait_until_equal_to(centre_.hub());
    EXPECT_EQ(language(*desk), "fr");
  }
}

using JumpingClock = Clocks;

// What waits goes by the time since the machine started: a wall clock that jumps neither stretches nor ends anything.
TEST_F(JumpingClock, LeavesSignInAndTimersAlone) {
  std::vector<std::string> notes;
  for (const std::chrono::minutes jump : {-30min, 1'200min, -30min}) {
    centre_.hub().daemon().kill();
    desk_.wait_for_mode("contingency");
    clock_.set_ahead(jump);
    desk_.add_entry(notes.emplace_back("ahead by " + std::to_string(jump.count())));
    EXPECT_EQ(desk_.ask({"status"})["person"]["name"], supervisor) << "still signed in";
    EXPECT_LE(desk_.status()["sync"]["wake_in_ms"].get<std::int64_t>(), 60'000);
    centre_.hub().start();
    // By itself: nobody asks for it.
    desk_.until("the entry at the hub and back", [&] { return change_of(desk_.status()) == notes.size(); });

    // A long poll is under way now, and beside it a connection for pushes stays open.
    desk_.add_entry(notes.emplace_back("beside the poll " + std::to_string(jump.count())));
    desk_.until("that beside the poll", [&] { return change_of(desk_.status()) == notes.size(); });
    clock_.set_ahead(-jump / 2);
    desk_.add_entry(notes.emplace_back("back by " + std::to_string(jump.count())));
    desk_.until("that as well", [&] { return change_of(desk_.status()) == notes.size(); });
  }
  desk_.wait_until_equal_to(centre_.hub());
  EXPECT_EQ(sorted(desk_.entry_notes()), sorted(notes));
}

}  // namespace
}  // namespace holdline::process
