// The actions of the plan: how they stand, and what people ask of them. Whatever is asked is a record that every
// station hears of; the one that holds the run takes it in.
#include <nlohmann/json.hpp>

#include "agent/api/contingency/deciding.hpp"
#include "agent/api/contingency/drill_reports.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/runbook/run_json.hpp"
#include "agent/api/save.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/runbook/words.hpp"
#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using RunWish = contingency::Wish;
using contingency::WishKind;

// The words of the API for what can be asked.
constexpr std::pair<std::string_view, WishKind> wish_verbs[] = {
    {"run", WishKind::enter},     {"approve", WishKind::approve},   {"tick", WishKind::tick},
    {"skip", WishKind::skip},     {"want", WishKind::want},         {"undo", WishKind::undo},
    {"except", WishKind::except}, {"takeover", WishKind::take_over}};

Result<WishKind> verb_asked(const Call& call) {
  const std::string_view path = call.request.path;
  const std::string_view verb = path.substr(path.rfind('/') + 1);
  for (const auto& [name, kind] : wish_verbs)
    if (name == verb) return kind;
  return fail(ErrorKind::ask_person, "unknown-verb", "A run is not asked that.");
}

bool is_agent(const Call& call) { return role_of(call) == contingency::Who{}; }

// Agents tell of their own steps where the hub's version of the schema knows that.
bool agents_may_tell(const sync::Schema& schema) {
  const sync::Collection* events = schema.collection("runbook_event");
  const auto role = events ? events->field("role") : std::nullopt;
  return role && std::ranges::find(events->fields[*role].options, contingency::agent_role) !=
                     events->fields[*role].options.end();
}

std::optional<platform::HttpResponse> refuse_to_see(const Workstation& station, const Call& call, bool agents_too) {
  if (is_agent(call) && !(agents_too && agents_may_tell(station.schema())))
    return platform::error_response(403, "role-refused", "The plan's actions are for supervisors and IT.");
  if (knows_runs(station.schema())) return std::nullopt;
  return platform::error_response(409, "no-runs",
                                  "The forms of this centre are of a version without runs of the plan. Ask IT to take "
                                  "the newer one: holdline-hub schema apply");
}

Json incident_head(const contingency::Incident& incident) {
  return {{"id", contingency::incident_name(incident.declared.id)},
          {"short", contingency::incident_short_name(incident.declared.id)},
          {"title", incident.declared.title},
          {"phase", std::string(contingency::name_of(incident.phase))},
          {"drill", incident.declared.drill}};
}

// Whoever looks and names none sees the latest real one in force, else the latest drill.
Result<contingency::Incident> shown_incident(const Workstation& station, const Call& call) {
  const auto named = call.request.query.find("incident");
  if (named != call.request.query.end()) return named_incident(station, named->second);
  const auto known = station.contingency().incidents();
  const auto all = incidents_in_force(*known);
  return all.empty() ? named_incident(station, {}) : Result<contingency::Incident>(*all.front());
}

void show_run(Workstation& station, Call call) {
  if (auto refusal = refuse_to_see(station, call, true)) return call.respond(*std::move(refusal));
  const auto runs = station.runs();
  const auto named = call.request.query.find("incident");
  const auto incident = shown_incident(station, call);
  // With nothing in force the plan is shown as it would begin.
  const bool none = !incident && named == call.request.query.end() && incident.error().code == "unknown-incident";
  if (!incident && !none) return call.respond(refused_response(incident.error()));
  const auto run = none ? runs->runs.end() : runs->runs.find(incident->declared.id);
  const contingency::Journal journal = run == runs->runs.end() ? contingency::Journal() : run->second.journal;
  const auto plan = runs->plan_of(journal);
  if (!plan)
    return call.respond(platform::error_response(
        503, "plan-missing", "This workstation does not have the version of the plan by which this run goes yet."));
  const std::int64_t now_ms = station.clock().now().wall_ms;
  Json json = is_agent(call) ? run_for_agents(journal, *plan, now_ms) : run_json(journal, *plan, now_ms);
  json["incident"] = none ? Json() : incident_head(*incident);
  json["in_force"] = Json::array();
  const auto known = station.contingency().incidents();
  for (const contingency::Incident* one : incidents_in_force(*known)) json["in_force"].push_back(incident_head(*one));
  json["station"] = station.is_station();
  call.respond(json_response(200, json));
}

void show_plan(Workstation& station, Call call) {
  const auto runs = station.runs();
  Json json = plan_json(*runs->plan);
  json["schema"] = "holdline.plan/1";
  json["drill"] = drill_due_json(station);
  json["text"] = runs->plan_text;
  call.respond(json_response(200, json));
}

// --- asking ---

struct RunAsked {
  contingency::Incident incident;
  RunWish wish;
};

Result<RunAsked> run_asked(const Workstation& station, const Call& call) {
  RunAsked asked;
  HOLDLINE_ASSIGN(asked.wish.kind, verb_asked(call));
  auto json = platform::JsonObject::parse(call.request.body);
  const std::string name = json.text("incident");
  asked.wish.by = {call.session->person.name, is_agent(call) ? contingency::by_agent : role_of(call),
                   json.text("reason"), corrected_now_ms(station)};
  if (asked.wish.kind == WishKind::take_over)
    asked.wish.station = json.text("station", station.identity().name);
  else if (asked.wish.kind == WishKind::enter)
    asked.wish.scenario = json.text("scenario");
  else
    asked.wish.action = json.text("action");
  HOLDLINE_TRY(json.checked_whole());
  HOLDLINE_ASSIGN(asked.incident, named_incident(station, name));
  asked.wish.drill = asked.incident.declared.drill;
  asked.wish.confirmed = asked.incident.confirmed;
  return asked;
}

