// Certificates over the years: renewed by those who hold them, issued again by the hub, and what a wrong clock or a
// copied computer makes of it. The days pass by a false clock, for hub and workstations together or for the hub alone.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/process/preload/calendar.hpp"

namespace holdline::process {
namespace {

using namespace std::chrono_literals;

std::int64_t days_left(const Json& certificate) { return certificate["days_left"].get<std::int64_t>(); }
std::int64_t days_left(const Desk& desk) { return days_left(desk.status()["certificate"]); }
std::string error_code(const Desk& desk) {
  const Json sync = desk.status()["sync"];
  return sync.contains("error") ? sync["error"]["code"].get<std::string>() : std::string();
}

class Years : public ::testing::Test {
 protected:
  Years() {
    hub_.start();
    for (Desk* desk : {&first_, &second_}) {
      calendar_.give_to(*desk);
      desk->start();
      desk->join(hub_);
      desk->wait_for("online");
    }
  }

  Json hub_status() const { return hub_.ask({"status", "--json"}); }
  // The hub looks every few seconds, in which years pass here.
  bool hub_has_looked() const {
    const Json all = hub_status()["certificates"];
    const std::int64_t authority = days_left(all["authority"]);
    return days_left(all["server"]) >= 131 && authority >= 200 &&
           (authority > 730 || all["next_authority"].is_object());
  }
  // The next day of the calendar, on which these workstations are used.
  void live(int day, const std::vector<Desk*>& desks) {
    calendar_.go_to(day);
    first_.until("the hub's certificates", [&] { return hub_has_looked(); });
    for (Desk* desk : desks) {
      desk->sign_in(hub_);
      EXPECT_EQ(desk->run({"sync"}).status, 0);
      desk->until("a certificate that is not due", [&] { return days_left(*desk) >= 30; });
      desk->wait_for("online");
    }
  }
  // Works, and shows how long the certificates are good.
  void work(const std::string& note, const std::vector<Desk*>& desks) {
    const Json certificates = hub_status()["certificates"];
    std::printf("day %4d  %-44s server %4lld  authority %5lld", calendar_.day(), note.c_str(),
                static_cast<long long>(days_left(certificates["server"])),
                static_cast<long long>(days_left(certificates["authority"])));
    for (Desk* desk : desks) {
      desk->add_entry(notes_.emplace_back(desk->name() + " " + note));
      desk->wait_for("drained");
      std::printf("  %s %3lld (%s)", desk->name().c_str(), static_cast<long long>(days_left(*desk)),
                  desk->mode().c_str());
    }
    std::printf("\n");
    std::fflush(stdout);
  }

