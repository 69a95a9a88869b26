#include <set>

#include "agent/contingency/incident_records.hpp"
#include "agent/contingency/new_record.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/incident/record_names.hpp"

namespace holdline::agent {

namespace {

NewRecord& sign(NewRecord& record, const contingency::Signature& by, const SaidAt& said) {
  return record.set("role", contingency::role_names.text(by.role))
      .set("by", by.person)
      .set("reason", by.reason)
      .set("at", by.at_ms)
      .set("station", said.station);
}

// Calls `fill` with a new step below the record of each scope.
template <class Fill>
std::vector<sync::Op> in_each_scope(const sync::Schema& schema, const contingency::Incident& incident,
                                    std::string_view kind, Fill fill) {
  std::vector<sync::Op> ops;
  for (const std::string& scope : incident.declared.scopes) {
    NewRecord step(schema, contingency::incident_step_collection, scope, static_cast<std::uint32_t>(ops.size()));
    step.set("incident", incident_record(schema, incident.declared.id, scope)).set("kind", std::string(kind));
    fill(step);
    ops.push_back(step.made());
  }
  return ops;
}

sync::Op head_of(const sync::Schema& schema, const contingency::Declaration& declared, const std::string& scope,
                 std::uint32_t plan_version, std::uint32_t place) {
  NewRecord head(schema, contingency::incident_collection, scope, place);
  head.set("key", contingency::incident_key(declared.id, scope))
      .add("scopes", declared.scopes)
      .set("how", contingency::how_names.text(declared.how))
      .set("drill", declared.drill);
  // A code says only that it is so: what somebody told who stands behind it stays.
  if (declared.how != contingency::DeclaredBy::code) {
    head.set("title", declared.title)
        .set("cause", contingency::cause_names.text(declared.cause))
        .set("severity", std::int64_t{declared.severity});
    if (plan_version != 0) head.set("plan_version", std::int64_t{plan_version});
  }
  return head.made();
}

}  // namespace

sync::Id incident_record(const sync::Schema& schema, const sync::Id& incident, const std::string& scope) {
  return sync::child_id(*schema.collection(contingency::incident_collection), {},
                        contingency::incident_key(incident, scope));
}

std::vector<sync::Op> ops_of_declaration(const sync::Schema& schema, const contingency::Incident& incident,
                                         std::uint32_t plan_version, const SaidAt& said) {
  std::vector<sync::Op> ops;
  for (const std::string& scope : incident.declared.scopes)
    ops.push_back(head_of(schema, incident.declared, scope, plan_version, static_cast<std::uint32_t>(ops.size())));
  for (sync::Op& step : ops_of(schema, incident, incident.steps.front(), said)) {
    step.record.id = created_here(static_cast<std::uint32_t>(ops.size()));
    ops.push_back(std::move(step));
  }
  return ops;
}

std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::IncidentStep& step, const SaidAt& said) {
  return in_each_scope(schema, incident, "step", [&](NewRecord& record) {
    sign(record.set("trigger", contingency::trigger_names.text(step.trigger)), step.by, said).set("code", said.code);
    if (step.overridden) record.set("overridden", true);
  });
}

std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::Estimate& estimate, const SaidAt& said) {
  return in_each_scope(schema, incident, "estimate", [&](NewRecord& record) {
    sign(record.set("expected_at", estimate.expected_ms), estimate.by, said);
  });
}

std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& incident,
                             const contingency::Exception& exception, const SaidAt& said) {
  return in_each_scope(schema, incident, "exception",
                       [&](NewRecord& record) { sign(record.set("point", exception.point), exception.by, said); });
}

std::vector<sync::Op> ops_of(const sync::Schema& schema, const contingency::Incident& one,
                             const contingency::Incident& other, const contingency::MergeDecision& decision,
                             const SaidAt& said) {
  std::set<std::string> scopes(one.declared.scopes.begin(), one.declared.scopes.end());
  scopes.insert(other.declared.scopes.begin(), other.declared.scopes.end());
  std::vector<sync::Op> ops;
  for (const std::string& scope : scopes) {
    NewRecord link(schema, contingency::incident_link_collection, scope, static_cast<std::uint32_t>(ops.size()));
    link.set("one", contingency::incident_name(decision.a))
        .set("other", contingency::incident_name(decision.b))
        .set("same", decision.same);
    ops.push_back(sign(link, decision.by, said).made());
  }
  return ops;
}

}  // namespace holdline::agent
