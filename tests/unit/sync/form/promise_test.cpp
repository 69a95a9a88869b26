#include "sync/form/promise.hpp"

#include <gtest/gtest.h>

#include "sync/base/timestamp.hpp"

namespace holdline::sync {
namespace {

constexpr std::string_view london = "Europe/London", kolkata = "Asia/Kolkata";

// The rules of 2027, as a desk's library knows them.
std::optional<std::int64_t> offset_2027(std::string_view zone, std::int64_t unix_ms) {
  if (zone == kolkata) return 19'800'000;
  if (zone != london) return std::nullopt;
  const bool summer = unix_ms >= *parse_time("2027-03-28T01:00:00Z") && unix_ms < *parse_time("2027-10-31T01:00:00Z");
  return summer ? 3'600'000 : 0;
}

class PromiseTest : public testing::Test {
 protected:
  // "moment code?" of what was typed for the beginning of a promise.
  std::string read(std::string_view typed, std::string_view zone) {
    std::vector<Finding> findings;
    const auto moment = read_zoned_time(start(), site, zone, typed, findings);
    std::string told = moment ? format_time(*moment).substr(0, 16) : "none";
    for (const Finding& finding : findings)
      told += " " + finding.code + (finding.weight == Weight::asked ? "?" : finding.weight == Weight::told ? "!" : "");
    return told;
  }
  std::string hint(std::string_view utc, std::string_view zone, std::string_view of_customer = {}) {
    Record record;
    record.fields.resize(callbacks.fields.size());
    if (!zone.empty()) record.fields[*start().zone] = std::string(zone);
    const std::vector<FieldChange> changes{
        {*callbacks.field("promise_start"), Value(Null{}), *parse_time(utc), {}, {}}};
    const auto findings = outside_hours(schema, callbacks, record, changes, site, of_customer);
    return findings.empty() ? "" : findings.front().message;
  }
  const Field& start() const { return callbacks.fields[*callbacks.field("promise_start")]; }

  const Schema schema = *Schema::parse(default_schema_text());
  const Collection& callbacks = *schema.collection("callback_request");
  const Site site{"GB", {}, offset_2027};
};

TEST_F(PromiseTest, ATimeWithoutAnOffsetIsOfTheZoneBesideIt) {
  EXPECT_EQ(read("2027-07-01T09:00", london), "2027-07-01T08:00");
  EXPECT_EQ(read("2027-01-05 09:00:30", london), "2027-01-05T09:00");
  EXPECT_EQ(read("2027-07-01T09:00", kolkata), "2027-07-01T03:30");
  EXPECT_EQ(read("2027-07-01T09:00", ""), "none no-time-zone");
  EXPECT_EQ(read("2027-07-01T09:00", "Mars/Base"), "none no-such-time-zone");
  EXPECT_EQ(read("tomorrow", london), "none wrong-type");
}

TEST_F(PromiseTest, TheNightsOnWhichClocksAreSetArePointedOut) {
  EXPECT_EQ(read("2027-03-28T00:59", london), "2027-03-28T00:59");
  EXPECT_EQ(read("2027-03-28T01:30", london), "none clock-skips-it");
  EXPECT_EQ(read("2027-03-28T02:00", london), "2027-03-28T01:00");
  EXPECT_EQ(read("2027-10-31T01:30", london), "2027-10-31T00:30 clock-shows-it-twice?");
  EXPECT_EQ(read("2027-10-31T01:30+00:00", london), "2027-10-31T01:30");
  EXPECT_EQ(read("2027-10-31T02:00", london), "2027-10-31T02:00");
  std::vector<Finding> findings;
  read_zoned_time(start(), site, london, "2027-03-28T01:30", findings);
  EXPECT_EQ(findings.front().message,
            "Promise start does not exist: in Europe/London clocks are put forward to 2027-03-28 02:00 that night, and "
            "none shows 2027-03-28 01:30. Agree on another time.");
}

TEST_F(PromiseTest, AnOffsetThatTheZoneDoesNotHaveIsAskedAbout) {
  EXPECT_EQ(read("2027-07-01T09:00+05:30", london), "2027-07-01T03:30 other-offset?");
  EXPECT_EQ(read("2027-07-01T09:00+01:00", london), "2027-07-01T08:00");
  EXPECT_EQ(read("2027-07-01T08:00Z", london), "2027-07-01T08:00");  // programs speak UTC
  EXPECT_EQ(read("2027-07-01T09:00+05:30", ""), "2027-07-01T03:30");
}

TEST_F(PromiseTest, CallsAtNightAreHintedAtByTheClockOfWhoIsCalled) {
  EXPECT_EQ(hint("2027-07-01T02:00:00Z", london),
            "Promise start is Thursday 03:00 in Europe/London, and people may be called from 08:00 to 21:00 (usual "
            "practice under Ofcom's persistent misuse policy of 2017).");
  EXPECT_EQ(hint("2027-07-01T10:00:00Z", london), "");
  EXPECT_NE(hint("2027-07-04T10:00:00Z", london), "");       // a Sunday
  EXPECT_NE(hint("2027-07-01T20:00:00Z", "", kolkata), "");  // 01:30 of the customer's
  EXPECT_EQ(hint("2027-07-01T02:00:00Z", ""), "");           // nobody knows where
}

}  // namespace
}  // namespace holdline::sync
