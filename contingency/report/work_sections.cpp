// What was taken, promised and called: the sections about people's work in the outage.
#include <algorithm>
#include <map>
#include <set>

#include "contingency/report/sections.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t most_bars = 48;
constexpr std::int64_t quarter_hour_ms = 15 * 60'000, hour_ms = 4 * quarter_hour_ms;

ReportTable counts_table(std::string id, std::string title, std::string column, const std::vector<std::string>& names) {
  ReportTable table{std::move(id), std::move(title), {std::move(column), "How many"}, {}};
  for (const auto& [name, count] : counted(names)) table.rows.push_back({name, std::to_string(count)});
  return table;
}

// Bars of a quarter of an hour, or of as many hours as make them few enough to be read.
ReportChart course_of_work(const ReportFacts& facts) {
  const Interval whole = facts.interval();
  std::int64_t step_ms = quarter_hour_ms;
  while ((whole.until_ms - whole.from_ms) / step_ms >= static_cast<std::int64_t>(most_bars))
    step_ms = step_ms < hour_ms ? hour_ms : step_ms * 2;
  const std::int64_t first = whole.from_ms / step_ms;
  std::map<std::int64_t, std::size_t> bars;
  for (std::int64_t at = first; at * step_ms < whole.until_ms; ++at) bars[at] = 0;
  std::size_t n = 0;
  for (const TakenWork& work : facts.work)
    if (const auto bar = bars.find(work.event_ms / step_ms); bar != bars.end()) ++bar->second, ++n;
  ReportChart chart{"work-by-time",
                    "What was taken, by time",
                    "Counted when it happened, not when it was entered; each bar is " +
                        std::to_string(step_ms / 60'000) + " minutes, times in UTC.",
                    n,
                    {}};
  for (const auto& [at, count] : bars)
    chart.bars.push_back({minute_text(at * step_ms).substr(11, 5), static_cast<double>(count)});
  return chart;
}

enum class Kept { in_time, late, missed, waiting, no_time, settled };

Kept kept_of(const PromiseMade& promise, std::int64_t now_ms) {
  if (promise.settled) return Kept::settled;
  if (promise.promise_end_ms == 0) return Kept::no_time;
  if (promise.reached_ms != 0) return promise.reached_ms <= promise.promise_end_ms ? Kept::in_time : Kept::late;
  return promise.promise_end_ms < now_ms ? Kept::missed : Kept::waiting;
}

ReportTable late_promises(const ReportFacts& facts) {
  ReportTable table{
      "broken", "Promises that were not kept in time", {"Reference", "Promised until", "Reached", "Tries"}, {}};
  for (const PromiseMade& promise : facts.promises) {
    const Kept kept = kept_of(promise, facts.made_ms);
    if (kept != Kept::late && kept != Kept::missed) continue;
    table.rows.push_back({promise.reference, minute_text(promise.promise_end_ms),
                          promise.reached_ms == 0 ? "not yet" : minute_text(promise.reached_ms),
                          std::to_string(promise.tries)});
  }
  std::ranges::sort(table.rows, {}, [](const auto& row) { return row[1]; });
  return table;
}

ReportChart lateness(const ReportFacts& facts) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> steps{
      {{hour_ms, "up to 1 h"}, {4 * hour_ms, "1 to 4 h"}, {24 * hour_ms, "4 to 24 h"}, {INT64_MAX, "over 24 h"}}};
  ReportChart chart{"lateness",
                    "How late promises were",
                    "Of promises with a time: from its end until they were spoken with, or until this report was made.",
                    0,
                    {}};
  for (const auto& [most, label] : steps) chart.bars.push_back({std::string(label), 0});
  for (const PromiseMade& promise : facts.promises) {
    const Kept kept = kept_of(promise, facts.made_ms);
    if (kept != Kept::late && kept != Kept::missed) continue;
    const std::int64_t late = (promise.reached_ms != 0 ? promise.reached_ms : facts.made_ms) - promise.promise_end_ms;
    const auto step = std::ranges::find_if(steps, [&](const auto& one) { return late <= one.first; });
    ++chart.bars[static_cast<std::size_t>(step - steps.begin())].value;
    ++chart.n;
  }
  return chart;
}

