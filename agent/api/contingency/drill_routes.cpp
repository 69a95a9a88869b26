// Drills that were held, what came of each, and when the next one is due.
#include <algorithm>
#include <set>

#include "agent/api/contingency/deciding.hpp"
#include "agent/api/contingency/drill_reports.hpp"
#include "agent/api/contingency/fleet_readiness.hpp"
#include "agent/api/responses.hpp"
#include "agent/contingency/drills.hpp"
#include "agent/paper/paper_records.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/runbook/words.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::DrillFacts;
using contingency::DrillReport;
using contingency::RunState;

Json length_json(const std::optional<std::int64_t>& ms) { return ms ? Json(*ms / 1'000) : Json(); }

Json ready_desks_json(const std::optional<contingency::ReadyDesks>& desks) {
  return desks ? Json{{"ready", desks->ready}, {"all", desks->all}} : Json();
}

Json report_json(const DrillHeld& held) {
  const DrillReport& report = held.report;
  return {{"incident", contingency::incident_name(held.incident)},
          {"short", contingency::incident_short_name(held.incident)},
          {"title", report.title},
          {"reason", report.reason},
          {"scopes", report.scopes},
          {"declared", sync::format_time(report.declared_ms)},
          {"ended", sync::format_time(report.ended_ms)},
          {"declared_by", report.declared_by},
          {"seconds_to_declare", length_json(report.to_declare_ms)},
          {"seconds_to_first_entry", length_json(report.to_first_entry_ms)},
          {"taken", report.taken},
          {"people", report.people},
          {"stations", report.stations},
          {"absent", report.absent},
          {"failed", report.failed},
          {"ready_before", ready_desks_json(report.ready_before)},
          {"ready_after", ready_desks_json(report.ready_after)},
          {"left_out", report.left_out}};
}

// Workstations of its scopes, by name.
std::vector<std::string> desks_of(const contingency::Fleet& fleet, const contingency::Incident& incident) {
  std::vector<std::string> names;
  for (const contingency::WorkstationState& desk : fleet.workstations)
    if (!desk.revoked && std::ranges::any_of(desk.scopes, [&](const std::string& scope) {
          return sync::is_within(scope, incident.declared.scopes);
        }))
      names.push_back(desk.name);
  return names;
}

// What went wrong in the run of the plan, and who acted in it.
void add_run(const Workstation& station, const sync::Id& incident, DrillFacts& facts) {
  const auto runs = station.runs();
  const auto run = runs->runs.find(incident);
  if (run == runs->runs.end()) return;
  const contingency::Journal& journal = run->second.journal;
  const auto plan = runs->plan_of(journal);
  if (!plan || journal.begun_ms == 0) return;
  if (!journal.holder) facts.failed.emplace_back("No station took the plan's actions.");
  for (const auto& [id, action] : journal.actions) {
    for (const auto& by : {action.approved, action.ended, action.excepted})
      if (by && !by->person.empty()) facts.acted.push_back(by->person);
    const contingency::PlanAction* planned = plan->action(id);
    const bool failed = action.state == RunState::failed || action.state == RunState::timed_out ||
                        action.state == RunState::undo_failed || (action.state == RunState::skipped && action.ended);
    if (planned && failed) facts.failed.push_back(id + ": " + contingency::say(journal, *plan, *planned));
  }
}

void show_drills(Workstation& station, Call call) {
  Json json{{"schema", "holdline.drills/1"}, {"drill", drill_due_json(station)}, {"items", Json::array()}};
  const auto drills = station.contingency().drills();
  for (const DrillHeld& held : *drills) {
    const auto& of = held.report.scopes;
    // What went wrong is for those who lead.
    const bool theirs = role_of(call) != contingency::Who{} && std::ranges::any_of(of, [&](const std::string& scope) {
                          return sync::is_within(scope, call.session->person.scopes);
                        });
    if (theirs) json["items"].push_back(report_json(held));
  }
  call.respond(json_response(200, json));
}

}  // namespace

Result<std::vector<sync::Op>> report_ops(Workstation& station, View& view, const contingency::Incident& ended,
                                         const std::optional<contingency::Fleet>& fleet, const std::string& by,
                                         std::size_t first) {
  const sync::Schema& schema = station.schema();
  HOLDLINE_ASSIGN(DrillSeen seen, read_drill(view, ended));
  DrillFacts facts;
  facts.incident = &ended;
  facts.work = std::move(seen.work);
  facts.first_doubt_ms = seen.first_doubt_ms;
  facts.ready_before = seen.ready_before;
  if (fleet) {
    facts.desks = desks_of(*fleet, ended);
    facts.ready_after = ready_desks(station, *fleet, ended.declared.scopes);
  }
  add_run(station, ended.declared.id, facts);
  PersonView all(view, {"supervisor", ended.declared.scopes});
  HOLDLINE_ASSIGN(const auto pads, read_pads(schema, all));
  facts.paper_out = pads.outstanding(contingency::incident_name(ended.declared.id));
  const std::int64_t ended_ms = ended.ended_ms.value_or(corrected_now_ms(station));
  return ops_of_report(schema, ended, contingency::report_of(facts, ended_ms), by, first);
}

std::vector<sync::Op> beginning_ops(const Workstation& station, const contingency::Incident& drill,
                                    const std::optional<contingency::Fleet>& fleet, const std::string& by,
                                    std::size_t first) {
  if (!drill.declared.drill || !fleet) return {};
  return ops_of_beginning(station.schema(), drill, ready_desks(station, *fleet, drill.declared.scopes), by, first);
}

Json drill_due_json(const Workstation& station) {
  const auto plan = station.runs()->plan;
  const auto drills = station.contingency().drills();
  const auto last_ms = drills->empty() ? std::nullopt : std::optional(drills->front().at_ms);
  const auto due_ms = plan->drill_due_ms(last_ms);
  const bool never = due_ms && !last_ms;
  return {{"every_days", plan->drill_every_days == 0 ? Json() : Json(plan->drill_every_days)},
          {"last", last_ms ? Json(sync::format_time(*last_ms)) : Json()},
          {"due", due_ms && !never ? Json(sync::format_time(*due_ms)) : Json()},
          {"overdue", due_ms && *due_ms < corrected_now_ms(station)}};
}

std::span<const Route> drill_routes() {
  static constexpr Route table[] = {{"GET", "/contingency/drills", show_drills}};
  return table;
}

}  // namespace holdline::agent
