#include "contingency/incident/record.hpp"

#include "contingency/incident/name.hpp"
#include "contingency/incident/record_names.hpp"

namespace holdline::contingency {

namespace {

Signature signature_in(const sync::RecordFields& fields) {
  return {fields.text("by"), role_names.value(fields.text("role")).value_or(by_machine), fields.text("reason"),
          fields.number("at")};
}

}  // namespace

std::optional<Declaration> declaration_of(const sync::Collection& incidents, const sync::Record& record) {
  const sync::RecordFields fields(incidents, record);
  const std::string key = fields.text("key");
  const auto id = incident_of_name(key.substr(0, key.find(' ')));
  const auto how = how_names.value(fields.text("how"));
  if (!id || !how) return std::nullopt;
  Declaration declared;
  declared.id = *id;
  declared.title = fields.text("title");
  declared.scopes = fields.texts("scopes");
  if (declared.scopes.empty()) declared.scopes = {record.scope};
  declared.how = *how;
  declared.drill = fields.flag("drill");
  declared.cause = cause_names.value(fields.text("cause")).value_or(Cause::none);
  declared.severity = static_cast<std::uint8_t>(fields.number("severity", declared.severity));
  return declared;
}

void take_step(const sync::Collection& steps, const sync::Record& record, Incident& incident) {
  const sync::RecordFields fields(steps, record);
  const std::string kind = fields.text("kind");
  if (kind == "estimate") incident.estimates.push_back({fields.number("expected_at"), signature_in(fields)});
  if (kind == "exception") incident.exceptions.push_back({fields.text("point"), signature_in(fields)});
  const auto trigger = trigger_names.value(fields.text("trigger"));
  if (kind != "step" || !trigger) return;
  if (*trigger == ServiceTrigger::degraded_long)
    incident.declared.confirm_by_ms = fields.number("at") + StateOptions{}.confirm_within_ms;
  incident.steps.push_back({*trigger, signature_in(fields), fields.flag("overridden"), false});
}

std::optional<MergeDecision> decision_of(const sync::Collection& links, const sync::Record& record) {
  const sync::RecordFields fields(links, record);
  const auto one = incident_of_name(fields.text("one"));
  const auto other = incident_of_name(fields.text("other"));
  if (!one || !other) return std::nullopt;
  return MergeDecision{*one, *other, fields.flag("same"), signature_in(fields)};
}

}  // namespace holdline::contingency
