// Hours for calling by the clocks of every zone, on the nights on which clocks change; compared with the C library's.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <set>
#include <sstream>

#include "contingency/callbacks/calling/screen.hpp"
#include "platform/time/country_zones.hpp"
#include "platform/time/zones.hpp"
#include "sync/text/phone_country.hpp"
#include "tests/unit/contingency/callbacks/support.hpp"

namespace holdline::contingency {
namespace {

constexpr std::int64_t a_minute = 60'000, a_hour = 60 * a_minute, a_day = 24 * a_hour;

const ZoneRules machine_rules{platform::zone_offset_ms, platform::zones_of_country, sync::country_of_number};

// 2027-03-28T00:00Z and the like.
std::int64_t utc(int month, int day_of_month, int at_hour, int at_minute = 0) {
  std::tm when{};
  when.tm_year = 2027 - 1900;
  when.tm_mon = month - 1;
  when.tm_mday = day_of_month;
  when.tm_hour = at_hour;
  when.tm_min = at_minute;
  return std::int64_t{timegm(&when)} * 1'000;
}

// Everywhere from 01:30 to 02:30, where clocks are put forward and back; on Sundays not at all after 01:45.
sync::Schema narrow_hours() {
  std::string text(sync::default_schema_text());
  text +=
      "\n[calling_hours.nights]\ncountries = [\"ZZ\"]\nfrom = \"2020-01-01\"\nsource = \"a test\"\n"
      "monday_to_friday = [\"01:30\", \"02:30\"]\nsaturday = [\"23:00\", \"24:00\"]\nsunday = [\"00:15\", \"02:30\"]\n";
  return *sync::Schema::parse(text);
}

std::tm clock_of_c_library(std::int64_t at_ms) {
  const auto seconds = static_cast<std::time_t>(at_ms / 1'000);
  std::tm shown{};
  localtime_r(&seconds, &shown);
  return shown;
}

std::set<std::string> all_zones() {
  std::set<std::string> zones;
  std::ifstream text("/usr/share/zoneinfo/tzdata.zi");
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "Z") zones.insert(first);
    if (kind == "L") zones.insert(second);
  }
  return zones;
}

// The two days around each change of 2027; where there is none, those around London's.
std::vector<Span> nights_of_zone() {
  std::vector<Span> nights;
  for (std::int64_t at = utc(1, 1, 0); at < utc(12, 31, 0); at += 6 * a_hour)
    if (clock_of_c_library(at).tm_gmtoff != clock_of_c_library(at + 6 * a_hour).tm_gmtoff)
      nights.push_back({at - a_day, at + a_day});
  if (nights.empty()) nights = {{utc(3, 27, 1), utc(3, 29, 1)}, {utc(10, 30, 1), utc(10, 31, 1)}};
  return nights;
}

TEST(HoursTest, EveryZoneIsOpenExactlyWhenItsClockSaysSoOnTheNightsOfChange) {
  const sync::Schema schema = narrow_hours();
  const auto& hours = *schema.calling_hours("ZZ", 21'000);
  const std::string before = getenv("TZ") != nullptr ? getenv("TZ") : "";
  std::size_t zones = 0, nights = 0, moments = 0, open_ones = 0;
  for (const std::string& zone : all_zones()) {
    setenv("TZ", zone.c_str(), 1);
    tzset();
    ++zones;
    for (const Span night : nights_of_zone()) {
      ++nights;
      const Spans spans = open_spans(schema, machine_rules, "ZZ", zone, night);
      for (std::int64_t at = night.from_ms; at < night.until_ms; at += 5 * a_minute) {
        const std::tm shown = clock_of_c_library(at);
        const auto& on = hours.on[static_cast<std::size_t>((shown.tm_wday + 6) % 7)];
        const int clock = shown.tm_hour * 60 + shown.tm_min;
        const bool expected = clock >= on.from && clock < on.until;
        const bool open =
            std::ranges::any_of(spans, [&](const Span& span) { return at >= span.from_ms && at < span.until_ms; });
        ASSERT_EQ(open, expected) << zone << " at " << at;
        ++moments;
        open_ones += open ? 1U : 0U;
      }
    }
  }
  before.empty() ? unsetenv("TZ") : setenv("TZ", before.c_str(), 1);
  tzset();
  EXPECT_GT(zones, 500U);
  EXPECT_GT(open_ones, nights);
  std::cout << zones << " zones, " << nights << " nights, " << moments << " moments\n";
}

struct Called {
  std::string number, zone;
  std::vector<std::string> zones;
  std::optional<std::int64_t> next;
};

TEST(HoursTest, WhereSomebodyIsFollowsFromTheBestThatIsKnownAndInDoubtEveryPlaceMustAgree) {
  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  const std::int64_t evening = utc(6, 9, 18, 30);  // a Wednesday, 19:30 in London
  CallingWindows windows(schema, machine_rules, {evening, evening + 8 * a_day});
  const auto next = [&](const std::string& zone, const std::string& country, const std::string& number) {
    return windows.next_open(windows.whereabouts(zone, country, number, "Europe/London"), evening);
  };
  EXPECT_EQ(next("", "", "+442079460018"), evening);
  EXPECT_EQ(next("America/New_York", "", "+442079460018"), evening) << "14:30 there";
  EXPECT_EQ(next("Asia/Tokyo", "", ""), utc(6, 9, 23)) << "08:00 on the next day there";
  EXPECT_EQ(next("Europe/Athens", "GR", ""), utc(6, 10, 5)) << "21:30: over for today";
  EXPECT_EQ(next("", "", "+12025550123"), evening) << "from Honolulu to the east coast all are awake";
  EXPECT_EQ(next("", "US", ""), evening);
  const std::int64_t morning = utc(6, 9, 13);
  EXPECT_EQ(windows.next_open(windows.whereabouts("", "US", "", ""), morning).value_or(0), evening)
      << "what is looked at begins in the evening";
  EXPECT_EQ(next("Mars/Base", "", ""), evening) << "no such zone: as nothing was told";
  EXPECT_EQ(windows.whereabouts("", "", "+12025550123", "").source, Whereabouts::Source::number);
  EXPECT_GT(windows.whereabouts("", "", "+12025550123", "").zones.size(), 6U);
}

class ScreenTest : public testing::Test {
 protected:
  Screening screened(std::int64_t at) {
    cases_.settle();
    CallingWindows windows(schema_, machine_rules, {at, at + 8 * a_day});
    return screen(*cases_.find(sync_id(1)), cases_, {schema_, "Europe/London"}, windows, at);
  }
  static std::string whys(const Screening& screening) {
    std::string text;
    for (const Block& block : screening.blocks) text += std::string(name_of(block.why)) + " ";
    return text;
  }
  CallAttempt tried(std::uint8_t number, std::int64_t at, std::string outcome) {
    return {.id = sync_id(number), .requests = {sync_id(1)}, .number = home_, .started_ms = at, .outcome = outcome};
  }

  const sync::Schema schema_ = *sync::Schema::parse(sync::default_schema_text());
  const std::int64_t noon_ = utc(6, 9, 11);
  const std::string home_ = "+442079460018", mobile_ = "+447700900123";
  Cases cases_;
};

TEST_F(ScreenTest, RefusalsConsentAndDeathHoldWhateverTheHour) {
  auto request = asked(1, "Ada", home_, "x", noon_ - a_hour);
  cases_.take(request);
  EXPECT_TRUE(screened(noon_).now());
  EXPECT_EQ(screened(noon_).number, home_);
  EXPECT_EQ(whys(screened(utc(6, 9, 22))), "outside-hours ");
  cases_.take(NumberRefusal{"acme", home_, unasked_purposes});
  EXPECT_TRUE(screened(noon_).now()) << "a register against advertising does not stop a call they asked for";
  request.purpose = Purpose::marketing;
  cases_.take(request);
  EXPECT_EQ(whys(screened(noon_)), "no-consent do-not-call ");
  EXPECT_FALSE(screened(noon_).ready_ms);
  request.purpose = Purpose::service;
  cases_.take(request);
  cases_.take(NumberRefusal{"acme", home_});
  EXPECT_EQ(whys(screened(noon_)), "do-not-call ");
  request.customer = sync_id(100);
  cases_.take(request);
  cases_.take(CustomerFacts{.customer = sync_id(100), .client = "acme", .numbers = {mobile_}});
  EXPECT_EQ(screened(noon_).number, mobile_) << "another number of theirs";
  cases_.take(CustomerFacts{.customer = sync_id(100), .client = "acme", .numbers = {mobile_}, .deceased = true});
  EXPECT_EQ(whys(screened(noon_)), "deceased ");
}

TEST_F(ScreenTest, TriesAreCountedAndSpacedAndSomeOutcomesCountNone) {
  cases_.take(asked(1, "Ada", home_, "x", noon_ - a_hour));
  cases_.take(tried(60, noon_, "no_answer"));
  const Screening soon = screened(noon_ + a_minute);
  EXPECT_EQ(whys(soon), "gap ");
  EXPECT_EQ(soon.ready_ms, noon_ + 2 * a_hour);
  cases_.take(tried(61, noon_ + 2 * a_hour, "system_unavailable"));
  EXPECT_TRUE(screened(noon_ + 3 * a_hour).now());
  cases_.take(tried(62, noon_ + 3 * a_hour, "voicemail_left"));
  EXPECT_EQ(whys(screened(noon_ + 6 * a_hour)), "number-day ");
  cases_.take(tried(63, noon_ + a_day, "busy"));
  EXPECT_EQ(whys(screened(noon_ + 3 * a_day)), "attempts ");
  CallAttempt wrong = tried(64, noon_ + a_day, "wrong_number");
  cases_.take(wrong);
  EXPECT_EQ(screened(noon_ + 3 * a_day).number, "") << "nobody rings a stranger twice";
}

}  // namespace
}  // namespace holdline::contingency