void add_promise_figures(const ReportFacts& facts, ReportSection& section) {
  std::map<Kept, std::size_t> kept;
  std::set<sync::Id> cases;
  std::size_t of_cases = 0, untried = 0;
  for (const PromiseMade& promise : facts.promises) {
    ++kept[kept_of(promise, facts.made_ms)];
    if (promise.of_case != sync::Id{}) cases.insert(promise.of_case), ++of_cases;
    if (promise.tries == 0 && !promise.settled) ++untried;
  }
  const std::size_t due = kept[Kept::in_time] + kept[Kept::late] + kept[Kept::missed];
  auto& figures = section.figures;
  figures.push_back(count_figure("promises", "Promises to call back", facts.promises.size(),
                                 "Each is one promise that somebody at a desk made to one caller."));
  figures.push_back({"cases", "Cases", of_cases == 0 ? std::nullopt : std::optional<double>(cases.size()), "", of_cases,
                     "Promises to one customer that one call can settle are one case."});
  figures.push_back({"kept", "Kept in time", percent(kept[Kept::in_time], due), "%", due,
                     "Of promises with a time that has come: spoken with before it ended."});
  figures.push_back(count_figure("late", "Kept late", kept[Kept::late], "Spoken with after the promised time."));
  figures.push_back(
      count_figure("missed", "Missed until now", kept[Kept::missed], "The time is over, and nobody spoke with them."));
  figures.push_back(count_figure("waiting", "Still in time", kept[Kept::waiting], "The time is not over yet."));
  figures.push_back(count_figure("no-time", "Without a time", kept[Kept::no_time], "No time was promised."));
  figures.push_back(count_figure("settled", "Settled without a call", kept[Kept::settled],
                                 "Called off, or done elsewhere: the customer rang in, or the matter was resolved."));
  figures.push_back(count_figure("untried", "Never tried", untried, "No call was made for them yet."));
}

// What a limit is called in a report.
std::string limit_name(const std::string& code) {
  static const std::map<std::string_view, std::string_view> names{
      {"entries-over", "Entries of one person in a shift"}, {"item-over", "Amount of one entry"},
      {"shift-over", "Amounts of one person in a shift"},   {"lease-over", "Time without contact"},
      {"currency-unknown", "Amount without a limit"},       {"amount-negative", "Amount below zero"}};
  const auto found = names.find(code);
  return found == names.end() ? code : std::string(found->second);
}

void add_limits(const ReportFacts& facts, ReportSection& section) {
  std::size_t over = 0, waiting = 0;
  std::vector<std::string> hit, approvals, compared;
  for (const TakenWork& work : facts.work) {
    over += !work.approval.empty();
    waiting += work.approval == "waiting";
    for (const std::string& code : work.limits) hit.push_back(limit_name(code));
    if (!work.approval.empty()) approvals.push_back(work.approval);
    if (!work.compared.empty()) compared.push_back(work.compared);
  }
  section.figures.push_back(count_figure("over-limits", "Beyond a limit", over,
                                         "Saved all the same, and marked for a supervisor; by limit below."));
  section.figures.push_back(
      count_figure("approvals-waiting", "Not decided on yet", waiting, "Of those, no supervisor has said yes or no."));
  if (!hit.empty()) section.tables.push_back(counts_table("limits", "Limits hit", "Limit", hit));
  if (!approvals.empty())
    section.tables.push_back(counts_table("approvals", "What supervisors said", "State", approvals));
  if (!compared.empty())
    section.tables.push_back(counts_table("compared", "Compared with the paper by a second person", "State", compared));
}

}  // namespace

