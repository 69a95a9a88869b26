#include <map>

#include "agent/contingency/drills.hpp"
#include "agent/contingency/incident_records.hpp"
#include "contingency/incident/record.hpp"
#include "contingency/incident/record_names.hpp"

namespace holdline::agent {

namespace {

// An incident is over after days at most, and a centre has few of them.
constexpr std::size_t incidents_kept = 64, links_kept = 256;

Result<void> take_incident(View& view, const sync::Collection& collection, const sync::Record& record,
                           std::map<sync::Id, contingency::Incident>& known) {
  auto declared = contingency::declaration_of(collection, record);
  if (!declared) return {};
  contingency::Incident incident;
  incident.declared = *std::move(declared);
  const sync::Collection& steps = *view.schema().collection(contingency::incident_step_collection);
  HOLDLINE_ASSIGN(const auto many, view.children(steps, record.key.id));
  for (const Shown& shown : many.shown)
    if (shown.attention.empty()) contingency::take_step(steps, shown.record, incident);
  if (incident.steps.empty()) return {};
  const sync::Id id = incident.declared.id;
  // Joined with itself it has its steps in order and its phase.
  const auto [at, first] = known.try_emplace(id, incident);
  at->second = contingency::joined(at->second, incident);
  return {};
}

}  // namespace

bool knows_incidents(const sync::Schema& schema) {
  return schema.collection(contingency::incident_collection) &&
         schema.collection(contingency::incident_step_collection) &&
         schema.collection(contingency::incident_link_collection);
}

bool is_of_incidents(const sync::Schema& schema, sync::CollectionNo no) {
  const sync::Collection* collection = schema.collection(no);
  return collection &&
         (collection->name == contingency::incident_collection ||
          collection->name == contingency::incident_step_collection ||
          collection->name == contingency::incident_link_collection || collection->name == drill_collection);
}

Result<IncidentsRead> read_incidents(View& view) {
  IncidentsRead read;
  if (!knows_incidents(view.schema())) return read;
  const sync::Collection& incidents = *view.schema().collection(contingency::incident_collection);
  HOLDLINE_ASSIGN(const auto many, view.list(incidents, {}, incidents_kept));
  std::map<sync::Id, contingency::Incident> known;
  // What the hub refused stands for nothing.
  for (const Shown& shown : many.shown)
    if (shown.attention.empty()) HOLDLINE_TRY(take_incident(view, incidents, shown.record, known));
  for (auto& [id, incident] : known) read.incidents.push_back(std::move(incident));

  const sync::Collection& links = *view.schema().collection(contingency::incident_link_collection);
  HOLDLINE_ASSIGN(const auto told, view.list(links, {}, links_kept));
  for (const Shown& shown : told.shown) {
    const auto decision = contingency::decision_of(links, shown.record);
    if (decision && shown.attention.empty()) read.decisions.push_back(*decision);
  }
  return read;
}

}  // namespace holdline::agent