  platform::Scratch scratch_;
  Hub hub_{scratch_ / "hub"};
  Calendar calendar_{hub_, scratch_ / "calendar"};
  Desk first_{scratch_.path(), "desk-1"};
  Desk second_{scratch_.path(), "desk-2"};
  std::vector<std::string> notes_;
};

TEST_F(Years, PassWithoutAnybodyVisitingADesk) {
  const std::vector<Desk*> both{&first_, &second_};
  const std::string authority = read_text(hub_.directory() / "ca.pem");
  work("enrolled", both);
  live(80, both);
  work("in the last third of the first certificates", both);
  live(91, both);
  work("the first certificates have ended", both);
  second_.add_entry(notes_.emplace_back("kept while away"));
  second_.wait_for("drained");
  second_.daemon().stop();
  live(150, {&first_});
  calendar_.go_to(200);
  second_.start();
  live(200, both);
  work("desk-2 was away, its certificate had ended", both);
  for (int day = 280; day < 397; day += 80) live(day, both);
  live(397, both);
  work("the first server certificate has ended", both);
  for (int day = 470; day < 3650; day += 80) live(day, both);
  live(3651, both);
  work("the first authority has ended", both);

  EXPECT_NE(read_text(hub_.directory() / "ca.pem"), authority);
  EXPECT_EQ(hub_status()["health"], Json::array());
  for (Desk* desk : both) {
    desk->wait_until_equal_to(hub_);
    EXPECT_EQ(sorted(desk->entry_notes()), sorted(notes_));
  }
}

// Everything was off, the hub too: its server certificate ended, and the workstation's longer ago than the grace.
TEST_F(Years, OfRestNeedAnApprovalAndNoVisit) {
  second_.daemon().stop();
  hub_.daemon().stop();
  first_.add_entry("unsent");
  first_.daemon().stop();
  calendar_.go_to(450);
  hub_.start();
  first_.start();
  first_.until("the refusal", [&] { return error_code(first_) == "renewal-needs-approval"; });
  const std::string advice = first_.status()["sync"]["error"]["message"];
  EXPECT_NE(advice.find("holdline-hub device approve " + first_.status()["workstation"]["id"].get<std::string>()),
            std::string::npos)
      << advice;
  EXPECT_EQ(first_.waiting(), 1U);

  EXPECT_EQ(hub_.run({"device", "approve", "desk-1"}).status, 0);
  first_.sign_in(hub_);
  EXPECT_EQ(first_.run({"sync"}).status, 0);

  first_.wait_for("drained");
  EXPECT_GE(days_left(first_), 89);
  EXPECT_GE(days_left(hub_status()["certificates"]["server"]), 396);
}

// A machine without a battery, a mistyped year: the hub alone is in another time, and started there.
TEST(HubInAnotherTime, MakesNoWorkstationEnrolAgain) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  Hub& hub = centre.hub();
  hub.daemon().stop();
  FalseClock clock(hub.daemon(), centre / "hub.clock");
  std::size_t entries = 0;
  for (const int years : {12, 5, -30}) {
    SCOPED_TRACE(years);
    clock.set_ahead(std::chrono::hours(24) * 365 * years);
    hub.start();
    EXPECT_EQ(desk.run({"sync"}).status, 0);
    desk.add_entry("in another time " + std::to_string(++entries));
    // By a clock that is behind every certificate is good.
    if (years > 0) {
      desk.until("the clocks", [&] { return error_code(desk) == "clocks-differ"; });
      EXPECT_EQ(desk.status()["health"][0]["code"], "clocks-differ");
      EXPECT_EQ(desk.waiting(), 1U);
    }
    hub.daemon().stop();
    clock.set_ahead(0ms);
    hub.start();
    EXPECT_EQ(desk.run({"sync"}).status, 0);
    desk.wait_for("drained");
    hub.daemon().stop();
  }
}

// Of two computers with one certificate the first to renew it goes on; the other is told, and keeps what it has.
TEST_F(Years, LetNoCopyOfAComputerGoOnBesideIt) {
  const Path copy = scratch_ / "copy";
  first_.daemon().stop();
  copy_directory(first_.directory(), copy);
  first_.start();
  live(80, {&first_});
  first_.until("the hub has seen the next one",
               [&] { return hub_.daemon().log().find("certificate-changed") != std::string::npos; });
  first_.daemon().stop();
  replace_directory(copy, first_.directory());
  first_.start();
  first_.sign_in(hub_);
  first_.add_entry("typed at the copy");
  EXPECT_EQ(first_.run({"sync"}).status, 0);
  first_.until("the refusal", [&] { return error_code(first_) == "certificate-superseded"; });
  EXPECT_EQ(first_.waiting(), 1U);

  const std::string code = hub_.ask({"enroll-code", "--for", "desk-1", "--json"})["code"];
  const Outcome again = first_.run({"reenroll", code});
  EXPECT_EQ(again.status, 0) << again.err;

  first_.wait_for("drained");
  first_.wait_until_equal_to(hub_);
  EXPECT_EQ(first_.entry_notes(), std::vector<std::string>{"typed at the copy"});
}

}  // namespace
}  // namespace holdline::process
