#include "contingency/readiness/report.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t minute_ms = 60'000, hub_now_ms = 1'800'000'000'000;

WorkstationReport a_report() {
  WorkstationReport report;
  report.seat = {"Lyon", "4", "12"};
  report.copy_as_of_ms = hub_now_ms - 10 * minute_ms;
  report.waiting = 3;
  report.oldest_waiting_ms = 2 * minute_ms;
  report.disk_free_bytes = 5LL << 30;
  report.clock_off_ms = -400;
  report.unlocks_offline = true;
  return report;
}

WorkstationState a_state() {
  return {sync::Id{}, "desk-7", {"acme/lyon"}, false, hub_now_ms, hub_now_ms - 5 * minute_ms, a_report()};
}

TEST(WorkstationReports, SurviveTheWire) {
  WorkstationReport whole = a_report();
  whole.prints = false;
  whole.form_numbers = 12;
  whole.plan_version = 3;
  EXPECT_EQ(decode_report(encode_json(whole)), whole);
  EXPECT_EQ(decode_report(encode_json(a_report())), a_report()) << "what it cannot tell stays unknown";
  WorkstationState silent;
  silent.name = "never seen";
  const Fleet fleet{hub_now_ms, {a_state(), silent}};
  EXPECT_EQ(decode_fleet(encode_json(fleet)), fleet);
}

TEST(WorkstationReports, RefuseWhatIsMissingOrTooLong) {
  std::string text = encode_json(a_report());
  EXPECT_FALSE(decode_report(text.substr(1)));
  EXPECT_FALSE(decode_report("{}"));
  WorkstationReport long_seat = a_report();
  long_seat.seat.row = std::string(seat_bytes + 1, 'x');
  EXPECT_FALSE(decode_report(encode_json(long_seat)));
  EXPECT_FALSE(decode_fleet(R"({"hub_wall_ms":1,"workstations":[{}]})"));
}

// The copy of a workstation that was switched off for the night has not grown old for that.
TEST(WorkstationReports, AreJudgedByWhenTheyWereTold) {
  const auto facts = facts_of(a_state(), hub_now_ms + 8 * 60 * minute_ms);
  EXPECT_EQ(facts.silent_ms, 8 * 60 * minute_ms);
  EXPECT_EQ(facts.copy_age_ms, 5 * minute_ms);
  EXPECT_EQ(facts.entries_stuck, 0u);
  WorkstationState stuck = a_state();
  stuck.report->oldest_waiting_ms = 20 * minute_ms;
  EXPECT_EQ(facts_of(stuck, hub_now_ms).entries_stuck, 3u);
  EXPECT_FALSE(facts_of(WorkstationState{}, hub_now_ms).silent_ms) << "never heard of";
}

TEST(Readiness, AsksOnlyWhatTheSiteUses) {
  ReadinessOptions options;
  EXPECT_FALSE(readiness(facts_of(a_state(), hub_now_ms), options).ready);
  options.uses_paper = options.uses_plan = false;
  EXPECT_TRUE(readiness(facts_of(a_state(), hub_now_ms), options).ready);
}

}  // namespace
}  // namespace holdline::contingency
