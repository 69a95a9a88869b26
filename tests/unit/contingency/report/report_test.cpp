#include "contingency/report/report.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace holdline::contingency {
namespace {

constexpr std::int64_t began = 1'790'000'000'000, minute = 60'000, hour = 60 * minute, day = 24 * hour;

// An outage of two hours, reported eight days later.
ReportFacts quiet_outage() {
  Incident incident;
  incident.declared.id.bytes[0] = 9;
  incident.declared.title = "CRM <down>";
  incident.declared.scopes = {"acme/london"};
  incident.steps = {{ServiceTrigger::declare, {"ada", by_supervisor, "it hangs", began}},
                    {ServiceTrigger::systems_back, {"ada", by_supervisor, "back", began + 90 * minute}},
                    {ServiceTrigger::close, {"ada", by_supervisor, "done", began + 2 * hour}}};
  incident.ended_ms = began + 2 * hour;
  incident.phase = IncidentPhase::closed;
  ReportFacts facts;
  facts.incidents = {incident};
  facts.scopes = {"acme/london"};
  facts.made_ms = began + 8 * day;
  facts.heard_after_ms = facts.made_ms - hour;
  return facts;
}

const Figure& figure(const IncidentReport& report, std::string_view id) {
  for (const ReportSection& section : report.sections) {
    const auto found = std::ranges::find(section.figures, id, &Figure::id);
    if (found != section.figures.end()) return *found;
  }
  throw std::out_of_range(std::string(id));
}

PromiseMade promise(std::int64_t until_ms, std::int64_t reached_ms) {
  PromiseMade made;
  made.reference = "K7M";
  made.promise_end_ms = until_ms;
  made.reached_ms = reached_ms;
  made.tries = reached_ms != 0;
  return made;
}

TEST(IncidentReports, SaysFirstWhoseWorkMayBeMissing) {
  ReportFacts facts = quiet_outage();
  WorkstationTally desk;
  desk.name = "desk-1";
  desk.told_ms = facts.made_ms;
  desk.issued = desk.received = 4;
  WorkstationTally behind = desk, silent = desk, gone = desk;
  behind.issued = 6;
  silent.told_ms = began;
  gone.revoked = true;
  facts.workstations = {desk, behind, silent, gone};
  const IncidentReport report = make_report(facts);
  EXPECT_EQ(report.coverage,
            "Coverage 33 %: 2 of 3 workstations may hold something that is not in this report, and its figures may "
            "rise.");
  EXPECT_EQ(figure(report, "missing").value, 2.0);
  facts.workstations = {desk};
  EXPECT_EQ(make_report(facts).coverage,
            "Coverage 100 %: everything that was taken at 1 workstation is in this report.");
}

TEST(IncidentReports, NamesTheLimitsThatWereHitAndWhatSupervisorsSaid) {
  ReportFacts facts = quiet_outage();
  TakenWork over{"Entry", "payment promise", "desk-1", began + minute, began + minute};
  over.limits = {"item-over", "shift-over"};
  over.approval = "approved";
  TakenWork waiting = over, fine = over;
  waiting.limits = {"item-over"};
  waiting.approval = "waiting";
  fine.limits = {};
  fine.approval = "";
  fine.compared = "the same";
  facts.work = {over, waiting, fine};
  const IncidentReport report = make_report(facts);
  EXPECT_EQ(figure(report, "over-limits").value, 2.0);
  EXPECT_EQ(figure(report, "approvals-waiting").value, 1.0);
  std::map<std::string, std::vector<std::vector<std::string>>> tables;
  for (const ReportSection& section : report.sections)
    for (const ReportTable& table : section.tables) tables[table.id] = table.rows;
  EXPECT_EQ(tables["limits"], (std::vector<std::vector<std::string>>{{"Amount of one entry", "2"},
                                                                     {"Amounts of one person in a shift", "1"}}));
  EXPECT_EQ(tables["compared"], (std::vector<std::vector<std::string>>{{"the same", "1"}}));
}

TEST(IncidentReports, JudgesPromisesByTheirTimeAlone) {
  ReportFacts facts = quiet_outage();
  PromiseMade called_off = promise(began + hour, 0);
  called_off.settled = true;
  facts.promises = {promise(began + day, began + hour),
                    promise(began + hour, began + day),
                    promise(began + hour, 0),
                    promise(facts.made_ms + hour, 0),
                    promise(0, 0),
                    called_off};
  const IncidentReport report = make_report(facts);
  EXPECT_EQ(say(figure(report, "kept")), "33 %");
  EXPECT_EQ(figure(report, "kept").n, 3u);
  for (const char* id : {"late", "missed", "waiting", "no-time", "settled"})
    EXPECT_EQ(figure(report, id).value, 1.0) << id;
  EXPECT_EQ(say(figure(report, "cases")), "not known") << "no case was told";
  const ReportSection& section = report.sections[3];
  ASSERT_EQ(section.id, "promises");
  EXPECT_EQ(section.tables.back().rows.size(), 2u) << "those that were not kept in time";
  EXPECT_EQ(section.charts.front().n, 2u);
}

TEST(IncidentReports, ComparesTheOutageWithOtherDaysAndSaysOfHowMany) {
  ReportFacts facts = quiet_outage();
  sync::Id ann;
  ann.bytes[0] = 1;
  const auto contact = [&](std::int64_t at_ms, std::int64_t takes_ms, std::uint8_t satisfied) {
    facts.contacts.push_back({at_ms, at_ms + takes_ms, ann, "parcel", satisfied, true});
  };
  contact(began + minute, 10 * minute, 2);
  contact(began + 3 * day, 4 * minute, 0);
  contact(began - 20 * day, 2 * minute, 5);
  const IncidentReport report = make_report(facts);
  EXPECT_EQ(say(figure(report, "aht-outage")), "600 s");
  EXPECT_EQ(say(figure(report, "aht-other")), "180 s");
  EXPECT_EQ(say(figure(report, "fcr-outage")), "0 %") << "they came again three days later";
  EXPECT_EQ(say(figure(report, "fcr-other")), "100 %");
  EXPECT_EQ(figure(report, "fcr-other").n, 1u) << "what is not seven days old cannot be judged";
  EXPECT_EQ(say(figure(report, "csat-other")), "5");
}

TEST(IncidentReports, CountsWhatWasTakenWhenItHappened) {
  ReportFacts facts = quiet_outage();
  facts.work = {{"Entry", "message", "desk-1", began + 20 * minute, began + 21 * minute},
                {"Entry", "message", "desk-1", began + 25 * minute, began + 85 * minute}};
  facts.work[1].marked = false;
  const IncidentReport report = make_report(facts);
  EXPECT_EQ(figure(report, "taken").value, 2.0);
  EXPECT_EQ(figure(report, "unmarked").value, 1.0);
  EXPECT_EQ(say(figure(report, "wait-median")), "1 min");
  EXPECT_EQ(say(figure(report, "wait-longest")), "1 h 0 min");
  EXPECT_EQ(say(figure(report, "until-back")), "1 h 30 min");
  const ReportChart& chart = report.sections[2].charts.front();
  EXPECT_EQ(chart.n, 2u);
  EXPECT_LE(chart.bars.size(), 9u);
}

TEST(IncidentReports, IsWrittenWithoutLettingTextsBecomeMarkup) {
  const IncidentReport report = make_report(quiet_outage());
  const std::string html = report_html(report), json = report_json(report);
  EXPECT_EQ(html.find("<down>"), std::string::npos);
  EXPECT_NE(html.find("CRM &lt;down&gt;"), std::string::npos);
  EXPECT_NE(json.find("\"schema\": \"holdline.incident-report/1\""), std::string::npos);
}

}  // namespace
}  // namespace holdline::contingency
