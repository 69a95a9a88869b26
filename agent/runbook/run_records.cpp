#include "agent/runbook/run_records.hpp"

#include "agent/contingency/incident_records.hpp"
#include "agent/contingency/new_record.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/plan/parts.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

using contingency::JournalEntry;
using contingency::JournalRecord;

// A plan of 256 KiB has 22 parts, in each scope of the workstation.
constexpr std::size_t parts_kept = 2'000;
// Half of what an action may have (sync/base/limits.hpp); what its other fields take, roughly.
constexpr std::size_t most_bytes = sync::limits::action_bytes / 2, most_ops = sync::limits::ops_per_action / 2;
constexpr std::size_t fields_bytes = 200;

// Ids stand in records as letters: digits would be looked at by the check for payment cards.
std::string in_letters(const std::string& id) {
  const auto parsed = sync::Id::parse(id);
  return parsed ? contingency::incident_name(*parsed) : std::string();
}
sync::Op op_of(const sync::Schema& schema, const sync::Id& incident, const std::string& scope,
               const JournalEntry& entry, std::uint32_t place) {
  const JournalRecord told = contingency::to_record(entry);
  NewRecord record(schema, run_collection, scope, place);
  record.set("incident", incident_record(schema, incident, scope))
      .set("event", contingency::incident_name(entry.id))
      .set("kind", told.kind)
      .set("action", told.action)
      .set("role", told.role)
      .set("by", told.person)
      .set("reason", told.reason)
      .set("at", entry.at_ms)
      .set("station", told.station)
      .set("device", in_letters(told.device))
      .set("about", in_letters(told.about))
      .set("detail", told.detail)
      .set("output", told.output);
  if (told.fence != 0) {
    record.set("fence", static_cast<std::int64_t>(told.fence));
    record.set("number", static_cast<std::int64_t>(told.number));
  }
  return record.made();
}

}  // namespace

bool knows_runs(const sync::Schema& schema) {
  return knows_incidents(schema) && schema.collection(run_collection) != nullptr;
}

bool is_of_runs(const sync::Schema& schema, sync::CollectionNo no) {
  const sync::Collection* collection = schema.collection(no);
  return collection && (collection->name == run_collection || collection->name == plan_collection);
}

Result<std::vector<JournalEntry>> read_run(View& view, const contingency::Incident& incident) {
  std::map<sync::Id, JournalEntry> entries;  // each scope has them all
  const sync::Schema& schema = view.schema();
  if (!knows_runs(schema)) return std::vector<JournalEntry>();
  const sync::Collection& events = *schema.collection(run_collection);
  for (const std::string& scope : incident.declared.scopes) {
    HOLDLINE_ASSIGN(const auto many, view.children(events, incident_record(schema, incident.declared.id, scope)));
    for (const Shown& shown : many.shown) {
      auto entry = contingency::entry_of(events, shown.record);
      // A wish that the hub refused stands for nothing. What a station told has happened, whatever the hub says.
      const bool wish = entry && std::holds_alternative<contingency::Wish>(entry->what);
      if (entry && !(wish && !shown.attention.empty())) entries.emplace(entry->id, *std::move(entry));
    }
  }
  std::vector<JournalEntry> all;
  for (auto& [id, entry] : entries) all.push_back(std::move(entry));
  return all;
}

std::vector<sync::Op> ops_of(const sync::Schema& schema, const sync::Id& incident,
                             const std::vector<std::string>& scopes, std::span<const JournalEntry> entries) {
  std::vector<sync::Op> ops;
  for (const std::string& scope : scopes)
    for (const JournalEntry& entry : entries)
      ops.push_back(op_of(schema, incident, scope, entry, static_cast<std::uint32_t>(ops.size())));
  return ops;
}

std::vector<std::vector<sync::Op>> in_actions(std::vector<sync::Op> ops) {
  std::vector<std::vector<sync::Op>> actions;
  std::size_t bytes = 0;
  for (sync::Op& op : ops) {
    std::size_t more = fields_bytes;
    for (const sync::FieldChange& change : op.changes)
      if (const auto* text = std::get_if<std::string>(&change.value)) more += text->size();
    if (actions.empty() || bytes + more > most_bytes || actions.back().size() == most_ops) {
      actions.emplace_back();
      bytes = 0;
    }
    bytes += more;
    op.record.id = created_here(static_cast<std::uint32_t>(actions.back().size()));
    actions.back().push_back(std::move(op));
  }
  return actions;
}

Result<std::map<std::uint32_t, std::string>> read_plan_texts(View& view) {
  const sync::Collection* collection = view.schema().collection(plan_collection);
  if (collection == nullptr) return std::map<std::uint32_t, std::string>();
  HOLDLINE_ASSIGN(const auto many, view.list(*collection, {}, parts_kept));
  std::vector<contingency::PlanPart> parts;
  for (const Shown& shown : many.shown) {
    const sync::RecordFields fields(*collection, shown.record);
    parts.push_back(
        {static_cast<std::uint32_t>(fields.number("version", 0)), static_cast<std::uint32_t>(fields.number("part", 0)),
         static_cast<std::uint32_t>(fields.number("parts", 0)), fields.text("text"), fields.text("sha256")});
  }
  return contingency::whole_plans(parts);
}

}  // namespace holdline::agent
