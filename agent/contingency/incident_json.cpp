#include "agent/contingency/incident_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "contingency/incident/name.hpp"
#include "contingency/incident/record_names.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::agent {

namespace {

using contingency::Incident;

nlohmann::json moment(std::int64_t ms) { return ms == 0 ? nlohmann::json() : nlohmann::json(sync::format_time(ms)); }
nlohmann::json moment(const std::optional<std::int64_t>& ms) { return moment(ms.value_or(0)); }

nlohmann::json signature_json(const contingency::Signature& by) {
  return {{"person", by.person},
          {"role", contingency::role_names.text(by.role)},
          {"reason", by.reason},
          {"at", moment(by.at_ms)}};
}

// What is told of it first: of several who declared it, somebody who said why and not a code that was typed.
const contingency::Signature& declared_by(const Incident& incident) {
  const auto said = std::ranges::find_if(incident.steps, [](const contingency::IncidentStep& step) {
    return step.trigger == contingency::ServiceTrigger::declare && step.by.role != contingency::by_code;
  });
  return said == incident.steps.end() ? incident.steps.front().by : said->by;
}

// What the strip needs, and every list.
nlohmann::json head_json(const Incident& incident) {
  const contingency::Declaration& declared = incident.declared;
  return {{"id", contingency::incident_name(declared.id)},
          {"short", contingency::incident_short_name(declared.id)},
          {"title", declared.title},
          {"reason", declared_by(incident).reason},
          {"phase", std::string(contingency::name_of(incident.phase))},
          {"drill", declared.drill},
          {"planned", incident.planned},
          {"confirmed", incident.confirmed},
          {"scopes", declared.scopes},
          {"begins", moment(incident.begins_ms())},
          {"ended", moment(incident.ended_ms)},
          {"expected", moment(incident.expected_ms())}};
}

nlohmann::json step_json(const contingency::IncidentStep& step) {
  nlohmann::json json = signature_json(step.by);
  json["step"] = std::string(contingency::name_of(step.trigger));
  json["overridden"] = step.overridden;
  json["idle"] = step.idle;
  return json;
}

}  // namespace

nlohmann::json standing_json(const ContingencyStanding& standing) {
  return {{"service", std::string(contingency::name_of(standing.worst))},
          {"since", moment(standing.since_ms)},
          {"cause", std::string(contingency::name_of(standing.cause))},
          {"in_force", standing.in_force},
          {"incident", standing.leading ? head_json(*standing.leading) : nlohmann::json()}};
}

nlohmann::json incident_json(const Incident& incident) {
  nlohmann::json json = head_json(incident);
  json["how"] = std::string(contingency::name_of(incident.declared.how));
  json["cause"] = std::string(contingency::name_of(incident.declared.cause));
  json["severity"] = incident.declared.severity;
  json["steps"] = nlohmann::json::array();
  for (const contingency::IncidentStep& step : incident.steps) json["steps"].push_back(step_json(step));
  json["estimates"] = nlohmann::json::array();
  for (const contingency::Estimate& estimate : incident.estimates) {
    json["estimates"].push_back(signature_json(estimate.by));
    json["estimates"].back()["expected"] = moment(estimate.expected_ms);
  }
  json["exceptions"] = nlohmann::json::array();
  for (const contingency::Exception& exception : incident.exceptions) {
    json["exceptions"].push_back(signature_json(exception.by));
    json["exceptions"].back()["point"] = exception.point;
  }
  return json;
}

nlohmann::json checklist_json(const std::vector<contingency::ChecklistPoint>& points) {
  nlohmann::json list = nlohmann::json::array();
  for (const contingency::ChecklistPoint& point : points)
    list.push_back({{"point", point.id},
                    {"text", point.text},
                    {"left", point.left ? nlohmann::json(*point.left) : nlohmann::json()},
                    {"done", point.done()},
                    {"excepted", point.excepted ? signature_json(*point.excepted) : nlohmann::json()}});
  return list;
}

}  // namespace holdline::agent