ReportSection work_section(const ReportFacts& facts) {
  ReportSection section{"work", "What was taken by hand", {}, {}, {}, {}};
  std::size_t paper = 0, nobody = 0, unmarked = 0;
  std::vector<std::string> kinds, stations, needs, postings;
  for (const TakenWork& work : facts.work) {
    paper += work.paper;
    nobody += !work.customer_known;
    unmarked += !work.marked;
    kinds.push_back(work.kind.empty() ? work.what : work.what + ": " + work.kind);
    stations.push_back(work.station.empty() ? "not told" : work.station);
    needs.insert(needs.end(), work.needs.begin(), work.needs.end());
    if (!work.posting.empty()) postings.push_back(work.posting);
  }
  section.figures = {
      count_figure("taken", "Taken in all", facts.work.size(),
                   "Entries, callbacks, complaints and contacts whose time lies in the outage, in these scopes."),
      count_figure("paper", "On paper first", paper, "Entered afterwards from a numbered form."),
      count_figure("unknown", "From somebody who is not known", nobody, "Without a customer it is about."),
      count_figure("unmarked", "Without the incident's name", unmarked,
                   "Taken in the same time by desks that did not know of the outage yet.")};
  section.charts.push_back(course_of_work(facts));
  add_limits(facts, section);
  section.tables.push_back(counts_table("by-kind", "By kind", "Kind", kinds));
  section.tables.push_back(counts_table("by-station", "By workstation", "Workstation", stations));
  if (!needs.empty()) section.tables.push_back(counts_table("needs", "To be looked at again", "What it needs", needs));
  if (!postings.empty())
    section.tables.push_back(counts_table("posting", "Brought into the central system", "State", postings));
  return section;
}

ReportSection promises_section(const ReportFacts& facts) {
  ReportSection section{"promises", "What was promised, and kept", {}, {}, {}, {}};
  if (facts.drill()) section.notes.push_back("Practice: nobody was called, and promises were not put together.");
  add_promise_figures(facts, section);
  std::vector<std::string> outcomes;
  std::size_t late = 0;
  for (const CallMade& call : facts.calls) {
    outcomes.push_back(call.outcome);
    late += call.late;
  }
  section.figures.push_back(count_figure("calls", "Calls made", facts.calls.size(), "Each try counts."));
  section.figures.push_back(count_figure("calls-told-late", "Calls told of too late", late,
                                         "How they ended was told after the claim was over: look whether somebody else "
                                         "called as well."));
  if (!outcomes.empty()) section.tables.push_back(counts_table("outcomes", "How calls ended", "Outcome", outcomes));
  if (ReportTable broken = late_promises(facts); !broken.rows.empty()) {
    section.charts.push_back(lateness(facts));
    section.tables.push_back(std::move(broken));
  }
  return section;
}

ReportSection paper_section(const ReportFacts& facts) {
  const SheetsOfPaper& sheets = facts.sheets;
  ReportSection section{"paper", "Paper", {}, {}, {}, {}};
  section.figures = {
      count_figure("printed", "Sheets printed", sheets.printed, "Numbered forms of pads of this outage."),
      count_figure("entered", "Entered", sheets.entered, "What stands on them is here."),
      count_figure("voided", "Spoiled or not used", sheets.voided, "Somebody gave the reason."),
      count_figure("missing-sheets", "Missing", sheets.missing, "A supervisor answers for it."),
      count_figure("outstanding-sheets", "Still out", sheets.outstanding(), "Nobody has told of them.")};
  return section;
}

ReportSection disclosures_section(const ReportFacts& facts) {
  ReportSection section{"disclosures", "What was told to whom", {}, {}, {}, {}};
  std::size_t unverified = 0;
  std::vector<std::string> recipients;
  for (const ToldToSomebody& told : facts.told) {
    unverified += !told.verified;
    recipients.push_back(told.recipient + ", " + told.basis);
  }
  section.figures = {
      count_figure("told", "Disclosures", facts.told.size(), "Customers' data told to somebody while it lasted."),
      count_figure("unverified", "Without a check who it was", unverified, "No verification stands with it.")};
  if (!recipients.empty())
    section.tables.push_back(counts_table("recipients", "By recipient and lawful basis", "Recipient", recipients));
  return section;
}

}  // namespace holdline::contingency
