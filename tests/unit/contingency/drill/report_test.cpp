#include "contingency/drill/report.hpp"

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t declared_ms = 1'770'000'000'000;

Incident a_drill() {
  Incident drill;
  drill.declared.id.bytes[0] = 7;
  drill.declared.title = "quarterly";
  drill.declared.scopes = {"acme/london"};
  drill.declared.drill = true;
  drill.steps.push_back({ServiceTrigger::declare, {"sue", by_supervisor, "the drill of March", declared_ms}});
  drill.exceptions.push_back({"desks-silent", {"sue", by_supervisor, "switched off", declared_ms + 900}});
  return drill;
}

TEST(DrillReportTest, SaysWhoTookPartHowLongItTookAndWhatFailed) {
  const Incident drill = a_drill();
  DrillFacts facts{
      &drill,
      {{"Manual entry", "bob", "desk 2", declared_ms + 42'000}, {"Callback", "", "desk 2", declared_ms + 90'000}},
      declared_ms - 30'000,
      {"desk 3", "desk 2"},
      {"ivy"},
      2,
      {"notice: FAILED"},
      ReadyDesks{1, 2},
      ReadyDesks{2, 2}};
  const DrillReport report = report_of(facts, declared_ms + 600'000);
  EXPECT_EQ(report.to_declare_ms, 30'000);
  EXPECT_EQ(report.to_first_entry_ms, 42'000);
  EXPECT_EQ(report.taken.at("Callback"), 1U);
  EXPECT_EQ(report.people, (std::vector<std::string>{"bob", "ivy", "sue"}));
  EXPECT_EQ(report.absent, std::vector<std::string>{"desk 3"});
  EXPECT_EQ(report.failed, (std::vector<std::string>{"notice: FAILED", "2 sheets of paper were not accounted for.",
                                                     "Left as it was: desks-silent (sue: switched off)"}));
  EXPECT_EQ(report.ready_before, (ReadyDesks{1, 2}));
  EXPECT_EQ(decode_drill_report(encode_json(report)), report);
}

TEST(DrillReportTest, OneSheetIsOneAndWhatIsKeptOfItsBeginningIsNoReport) {
  const Incident drill = a_drill();
  DrillFacts facts{&drill, {{"Entry", "bob", "", declared_ms}}, {}, {}, {}, 1, {}, {}, {}};
  EXPECT_EQ(report_of(facts, declared_ms).failed.front(), "1 sheet of paper was not accounted for.");
  EXPECT_EQ(decode_ready_desks(encode_json(ReadyDesks{571, 600})), (ReadyDesks{571, 600}));
  EXPECT_FALSE(decode_drill_report(encode_json(ReadyDesks{571, 600})));
  EXPECT_FALSE(decode_ready_desks(encode_json(report_of(facts, declared_ms))));
}

TEST(DrillReportTest, OfALargeSiteAsMuchIsKeptAsFitsAndTheRestIsCounted) {
  const Incident drill = a_drill();
  DrillFacts facts{&drill, {}, {}, {}, {}, 0, {}, {}, {}};
  for (int desk = 0; desk < 600; ++desk) facts.desks.push_back("workstation-" + std::to_string(desk));
  const std::string text = encode_json(report_of(facts, declared_ms));
  EXPECT_LE(text.size(), drill_report_bytes);
  const auto kept = decode_drill_report(text);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->absent.size() + kept->left_out, 600U);
  EXPECT_FALSE(kept->to_first_entry_ms);
  EXPECT_FALSE(decode_drill_report("{}"));
}

}  // namespace
}  // namespace holdline::contingency
