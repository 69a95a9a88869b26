// Who is known of, what happened when, and what is left: the sections about the outage itself.
#include <algorithm>

#include "contingency/incident/name.hpp"
#include "contingency/report/sections.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::contingency {

namespace {

constexpr double minute = 60'000;

std::string_view said_of(ServiceTrigger trigger) {
  switch (trigger) {
    case ServiceTrigger::declare:
      return "Declared";
    case ServiceTrigger::window_starts:
      return "Planned work began";
    case ServiceTrigger::degraded_long:
      return "Declared by machine";
    case ServiceTrigger::confirm:
      return "Confirmed";
    case ServiceTrigger::cancel:
      return "Called off: a false alarm";
    case ServiceTrigger::systems_back:
      return "Systems are back";
    case ServiceTrigger::close:
      return "Closed";
    default:
      return "Changed";
  }
}

// "entries-unposted" as people read it.
std::string words_of_point(std::string point) {
  std::ranges::replace(point, '-', ' ');
  return point;
}

std::vector<TimelineEntry> timeline_of(const ReportFacts& facts) {
  std::vector<TimelineEntry> timeline = facts.events;
  for (const Incident& incident : facts.incidents) {
    const std::string name = facts.incidents.size() == 1 ? "" : " (" + incident_short_name(incident.declared.id) + ")";
    for (const IncidentStep& step : incident.steps)
      timeline.push_back({step.by.at_ms,
                          std::string(said_of(step.trigger)) + name +
                              (step.overridden ? ", although the systems had not been well for long" : "") +
                              (step.idle ? " (nothing followed from it)" : ""),
                          step.by.person, step.by.reason});
    for (const Estimate& estimate : incident.estimates)
      timeline.push_back({estimate.by.at_ms, "Expected back " + minute_text(estimate.expected_ms) + name,
                          estimate.by.person, estimate.by.reason});
    for (const Exception& exception : incident.exceptions)
      timeline.push_back({exception.by.at_ms,
                          "Left as it is, and signed for: " + words_of_point(exception.point) + name,
                          exception.by.person, exception.by.reason});
  }
  std::ranges::stable_sort(timeline, {}, &TimelineEntry::at_ms);
  return timeline;
}

// When the last incident had this step; nothing while one that was not called off has none.
std::optional<std::int64_t> last_step(const ReportFacts& facts, ServiceTrigger trigger) {
  std::optional<std::int64_t> latest;
  for (const Incident& incident : facts.incidents) {
    std::optional<std::int64_t> own;
    for (const IncidentStep& step : incident.steps)
      if (step.trigger == trigger) own = std::max(own.value_or(step.by.at_ms), step.by.at_ms);
    if (!own && incident.phase != IncidentPhase::cancelled) return std::nullopt;
    if (own) latest = std::max(latest.value_or(*own), *own);
  }
  return latest;
}

std::optional<double> minutes_until(const ReportFacts& facts, std::optional<std::int64_t> end_ms) {
  if (!end_ms) return std::nullopt;
  return static_cast<double>(*end_ms - facts.interval().from_ms) / minute;
}

void add_objectives(const ReportFacts& facts, ReportSection& section) {
  if (facts.plan_version == 0) {
    section.notes.push_back("No plan was in force, so no objective is compared.");
    return;
  }
  const std::string plan = "version " + std::to_string(facts.plan_version) + " of the plan";
  if (facts.rto_minutes != 0)
    section.figures.push_back({"rto", "Recovery time objective", static_cast<double>(facts.rto_minutes), "min",
                               std::nullopt, "How soon work has to go on as usual, by " + plan + "."});
  if (facts.rpo_minutes != 0)
    section.figures.push_back({"rpo", "Recovery point objective", static_cast<double>(facts.rpo_minutes), "min",
                               std::nullopt, "How much of the newest data may be missing, by " + plan + "."});
  const auto back = minutes_until(facts, last_step(facts, ServiceTrigger::systems_back));
  if (facts.rto_minutes != 0 && back)
    section.notes.push_back(*back <= facts.rto_minutes ? "The recovery time objective was met."
                                                       : "The recovery time objective was NOT met.");
}

std::int64_t entry_wait_ms(const TakenWork& work) { return work.recorded_ms - work.event_ms; }

}  // namespace

Interval ReportFacts::interval() const {
  Interval whole{incidents.front().begins_ms(), 0};
  for (const Incident& incident : incidents) {
    whole.from_ms = std::min(whole.from_ms, incident.begins_ms());
    whole.until_ms = std::max(whole.until_ms, incident.ended_ms.value_or(made_ms));
  }
  return whole;
}

