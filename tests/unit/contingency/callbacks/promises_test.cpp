// What is promised is no more than the floor can serve, also by desks that hear of nobody.
#include "contingency/callbacks/promise/promises.hpp"

#include <gtest/gtest.h>

#include "contingency/callbacks/cases.hpp"
#include "contingency/callbacks/promise/capacity.hpp"
#include "platform/time/zones.hpp"
#include "sync/base/timestamp.hpp"
#include "tests/unit/contingency/callbacks/support.hpp"

namespace holdline::contingency {
namespace {

constexpr std::int64_t promise_minute = 60'000;

std::int64_t at(const char* text) { return *sync::parse_time(text); }

PromiseCapacity capacity(const char* since, std::uint32_t calls, std::vector<std::string> stations) {
  return {"acme/london", "Europe/London", "09:00", "17:00", {}, 60, calls, std::move(stations), at(since)};
}

TEST(PromisesTest, DesksWithoutContactNeverPromiseMoreThanTheFloorCanServe) {
  std::vector<std::string> desks;
  for (int n = 0; n < 7; ++n) desks.push_back("PC-" + std::to_string(n));
  std::map<std::string, std::uint32_t> over_a_day;
  for (std::int64_t of_day = 0; of_day < 24; ++of_day) {
    const PromiseWindow window{"acme/london", of_day * 60 * promise_minute, (of_day + 1) * 60 * promise_minute, 10};
    std::uint32_t together = 0;
    for (const auto& [desk, share] : shares_of(window, desks)) together += share, over_a_day[desk] += share;
    EXPECT_EQ(together, 10U);
  }
  for (const auto& [desk, share] : over_a_day) EXPECT_NEAR(share, 240.0 / 7, 3) << desk << ": nobody always gets less";
  PromiseRoom room;
  room.take({"q", 0, 60 * promise_minute, 10}, 1);
  room.take({"q", 60 * promise_minute, 120 * promise_minute, 10}, 1);
  EXPECT_TRUE(room.promise("q", 0));
  EXPECT_EQ(room.promise("q", 0).error().code, "window-full");
  ASSERT_EQ(room.offers("q", 0).size(), 1U);
  EXPECT_EQ(room.offers("q", 0).front().window.start_ms, 60 * promise_minute);
}

TEST(PromisesTest, WindowsGoByTheClockOfTheirPlaceAlsoWhenItChanges) {
  PromiseCapacity weekdays = capacity("2027-03-01T00:00:00Z", 4, {"PC-1"});
  weekdays.days = {"mon", "tue", "wed", "thu", "fri"};
  const auto days =
      windows_between({&weekdays, 1}, platform::zone_offset_ms, at("2027-03-26T00:00:00Z"), at("2027-03-31T00:00:00Z"));
  ASSERT_EQ(days.size(), 24U) << "Friday, Monday, Tuesday";
  EXPECT_EQ(days.at(0).window.start_ms, at("2027-03-26T09:00:00Z"));
  EXPECT_EQ(days.at(8).window.start_ms, at("2027-03-29T08:00:00Z")) << "clocks were put forward on Sunday";
  PromiseCapacity whole = capacity("2027-03-01T00:00:00Z", 4, {"PC-1"});
  whole.opens = "00:00";
  whole.closes = "24:00";
  const auto night = [&](const char* from, const char* until) {
    return windows_between({&whole, 1}, platform::zone_offset_ms, at(from), at(until)).size();
  };
  EXPECT_EQ(night("2027-03-28T00:00:00Z", "2027-03-28T23:00:00Z"), 23U);
  EXPECT_EQ(night("2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z"), 25U);
  for (const auto& [opens, closes] : {std::pair("9:00", "17:00"), std::pair("17:00", "09:00"),
                                      std::pair("09:00", "25:00"), std::pair("09:00", "09:30"), std::pair("", "")}) {
    PromiseCapacity wrong = weekdays;
    wrong.opens = opens;
    wrong.closes = closes;
    EXPECT_EQ(check_capacity(wrong).error().code, "capacity-malformed") << opens;
  }
}

// Three desks promise as much as they may, one of them without having heard of the second division.
TEST(PromisesTest, ADivisionAnewCountsFromWhereNobodyCanHavePromised) {
  const std::int64_t now = at("2027-06-07T08:00:00Z");
  const auto first = capacity("2027-06-01T00:00:00Z", 5, {"PC-1", "PC-2"});
  auto second = capacity("2027-06-01T00:00:00Z", 3, {"PC-1", "PC-2", "PC-3"});
  second.since_ms = now + promised_ahead_ms;
  const std::vector both{first, second}, away{first};
  std::map<std::int64_t, std::uint32_t> together;
  for (const auto& [station, knows] : {std::pair("PC-1", both), std::pair("PC-2", away), std::pair("PC-3", both)}) {
    auto room = room_of(knows, station, platform::zone_offset_ms, now);
    for (const auto& one : room.coming("acme/london", now)) {
      while (room.promise("acme/london", one.window.start_ms + promise_minute)) ++together[one.window.start_ms];
    }
  }
  for (const auto& [start, promised] : together)
    EXPECT_LE(promised, start < second.since_ms ? 5U : 3U) << sync::format_time(start);
  EXPECT_EQ(together.size(), 24U);
  auto room = room_of(both, "PC-2", platform::zone_offset_ms, now);
  const auto refused = room.promise("acme/london", at("2027-06-07T20:00:00Z"));
  EXPECT_EQ(refused.error().code, "window-unknown");
  EXPECT_NE(refused.error().message.find("2027-06-08T08:00:00"), std::string::npos) << refused.error().message;
}

TEST(PromisesTest, WhatIsPromisedAnewIsWhatTheCaseIsCalledBy) {
  Cases cases;
  CallbackRequest request = asked(1, "Ada", "+442079460011", "delivery", 1'000);
  request.promise_start_ms = 2'000;
  request.promise_end_ms = 3'000;
  cases.take(request);
  for (const int n : {2, 3}) {
    CaseDecision anew = decided(static_cast<std::uint8_t>(n), CaseDecision::Kind::promised, {1}, {}, n * 1'000);
    anew.promise_start_ms = n * 10'000;
    anew.promise_end_ms = n * 10'000 + 5'000;
    cases.take(anew);
  }
  cases.settle();
  EXPECT_EQ(cases.find(sync_id(1))->promise_start_ms, 30'000);
  EXPECT_EQ(cases.find(sync_id(1))->promise_end_ms, 35'000);
}

}  // namespace
}  // namespace holdline::contingency
