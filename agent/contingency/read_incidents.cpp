#include <map>

#include "agent/contingency/incident_fields.hpp"
#include "agent/contingency/incident_records.hpp"
#include "agent/contingency/record_fields.hpp"
#include "contingency/incident/name.hpp"

namespace holdline::agent {

namespace {

// An incident is over after days at most, and a centre has few of them.
constexpr std::size_t incidents_kept = 64, links_kept = 256;

using Fields = FieldsByName;

contingency::Signature signature_of(const Fields& fields) {
  return {fields.text("by"), role_names.value(fields.text("role")).value_or(contingency::by_machine),
          fields.text("reason"), fields.number("at", 0)};
}

std::optional<contingency::Declaration> declaration_of(const Fields& fields, const sync::Record& record) {
  const std::string key = fields.text("key");
  const auto id = contingency::incident_of_name(key.substr(0, key.find(' ')));
  const auto how = how_names.value(fields.text("how"));
  if (!id || !how) return std::nullopt;
  contingency::Declaration declared;
  declared.id = *id;
  declared.title = fields.text("title");
  declared.scopes = fields.texts("scopes");
  if (declared.scopes.empty()) declared.scopes = {record.scope};
  declared.how = *how;
  declared.drill = fields.flag("drill");
  declared.cause = cause_names.value(fields.text("cause")).value_or(contingency::Cause::none);
  declared.severity = static_cast<std::uint8_t>(fields.number("severity", declared.severity));
  return declared;
}

void take_step(const Fields& fields, contingency::Incident& incident) {
  const std::string kind = fields.text("kind");
  if (kind == "estimate") incident.estimates.push_back({fields.number("expected_at", 0), signature_of(fields)});
  if (kind == "exception") incident.exceptions.push_back({fields.text("point"), signature_of(fields)});
  const auto trigger = trigger_names.value(fields.text("trigger"));
  if (kind == "step" && trigger)
    incident.steps.push_back({*trigger, signature_of(fields), fields.flag("overridden"), false});
}

Result<void> take_incident(View& view, const sync::Collection& collection, const sync::Record& record,
                           std::map<sync::Id, contingency::Incident>& known) {
  auto declared = declaration_of(Fields(collection, record), record);
  if (!declared) return {};
  contingency::Incident incident;
  incident.declared = *std::move(declared);
  const sync::Collection& steps = *view.schema().collection(incident_step_collection);
  HOLDLINE_ASSIGN(const auto many, view.children(steps, record.key.id));
  for (const Shown& shown : many.shown)
    if (shown.attention.empty()) take_step(Fields(steps, shown.record), incident);
  if (incident.steps.empty()) return {};
  const sync::Id id = incident.declared.id;
  // Joined with itself it has its steps in order and its phase.
  const auto [at, first] = known.try_emplace(id, incident);
  at->second = contingency::joined(at->second, incident);
  return {};
}

}  // namespace

bool knows_incidents(const sync::Schema& schema) {
  return schema.collection(incident_collection) && schema.collection(incident_step_collection) &&
         schema.collection(incident_link_collection);
}

bool is_of_incidents(const sync::Schema& schema, sync::CollectionNo no) {
  const sync::Collection* collection = schema.collection(no);
  return collection && (collection->name == incident_collection || collection->name == incident_step_collection ||
                        collection->name == incident_link_collection);
}

Result<IncidentsRead> read_incidents(View& view) {
  IncidentsRead read;
  if (!knows_incidents(view.schema())) return read;
  const sync::Collection& incidents = *view.schema().collection(incident_collection);
  HOLDLINE_ASSIGN(const auto many, view.list(incidents, {}, incidents_kept));
  std::map<sync::Id, contingency::Incident> known;
  // What the hub refused stands for nothing.
  for (const Shown& shown : many.shown)
    if (shown.attention.empty()) HOLDLINE_TRY(take_incident(view, incidents, shown.record, known));
  for (auto& [id, incident] : known) read.incidents.push_back(std::move(incident));

  const sync::Collection& links = *view.schema().collection(incident_link_collection);
  HOLDLINE_ASSIGN(const auto told, view.list(links, {}, links_kept));
  for (const Shown& shown : told.shown) {
    const Fields fields(links, shown.record);
    const auto one = contingency::incident_of_name(fields.text("one"));
    const auto other = contingency::incident_of_name(fields.text("other"));
    if (one && other && shown.attention.empty())
      read.decisions.push_back({*one, *other, fields.flag("same"), signature_of(fields)});
  }
  return read;
}

}  // namespace holdline::agent
