#include "sync/base/timestamp.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(Timestamp, FormatsUtcWithMilliseconds) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(1'772'357'400'007), "2026-03-01T09:30:00.007Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, ParsesOffsetsAndFractions) {
  EXPECT_EQ(parse_time("2026-03-01T09:30:00Z"), 1'772'357'400'000);
  EXPECT_EQ(parse_time("2026-03-01T10:30:00.0079+01:00"), 1'772'357'400'007);
  EXPECT_EQ(parse_time("2026-02-28 23:30:00-10:00"), parse_time("2026-03-01T09:30:00.000Z"));
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026-03-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:30:00",
        "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00Zx", "2026-03-01T09:30:00+1:00"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Timestamp, WhatIsFormattedParsesBack) {
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{951'782'400'123}, std::int64_t{4'102'444'800'999}})
    EXPECT_EQ(parse_time(format_time(ms)), ms);
}

}  // namespace
}  // namespace holdline::sync
