// Outages as people at this workstation see and decide about them: what is in force, what is left, and each decision as
// an action like any other. Whether it may be is asked of contingency/; what it says is saved.
#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <tuple>

#include <nlohmann/json.hpp>

#include "agent/api/contingency/closing.hpp"
#include "agent/api/contingency/deciding.hpp"
#include "agent/api/contingency/drill_reports.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/contingency/incident_json.hpp"
#include "agent/contingency/short_codes.hpp"
#include "contingency/code/alphabet.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/incident/record_names.hpp"
#include "contingency/incident/undecided.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using contingency::ServiceTrigger;

constexpr std::size_t incidents_shown = 20;
constexpr std::string_view word_to_declare = "declare";

// --- what is known ---

nlohmann::json code_json_of(const Workstation& station, const Call& call, const contingency::Incident& incident) {
  const std::string key = station.accounts().site_key();
  if (role_of(call) == contingency::Who{} || key.empty() || !incident.in_force()) return {};
  const auto code = short_code_of(key, incident, corrected_now_ms(station));
  if (!code) return {};
  return {{"code", contingency::shown_code(code->code)},
          {"spoken", contingency::spelled(code->code)},
          {"until", sync::format_time(code->until_ms)}};
}

// In force first, of those the real ones, then the latest.
std::vector<const contingency::Incident*> incidents_to_show(const contingency::Incidents& known) {
  std::vector<const contingency::Incident*> all;
  for (const contingency::Outage& outage : known.outages())
    for (const sync::Id& id : outage.incidents) all.push_back(known.find(id));
  std::ranges::sort(all, [](const contingency::Incident* a, const contingency::Incident* b) {
    const auto place = [](const contingency::Incident* one) {
      return std::tuple(one->in_force(), one->in_force() && !one->declared.drill, one->begins_ms());
    };
    return place(a) > place(b);
  });
  all.resize(std::min(all.size(), incidents_shown));
  return all;
}

nlohmann::json outages_json(const contingency::Incidents& known) {
  nlohmann::json list = nlohmann::json::array();
  for (const contingency::Outage& outage : known.outages()) {
    nlohmann::json names = nlohmann::json::array();
    for (const sync::Id& id : outage.incidents) names.push_back(contingency::incident_name(id));
    list.push_back(
        {{"incidents", names}, {"scopes", outage.scopes}, {"merged", outage.merged}, {"in_force", !outage.ended_ms}});
  }
  return list;
}

nlohmann::json undecided_json(const contingency::Incidents& known) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [one, other] : contingency::undecided(known))
    list.push_back({{"incident", contingency::incident_name(one)}, {"other", contingency::incident_name(other)}});
  return list;
}

