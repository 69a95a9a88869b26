#include "agent/contingency/drills.hpp"

#include <algorithm>

#include "agent/contingency/new_record.hpp"
#include "contingency/incident/incidents.hpp"
#include "contingency/incident/name.hpp"
#include "sync/table/export.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t drills_kept = 40, work_page = 500, work_most = 10'000, reports_looked_at = 200;
constexpr std::int64_t doubted_before_ms = 60 * 60'000;

std::string name_filled(const sync::Collection& collection, const sync::Record& record, sync::Filling filling) {
  const auto field = std::ranges::find(collection.fields, filling, &sync::Field::filled_with);
  if (field == collection.fields.end()) return {};
  const auto* text =
      std::get_if<std::string>(&record.fields[static_cast<std::size_t>(field - collection.fields.begin())]);
  return text ? *text : std::string();
}

// When it happened, as the desk says; else when the hub had it.
std::int64_t happened_ms(const sync::Collection& collection, const sync::Record& record) {
  for (std::size_t i = 0; i < collection.fields.size(); ++i)
    if (collection.fields[i].filled_with == sync::Filling::event_time)
      if (const auto* ms = std::get_if<std::int64_t>(&record.fields[i])) return *ms;
  return sync::RecordFields(collection, record).number("recorded_at", 0);
}

Result<void> read_work(View& view, const sync::Collection& collection, const std::string& name,
                       std::vector<contingency::DrillWork>& work) {
  const Sight practised{nullptr, sync::Reading::one, Practice::only};
  for (sync::Id before; work.size() < work_most;) {
    HOLDLINE_ASSIGN(const auto page, view.list(collection, before, work_page, practised));
    for (const Shown& shown : page.shown)
      if (sync::RecordFields(collection, shown.record).text("incident") == name)
        work.push_back({collection.label, name_filled(collection, shown.record, sync::Filling::person),
                        name_filled(collection, shown.record, sync::Filling::workstation),
                        happened_ms(collection, shown.record)});
    if (page.shown.size() < work_page) return {};
    before = page.shown.back().record.key.id;
  }
  return {};
}

}  // namespace

Result<std::vector<DrillHeld>> read_drills(View& view) {
  std::vector<DrillHeld> held;
  const sync::Collection* collection = view.schema().collection(drill_collection);
  if (collection == nullptr) return held;
  HOLDLINE_ASSIGN(const auto many, view.list(*collection, {}, drills_kept));
  for (const Shown& shown : many.shown) {
    const sync::RecordFields fields(*collection, shown.record);
    const auto incident = contingency::incident_of_name(fields.text("incident"));
    auto report = contingency::decode_drill_report(fields.text("text"));
    const bool known =
        incident && std::ranges::any_of(held, [&](const DrillHeld& one) { return one.incident == *incident; });
    if (incident && report && !known && shown.attention.empty())
      held.push_back({*incident, fields.number("at", 0), *std::move(report)});
  }
  std::ranges::sort(held, std::greater{}, &DrillHeld::at_ms);
  return held;
}

Result<DrillSeen> read_drill(View& view, const contingency::Incident& drill) {
  DrillSeen seen;
  const std::string name = contingency::incident_name(drill.declared.id);
  for (const sync::Collection& collection : view.schema().collections())
    if (std::ranges::find(collection.fields, sync::Filling::drill, &sync::Field::filled_with) !=
            collection.fields.end() &&
        collection.field("incident"))
      HOLDLINE_TRY(read_work(view, collection, name, seen.work));
  const sync::Collection* reports = view.schema().collection("outage_report");
  if (reports == nullptr) return seen;
  HOLDLINE_ASSIGN(const auto many, view.list(*reports, {}, reports_looked_at));
  const std::int64_t begins_ms = drill.begins_ms();
  for (const Shown& shown : many.shown) {
    const std::int64_t at_ms = sync::RecordFields(*reports, shown.record).number("at", 0);
    const bool here = std::ranges::any_of(drill.declared.scopes, [&](const std::string& scope) {
      return contingency::scopes_meet(scope, shown.record.scope);
    });
    if (!here || at_ms > begins_ms || at_ms < begins_ms - doubted_before_ms) continue;
    seen.first_doubt_ms = std::min(at_ms, seen.first_doubt_ms.value_or(at_ms));
  }
  return seen;
}

std::vector<sync::Op> ops_of_report(const sync::Schema& schema, const contingency::Incident& drill,
                                    const contingency::DrillReport& report, const std::string& by, std::size_t first) {
  std::vector<sync::Op> ops;
  if (schema.collection(drill_collection) == nullptr) return ops;
  for (const std::string& scope : drill.declared.scopes) {
    NewRecord record(schema, drill_collection, scope, static_cast<std::uint32_t>(first + ops.size()));
    record.set("key", contingency::incident_key(drill.declared.id, scope))
        .set("incident", contingency::incident_name(drill.declared.id))
        .set("at", report.ended_ms)
        .set("by", by)
        .set("text", contingency::encode_json(report));
    ops.push_back(record.made());
  }
  return ops;
}

}  // namespace holdline::agent
