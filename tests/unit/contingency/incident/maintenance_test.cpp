#include "contingency/incident/maintenance.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t window_hour_ms = 3'600'000;
constexpr std::int64_t starts_ms = 100 * window_hour_ms;

MaintenanceWindow window() {
  MaintenanceWindow made;
  made.scopes = {"acme"};
  made.starts_ms = starts_ms;
  made.ends_ms = starts_ms + 2 * window_hour_ms;
  made.reason = "New database";
  made.person = "ivo";
  return made;
}

std::vector<std::string> told(std::int64_t from_ms, std::int64_t to_ms, const MaintenanceWindow& of = window()) {
  std::vector<std::string> names;
  for (const WindowNotice& notice : due_notices({of}, from_ms, to_ms)) names.emplace_back(name_of(notice.notice));
  return names;
}

TEST(Maintenance, IsAnnouncedADayAnHourAndTenMinutesBefore) {
  std::vector<std::string> all;
  for (std::int64_t at = 0; at < 110 * window_hour_ms; at += 60'000)
    for (auto& name : told(at, at + 60'000)) all.push_back(name);
  EXPECT_EQ(all, (std::vector<std::string>{"day-before", "hour-before", "soon", "starts", "ends"}));
}

TEST(Maintenance, OfMissedWarningsOnlyTheLatestIsTold) {
  EXPECT_EQ(told(0, starts_ms - 5 * 60'000), std::vector<std::string>{"soon"});
  EXPECT_EQ(told(0, starts_ms - 2 * window_hour_ms), std::vector<std::string>{"day-before"});
  EXPECT_EQ(told(0, starts_ms + 1), std::vector<std::string>{"starts"}) << "no warning of what has begun";
  EXPECT_EQ(told(0, starts_ms + 9 * window_hour_ms), (std::vector<std::string>{"starts", "ends"}));
  MaintenanceWindow off = window();
  off.cancelled = true;
  EXPECT_TRUE(told(0, starts_ms + 9 * window_hour_ms, off).empty());
}

TEST(Maintenance, IsCheckedWhenItIsPlanned) {
  EXPECT_TRUE(check(window(), 0));
  MaintenanceWindow bad = window();
  bad.ends_ms = bad.starts_ms;
  EXPECT_EQ(check(bad, 0).error().code, "window-malformed");
  EXPECT_EQ(check(window(), starts_ms + 3 * window_hour_ms).error().code, "window-malformed");
  bad = window();
  bad.reason.clear();
  EXPECT_EQ(check(bad, 0).error().code, "reason-missing");
  bad = window();
  bad.scopes.clear();
  EXPECT_EQ(check(bad, 0).error().code, "scope-malformed");
}

}  // namespace
}  // namespace holdline::contingency
