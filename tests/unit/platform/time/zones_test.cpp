#include "platform/time/zones.hpp"

#include <string>

#include <gtest/gtest.h>

namespace holdline::platform {
namespace {

TEST(TimeZones, AreThoseOfTheMachine) {
  for (const char* name : {"Europe/London", "America/Argentina/Buenos_Aires", "UTC", "Asia/Calcutta"})
    EXPECT_EQ(time_zone_named(name).value_or(""), name);
  EXPECT_EQ(time_zone_named("europe/LONDON").value_or(""), "Europe/London");
  for (const std::string name : {"Mars/Base", "", "/etc/passwd", "../zoneinfo/UTC", "Europe", "posix/UTC", "tzdata.zi",
                                 "Factory", "Europe/London\n"})
    EXPECT_FALSE(time_zone_named(name)) << name;
  EXPECT_FALSE(time_zone_named(std::string(70, 'a')));
}

}  // namespace
}  // namespace holdline::platform