ReportSection coverage_section(const ReportFacts& facts, std::string& sentence) {
  ReportSection section{"coverage", "What this report knows of", {}, {}, {}, {}};
  std::size_t all = 0, heard = 0;
  std::uint64_t missing = 0;
  ReportTable table{"outstanding",
                    "Not heard of, or with something that is not here",
                    {"Workstation", "Told last", "Entries that are not here"},
                    {}};
  for (const WorkstationTally& desk : facts.workstations) {
    if (desk.revoked && desk.missing() == 0) continue;
    ++all;
    const bool known = desk.issued && desk.told_ms >= facts.heard_after_ms && desk.missing() == 0;
    if (known) ++heard;
    missing += desk.missing();
    if (!known)
      table.rows.push_back({desk.name, desk.told_ms == 0 ? "never" : minute_text(desk.told_ms),
                            desk.issued ? std::to_string(desk.missing()) : "not known"});
  }
  const auto share = percent(heard, all);
  section.figures.push_back({"covered", "Workstations of which all is here", share, "%", all,
                             "Of the workstations that serve these scopes, those that told of themselves lately and of "
                             "which every entry they issued is at the hub."});
  section.figures.push_back(count_figure("missing", "Entries known to be missing", missing,
                                         "Issued by workstations, as they told last, and not at the hub yet."));
  sentence = !share ? "No workstation serves these scopes."
             : heard == all
                 ? "Coverage 100 %: everything that was taken at " + std::to_string(all) +
                       (all == 1 ? " workstation" : " workstations") + " is in this report."
                 : "Coverage " + std::to_string(static_cast<int>(*share)) + " %: " + std::to_string(all - heard) +
                       " of " + std::to_string(all) +
                       " workstations may hold something that is not in this report, and its figures may rise.";
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

ReportSection course_section(const ReportFacts& facts) {
  ReportSection section{"course", "What happened", {}, {}, {}, {}};
  const Interval whole = facts.interval();
  const auto back = last_step(facts, ServiceTrigger::systems_back), closed = last_step(facts, ServiceTrigger::close);
  section.figures = {{"until-back", "Until the systems were back", minutes_until(facts, back), "min", std::nullopt,
                      "From the first declaration until somebody said, for every incident, that the systems are back."},
                     {"until-closed", "Until it was closed", minutes_until(facts, closed), "min", std::nullopt,
                      "From the first declaration until the last incident was closed."}};
  add_objectives(facts, section);
  std::vector<std::int64_t> waits;
  for (const TakenWork& work : facts.work)
    if (work.event_ms != 0 && work.recorded_ms >= work.event_ms && !work.paper) waits.push_back(entry_wait_ms(work));
  const auto wait = [&](double share) {
    const auto ms = share_of(waits, share);
    return ms ? std::optional(*ms / minute) : std::nullopt;
  };
  section.figures.push_back({"wait-median", "Until an entry was at the hub, half of them", wait(0.5), "min",
                             waits.size(),
                             "From when it happened until the hub had it; half took at most this. Paper is left out."});
  section.figures.push_back({"wait-longest", "Until an entry was at the hub, the longest", wait(1), "min", waits.size(),
                             "As above, the longest of all."});
  ReportTable table{"timeline", "In order of time", {"When", "What", "Who", "Why"}, {}};
  for (const TimelineEntry& entry : timeline_of(facts))
    table.rows.push_back({minute_text(entry.at_ms), entry.what, entry.by, entry.reason});
  section.tables.push_back(std::move(table));
  if (whole.until_ms == facts.made_ms && !closed)
    section.notes.push_back("It is not over: every figure is of the moment at which this was made.");
  return section;
}

ReportSection afterwards_section(const ReportFacts& facts) {
  ReportSection section{"afterwards", "What is to be done better", {}, {}, {}, {}};
  ReportTable table{"improvements", "Actions", {"What was found", "What is done", "Who", "Until", "State"}, {}};
  for (const ImprovementAction& action : facts.improvements)
    table.rows.push_back({action.finding, action.what, action.owner,
                          action.due_ms == 0 ? "" : minute_text(action.due_ms), action.state});
  if (table.rows.empty())
    section.notes.push_back("Nobody has written down yet what is to be done better.");
  else
    section.tables.push_back(std::move(table));
  ReportTable signed_for{"signed", "Left as it is, and who answers for it", {"What", "Who", "Why"}, {}};
  for (const Incident& incident : facts.incidents)
    for (const Exception& exception : incident.exceptions)
      signed_for.rows.push_back({words_of_point(exception.point), exception.by.person, exception.by.reason});
  if (!signed_for.rows.empty()) section.tables.push_back(std::move(signed_for));
  return section;
}

}  // namespace holdline::contingency
