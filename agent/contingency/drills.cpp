#include "agent/contingency/drills.hpp"

#include <algorithm>

#include "agent/contingency/new_record.hpp"
#include "contingency/incident/incidents.hpp"
#include "contingency/incident/name.hpp"
#include "sync/table/export.hpp"
#include "sync/table/filled.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

constexpr std::size_t drills_kept = 80, work_page = 500, work_most = 10'000, reports_looked_at = 200;
constexpr std::int64_t doubted_before_ms = 60 * 60'000;

// Its own key beside that of the report: it is no report, and nobody who looks for one takes it for one.
std::string key_of_beginning(const sync::Id& drill, const std::string& scope) {
  return contingency::incident_key(drill, scope) + " begin";
}

sync::Op drill_record(const sync::Schema& schema, const contingency::Incident& drill, const std::string& scope,
                      const std::string& key, std::int64_t at_ms, const std::string& by, const std::string& text,
                      std::size_t place) {
  return NewRecord(schema, drill_collection, scope, static_cast<std::uint32_t>(place))
      .set("key", key)
      .set("incident", contingency::incident_name(drill.declared.id))
      .set("at", at_ms)
      .set("by", by)
      .set("text", text)
      .made();
}

// Customers who were added in it: they bear no incident, and the newest stand first.
Result<void> read_new_customers(View& view, const contingency::Incident& drill,
                                std::vector<contingency::DrillWork>& work) {
  const sync::Collection* customers = view.schema().collection("customer");
  if (customers == nullptr) return {};
  HOLDLINE_ASSIGN(const auto page,
                  view.list(*customers, {}, work_page, Sight{nullptr, sync::Reading::one, Practice::only}));
  for (const Shown& shown : page.shown) {
    const sync::Record& record = shown.record;
    const bool here = std::ranges::any_of(
        drill.declared.scopes, [&](const std::string& scope) { return contingency::scopes_meet(scope, record.scope); });
    if (here && sync::is_practice(*customers, record) && !record.key.id.is_natural() &&
        record.key.id.made_ms() >= drill.begins_ms())
      work.push_back({customers->label, "", "", record.key.id.made_ms()});
  }
  return {};
}

Result<std::optional<contingency::ReadyDesks>> read_ready_before(View& view, const contingency::Incident& drill) {
  const sync::Collection* collection = view.schema().collection(drill_collection);
  if (collection == nullptr) return std::nullopt;
  const std::string key = key_of_beginning(drill.declared.id, drill.declared.scopes.front());
  HOLDLINE_ASSIGN(const auto found, view.find({collection->no, sync::child_id(*collection, {}, key)}));
  if (!found.shown) return std::nullopt;
  return contingency::decode_ready_desks(sync::RecordFields(*collection, found.shown->record).text("text"));
}

Result<void> read_work(View& view, const sync::Collection& collection, const std::string& name,
                       std::vector<contingency::DrillWork>& work) {
  const Sight practised{nullptr, sync::Reading::one, Practice::only};
  for (sync::Id before; work.size() < work_most;) {
    HOLDLINE_ASSIGN(const auto page, view.list(collection, before, work_page, practised));
    for (const Shown& shown : page.shown)
      if (sync::RecordFields(collection, shown.record).text("incident") == name)
        work.push_back({collection.label, sync::filled_text(collection, shown.record, sync::Filling::person),
                        sync::filled_text(collection, shown.record, sync::Filling::workstation),
                        sync::happened_ms(collection, shown.record)});
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
  HOLDLINE_TRY(read_new_customers(view, drill, seen.work));
  HOLDLINE_ASSIGN(seen.ready_before, read_ready_before(view, drill));
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
  const std::string text = contingency::encode_json(report);
  for (const std::string& scope : drill.declared.scopes)
    ops.push_back(drill_record(schema, drill, scope, contingency::incident_key(drill.declared.id, scope),
                               report.ended_ms, by, text, first + ops.size()));
  return ops;
}

std::vector<sync::Op> ops_of_beginning(const sync::Schema& schema, const contingency::Incident& drill,
                                       const contingency::ReadyDesks& ready, const std::string& by, std::size_t first) {
  std::vector<sync::Op> ops;
  if (schema.collection(drill_collection) == nullptr) return ops;
  for (const std::string& scope : drill.declared.scopes)
    ops.push_back(drill_record(schema, drill, scope, key_of_beginning(drill.declared.id, scope), drill.begins_ms(), by,
                               contingency::encode_json(ready), first + ops.size()));
  return ops;
}

}  // namespace holdline::agent