// What the run would refuse is not called saved, as far as it is known here.
Result<void> check_asked(const RunAsked& asked, const contingency::Journal& journal, const contingency::Plan& plan) {
  const RunWish& wish = asked.wish;
  if (wish.kind == WishKind::skip || wish.kind == WishKind::except || wish.kind == WishKind::take_over)
    HOLDLINE_TRY(contingency::check_reason(wish.by.reason));
  if (wish.kind == WishKind::take_over && !journal.holder)
    return fail(ErrorKind::ask_person, "not-now", "No station holds this run: one takes it by itself, or use `run`.");
  if (wish.kind == WishKind::take_over || wish.kind == WishKind::enter) return {};
  if (wish.kind == WishKind::undo && wish.action.empty()) {
    if (contingency::left_of(journal, plan).empty())
      return fail(ErrorKind::ask_person, "not-now", "There is nothing left to undo.");
    return {};
  }
  const contingency::PlanAction* action = plan.action(wish.action);
  if (action == nullptr)
    return fail(ErrorKind::ask_person, "unknown-action", "The plan has no action '" + wish.action + "'.");
  if (wish.by.role == contingency::by_agent && action->role != contingency::agent_role)
    return fail(ErrorKind::ask_person, "role-refused", "The plan does not mean this for agents.");
  const auto may = contingency::wishes_for(journal, *action);
  if (std::ranges::find(may, wish.kind) == may.end())
    return fail(ErrorKind::ask_person, "not-now",
                "'" + wish.action + "' cannot be asked that now. " + contingency::say(journal, plan, *action));
  const auto needed = action->approver == "it" ? contingency::by_it : contingency::by_supervisor;
  if (wish.kind == WishKind::approve && wish.by.role != needed)
    return fail(ErrorKind::ask_person, "role-refused",
                action->approver == "it" ? "This is for IT to approve." : "This is for a supervisor to approve.");
  return {};
}

platform::HttpResponse run_refusal(const Error& error) {
  if (error.code == "unknown-action") return platform::error_response(404, error.code, error.message);
  return refused_response(error);
}

Result<std::vector<sync::Op>> ops_to_ask(const Workstation& station, const Call& call) {
  HOLDLINE_ASSIGN(const RunAsked asked, run_asked(station, call));
  const auto runs = station.runs();
  const auto run = runs->runs.find(asked.incident.declared.id);
  const contingency::Journal journal = run == runs->runs.end() ? contingency::Journal() : run->second.journal;
  const auto plan = runs->plan_of(journal);
  if (!plan)
    return fail(ErrorKind::retry_later, "plan-missing",
                "This workstation does not have the version of the plan by which this run goes yet.");
  HOLDLINE_TRY(check_asked(asked, journal, *plan));
  const sync::Hash mark = sync::sha256({station.identity().device.view(), call.session->person.id.view(),
                                        call.request.header("idempotency-key"), call.request.path});
  const contingency::JournalEntry entry{sync::Id::from(mark.view().substr(0, 16)), asked.wish.by.at_ms, asked.wish};
  std::vector<std::string> scopes = asked.incident.declared.scopes;
  const Grant grant = station.grant();
  std::erase_if(scopes, [&](const std::string& scope) { return !sync::is_within(scope, grant.scopes); });
  return ops_of(station.schema(), asked.incident.declared.id, scopes, {&entry, 1});
}

void ask_of_run(Workstation& station, Call call) {
  if (auto refusal = refuse_to_see(station, call, call.request.path.ends_with("/tick")))
    return call.respond(*std::move(refusal));
  const Call answered = answered_in_force(station, std::move(call));
  auto ops = ops_to_ask(station, answered);
  if (!ops) return refuse_unless_saved(station, answered, run_refusal(ops.error()));
  save(station, answered, *std::move(ops), {});
}

void dry_run(Workstation& station, Call call) {
  if (auto refusal = refuse_to_see(station, call, false)) return call.respond(*std::move(refusal));
  auto json = platform::JsonObject::parse(call.request.body);
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  const Words words{{"incident", "DRYRUN"},
                    {"scope", station.default_scope(call.rights())},
                    {"title", "dry run"},
                    {"reason", "dry run"}};
  const auto plan = station.runs()->plan;
  station.rehearse_plan(words, [call, plan](const std::vector<Runner::Rehearsed>& all) {
    Json items = Json::array();
    for (const Runner::Rehearsed& one : all)
      items.push_back({{"action", one.action}, {"undo", one.undo}, {"good", one.good}, {"said", one.said}});
    call.respond(
        json_response(200, {{"schema", "holdline.rehearsal/1"}, {"plan", plan_json(*plan)}, {"items", items}}));
  });
}

}  // namespace

std::span<const Route> run_routes() {
  static constexpr Route table[] = {
      {"GET", "/runbook", show_run},
      {"GET", "/runbook/plan", show_plan},
      {"POST", "/runbook/dry-run", dry_run},
      {"POST", "/runbook/run", ask_of_run},
      {"POST", "/runbook/approve", ask_of_run},
      {"POST", "/runbook/tick", ask_of_run},
      {"POST", "/runbook/skip", ask_of_run},
      {"POST", "/runbook/want", ask_of_run},
      {"POST", "/runbook/undo", ask_of_run},
      {"POST", "/runbook/except", ask_of_run},
      {"POST", "/runbook/takeover", ask_of_run},
  };
  return table;
}

}  // namespace holdline::agent