nlohmann::json gate_json(const ContingencyGate& gate) {
  return {{"looks_well", gate.looks_well}, {"open", gate.open}, {"opens_in_s", (gate.opens_in_ms + 999) / 1'000}};
}

nlohmann::json scopes_json(const ContingencyStanding& standing) {
  nlohmann::json list = nlohmann::json::array();
  for (const ScopeStanding& at : standing.scopes)
    list.push_back({{"scope", at.scope},
                    {"service", std::string(contingency::name_of(at.state))},
                    {"planned", at.planned},
                    {"confirmed", at.confirmed},
                    {"since", at.since_ms == 0 ? nlohmann::json() : nlohmann::json(sync::format_time(at.since_ms))}});
  return list;
}

void show_contingency_with(Workstation& station, const Call& call, std::optional<contingency::Fleet> fleet) {
  agent::read(station, call, [&station, call, fleet = std::move(fleet)](PersonView& view) {
    const auto known = station.contingency().incidents();
    const ContingencyStanding standing = station.contingency().standing();
    nlohmann::json json = standing_json(standing);
    json["schema"] = "holdline.contingency/1";
    json["mode"] = mode_name(station);
    json["scopes"] = scopes_json(standing);
    json["gate"] = gate_json(gate_here(station, station.grant().scopes));
    json["outages"] = outages_json(*known);
    json["undecided"] = undecided_json(*known);
    json["codes"] = !station.accounts().site_key().empty();
    json["incidents"] = nlohmann::json::array();
    for (const contingency::Incident* incident : incidents_to_show(*known)) {
      nlohmann::json one = incident_json(*incident);
      one["code"] = code_json_of(station, call, *incident);
      one["checklist"] = nlohmann::json::array();
      if (incident->in_force()) {
        const auto facts = closing_facts(station, view, *incident, fleet);
        if (!facts) return call.respond(platform::error_response(facts.error()));
        one["checklist"] = checklist_json(contingency::checklist(*facts, incident->exceptions));
      }
      json["incidents"].push_back(std::move(one));
    }
    call.respond(json_response(200, json));
  });
}

// While it is being closed the other desks count as well.
void show_contingency(Workstation& station, Call call) {
  const auto leading = station.contingency().standing().leading;
  const bool closes = leading && leading->phase == contingency::IncidentPhase::recovering;
  if (role_of(call) == contingency::Who{} || !closes) return show_contingency_with(station, call, std::nullopt);
  ask_for_fleet(station, [&station, call](std::optional<contingency::Fleet> fleet) {
    show_contingency_with(station, call, std::move(fleet));
  });
}

// --- declaring ---

struct DeclareAsked {
  contingency::Declaration declaration;
  std::string reason;
  std::optional<std::int64_t> expected_ms;
  bool typed_word = false, another = false;
};

Result<DeclareAsked> declare_asked(const Workstation& station, const Call& call) {
  auto json = platform::JsonObject::parse(call.request.body);
  DeclareAsked asked;
  contingency::Declaration& declared = asked.declaration;
  asked.reason = json.text("reason");
  declared.title = json.text("title");
  declared.scopes = json.texts("scopes");
  if (declared.scopes.empty()) declared.scopes = {station.default_scope(call.rights())};
  declared.how = station.sync_status().connected ? contingency::DeclaredBy::hub : contingency::DeclaredBy::offline;
  declared.drill = json.boolean("drill", false);
  const std::string cause = json.text("cause", "none");
  const std::int64_t severity = json.number("severity", declared.severity);
  declared.severity = static_cast<std::uint8_t>(std::clamp<std::int64_t>(severity, 0, 255));
  const std::string expected = json.text("expected");
  asked.expected_ms = sync::parse_time(expected);
  std::string word = json.text("word");
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  asked.typed_word = word == word_to_declare;
  asked.another = json.boolean("another", false);
  HOLDLINE_TRY(json.checked_whole());
  const auto named = contingency::cause_names.value(cause);
  if (!named)
    return fail(ErrorKind::ask_person, "invalid", "`cause` is none, my_network, site_network or central_service.");
  declared.cause = *named;
  if (!expected.empty() && !asked.expected_ms)
    return fail(ErrorKind::ask_person, "invalid", "`expected` is a time like 2026-03-01T09:30:00Z.");
  return asked;
}

// What is taken down in an outage is real, whatever is practised beside it.
Result<void> refuse_drill_in_outage(const Workstation& station, const std::vector<std::string>& scopes) {
  for (const std::string& scope : scopes)
    if (const auto there = station.contingency().in_force_on(scope); there && !there->declared.drill)
      return fail(ErrorKind::ask_person, "outage-in-force",
                  "An outage is in force here (" + contingency::incident_short_name(there->declared.id) +
                      "), and what is taken down is real. Practise when it is over.");
  return {};
}

// The id that the code of this hour stands for, so that whoever types it elsewhere declares the same incident, and two
// who declare one outage without contact do. Without the key of codes any other.
Result<sync::Id> id_for(const Workstation& station, const contingency::Declaration& declared, const Call& call) {
  const std::string key = station.accounts().site_key();
  if (!key.empty()) {
    const auto code = make_short_code(key, declared.scopes.front(), declared.drill, *station.contingency().incidents(),
                                      corrected_now_ms(station));
    if (code) return code->meaning.incident();
  }
  const sync::Hash drawn = sync::sha256({station.identity().device.view(), call.session->person.id.view(),
                                         call.request.header("idempotency-key"), call.request.body});
  return sync::natural_id(0, station.identity().device, drawn.view());
}

Result<std::vector<sync::Op>> ops_to_declare(Workstation& station, const Call& call,
                                             const std::optional<contingency::Fleet>& fleet) {
  HOLDLINE_ASSIGN(DeclareAsked asked, declare_asked(station, call));
  contingency::Declaration& declared = asked.declaration;
  for (const std::string& scope : declared.scopes)
    if (const auto there = station.contingency().in_force_on(scope);
        there && !asked.another && there->declared.drill == declared.drill)
      return fail(ErrorKind::ask_person, "declared-already",
                  "An incident is in force there already: " + contingency::incident_short_name(there->declared.id) +
                      ". Declare another one only when it is another outage.");
  if (declared.drill) HOLDLINE_TRY(refuse_drill_in_outage(station, declared.scopes));
  HOLDLINE_ASSIGN(declared.id, id_for(station, declared, call));
  contingency::Ask ask;
  ask.role = role_of(call);
  ask.reason = asked.reason;
  ask.typed_word = asked.typed_word;
  contingency::Facts facts;
  facts.looks_well = !declared.drill && gate_here(station, declared.scopes).looks_well;
  const std::int64_t now_ms = corrected_now_ms(station);
  const std::string person = call.session->person.name;
  HOLDLINE_ASSIGN(const auto incident,
                  contingency::declare(declared, ServiceTrigger::declare, ask, facts, person, now_ms));
  const std::uint32_t plan_version = station.runs()->plan->version;
  const SaidAt said = said_here(station);
  auto ops = ops_of_declaration(station.schema(), incident, plan_version, said);
  if (asked.expected_ms)
    for (sync::Op& op :
         ops_of(station.schema(), incident,
                contingency::Estimate{*asked.expected_ms, {person, ask.role, asked.reason, now_ms}}, said)) {
      op.record.id = created_here(static_cast<std::uint32_t>(ops.size()));
      ops.push_back(std::move(op));
    }
  std::ranges::move(beginning_ops(station, incident, fleet, person, ops.size()), std::back_inserter(ops));
  if (!declared.drill) end_drills(station, declared.scopes, person, ops);
  return ops;
}

void save_decision(Workstation& station, const Call& call, Result<std::vector<sync::Op>> ops) {
  if (!ops) return refuse_unless_saved(station, call, refused_response(ops.error()));
  save(station, call, *std::move(ops), {});
}

void declare_incident(Workstation& station, Call call) {
  if (auto refusal = refuse_without_incidents(station)) return call.respond(*std::move(refusal));
  const Call answered = answered_in_force(station, std::move(call));
  const auto declare = [&station, answered](const std::optional<contingency::Fleet>& fleet) {
    save_decision(station, answered, ops_to_declare(station, answered, fleet));
  };
  // A drill tells how ready everybody was before; an outage waits for nobody.
  const bool drill = platform::JsonObject::parse(answered.request.body).boolean("drill", false);
  drill ? ask_for_fleet(station, declare) : declare(std::nullopt);
}

// --- one step further ---

// What stands in the body of every decision about an incident that is there.
struct DecisionAsked {
  contingency::Incident incident;
  std::string reason, point, other;
  std::optional<std::int64_t> expected_ms;
  bool overrides = false, same = true;
};

Result<DecisionAsked> decision_asked(const Workstation& station, const Call& call, std::string_view verb) {
  auto json = platform::JsonObject::parse(call.request.body);
  DecisionAsked asked;
  const std::string name = json.text("incident");
  asked.reason = json.text("reason");
  if (verb == "recover") asked.overrides = json.boolean("override", false);
  if (verb == "except") asked.point = json.text("point");
  const std::string expected = verb == "expect" ? json.text("expected") : std::string();
  asked.expected_ms = sync::parse_time(expected);
  if (verb == "link") {
    asked.other = json.text("other");
    asked.same = json.boolean("same", true);
  }
  HOLDLINE_TRY(json.checked_whole());
  if (verb == "expect" && !asked.expected_ms)
    return fail(ErrorKind::ask_person, "invalid", "`expected` is a time like 2026-03-01T09:30:00Z.");
  HOLDLINE_ASSIGN(asked.incident, named_incident(station, name));
  return asked;
}

std::string_view verb_of(const Call& call) {
  const std::string_view path = call.request.path;
  return path.substr(path.rfind('/') + 1);
}

std::optional<ServiceTrigger> trigger_of(std::string_view verb) {
  if (verb == "confirm") return ServiceTrigger::confirm;
  if (verb == "cancel") return ServiceTrigger::cancel;
  if (verb == "recover") return ServiceTrigger::systems_back;
  if (verb == "close") return ServiceTrigger::close;
  return std::nullopt;
}

// By whom it is decided, and what the daemon itself reads beside what they see.
struct Deciding {
  PersonView& view;
  View& all;
  const std::optional<contingency::Fleet>& fleet;
};

Result<std::vector<sync::Op>> ops_to_move(Workstation& station, const Call& call, const Deciding& by,
                                          const DecisionAsked& asked, ServiceTrigger trigger) {
  contingency::Ask ask;
  ask.role = role_of(call);
  ask.reason = asked.reason;
  ask.overrides_gate = asked.overrides;
  contingency::Facts facts;
  // In a drill nothing was broken.
  facts.gate_open = asked.incident.declared.drill || gate_here(station, asked.incident.declared.scopes).open;
  // When it is closed they are a point of the checklist, which somebody may have signed for.
  if (trigger == ServiceTrigger::cancel) facts.actions_left = actions_left(station, asked.incident).value_or(0);
  if (trigger == ServiceTrigger::close) {
    HOLDLINE_ASSIGN(const auto left, closing_facts(station, by.view, asked.incident, by.fleet));
    facts.checklist_left = contingency::points_left(contingency::checklist(left, asked.incident.exceptions));
    facts.other_incidents = station.contingency().incidents()->others_in_force(asked.incident.declared.id);
  }
  HOLDLINE_ASSIGN(const auto moved, contingency::move(asked.incident, trigger, ask, facts, call.session->person.name,
                                                      corrected_now_ms(station)));
  auto ops = ops_of(station.schema(), moved, moved.steps.back(), said_here(station));
  // One that was called off was not held.
  if (!moved.declared.drill || trigger != ServiceTrigger::close) return ops;
  HOLDLINE_ASSIGN(auto report, report_ops(station, by.all, moved, by.fleet, call.session->person.name, ops.size()));
  std::ranges::move(report, std::back_inserter(ops));
  return ops;
}

Result<void> check_point(const std::string& point) {
  std::string all;
  for (const contingency::ChecklistPoint& one : contingency::checklist({}, {})) {
    if (one.id == point) return {};
    all += (all.empty() ? "" : ", ") + one.id;
  }
  return fail(ErrorKind::ask_person, "unknown-point", "The checklist has no such point. It has: " + all + ".");
}

Result<std::vector<sync::Op>> ops_to_decide(Workstation& station, const Call& call, const Deciding& by_whom) {
  const std::string_view verb = verb_of(call);
  HOLDLINE_ASSIGN(const DecisionAsked asked, decision_asked(station, call, verb));
  if (const auto trigger = trigger_of(verb)) return ops_to_move(station, call, by_whom, asked, *trigger);
  // What has no row in the table of states is for whoever may decide at all.
  const contingency::Who role = role_of(call);
  if (role == contingency::Who{}) return fail(ErrorKind::ask_person, "role-refused", "This is for supervisors and IT.");
  const contingency::Signature by{call.session->person.name, role, asked.reason, corrected_now_ms(station)};
  const SaidAt said = said_here(station);
  if (verb == "except") {
    HOLDLINE_TRY(contingency::except(asked.incident, asked.point, by));
    HOLDLINE_TRY(check_point(asked.point));
    return ops_of(station.schema(), asked.incident, contingency::Exception{asked.point, by}, said);
  }
  if (verb == "expect") {
    HOLDLINE_TRY(contingency::expect(asked.incident, *asked.expected_ms, by));
    return ops_of(station.schema(), asked.incident, contingency::Estimate{*asked.expected_ms, by}, said);
  }
  HOLDLINE_TRY(contingency::check_reason(asked.reason));
  HOLDLINE_ASSIGN(const auto other, named_incident(station, asked.other));
  if (other.declared.id == asked.incident.declared.id)
    return fail(ErrorKind::ask_person, "invalid", "`incident` and `other` are two incidents.");
  if (asked.same && other.declared.drill != asked.incident.declared.drill)
    return fail(ErrorKind::ask_person, "invalid", "A drill and a real outage are never one.");
  return ops_of(station.schema(), asked.incident, other,
                contingency::MergeDecision{asked.incident.declared.id, other.declared.id, asked.same, by}, said);
}

void decide_on_incident(Workstation& station, Call call) {
  if (auto refusal = refuse_without_incidents(station)) return call.respond(*std::move(refusal));
  const Call answered = answered_in_force(station, call);
  const auto decide = [&station, answered](std::optional<contingency::Fleet> fleet) {
    station.read([&station, answered, fleet = std::move(fleet)](View& all) {
      PersonView view(all, answered.rights());
      save_decision(station, answered, ops_to_decide(station, answered, {view, all, fleet}));
    });
  };
  const bool ends = verb_of(call) == "close" || verb_of(call) == "cancel";
  ends ? ask_for_fleet(station, decide) : decide(std::nullopt);
}

}  // namespace

std::span<const Route> incident_routes() {
  static constexpr Route table[] = {
      {"GET", "/contingency", show_contingency},
      {"POST", "/contingency/declare", declare_incident},
      {"POST", "/contingency/confirm", decide_on_incident},
      {"POST", "/contingency/recover", decide_on_incident},
      {"POST", "/contingency/close", decide_on_incident},
      {"POST", "/contingency/cancel", decide_on_incident},
      {"POST", "/contingency/except", decide_on_incident},
      {"POST", "/contingency/expect", decide_on_incident},
      {"POST", "/contingency/link", decide_on_incident},
  };
  return table;
}

}  // namespace holdline::agent
