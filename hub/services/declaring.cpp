#include "hub/services/declaring.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "contingency/incident/name.hpp"
#include "contingency/incident/record.hpp"
#include "contingency/incident/record_names.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::hub {

namespace {

using contingency::Incident;

constexpr std::size_t most_incidents = 5'000;

// The create of a record of incidents, field by field.
class OwnRecord {
 public:
  OwnRecord(const sync::Collection& collection, Id id, const std::string& scope)
      : collection_(collection), op_{sync::OpKind::create, {collection.no, id}, scope, 0, {}, {}} {}

  OwnRecord& set(std::string_view name, sync::Value value) {
    op_.changes.push_back({*collection_.field(name), sync::Value(sync::Null{}), std::move(value), {}, {}});
    return *this;
  }
  OwnRecord& add(std::string_view name, std::string element) {
    op_.changes.push_back({*collection_.field(name), {}, {}, {std::move(element)}, {}});
    return *this;
  }
  sync::Op made() {
    std::ranges::sort(op_.changes, {}, &sync::FieldChange::field);
    return std::move(op_);
  }

 private:
  const sync::Collection& collection_;
  sync::Op op_;
};

// Whether a real one is in force over the scope, whoever declared it.
Result<bool> is_declared(LedgerReader& reader, const sync::Collection& heads, const sync::Collection& steps,
                         const std::string& scope) {
  std::map<Id, Incident> by_record;
  const std::vector<std::string> scopes{scope};
  HOLDLINE_ASSIGN(const auto head_rows, reader.rows(heads.no, scopes, Id{}, most_incidents));
  for (const VersionedRecord& row : head_rows)
    if (auto declared = contingency::declaration_of(heads, row.stored.record))
      by_record[row.stored.record.key.id].declared = *std::move(declared);
  HOLDLINE_ASSIGN(const auto step_rows, reader.rows(steps.no, scopes, Id{}, most_incidents));
  for (const VersionedRecord& row : step_rows)
    if (const auto of = by_record.find(sync::RecordFields(steps, row.stored.record).id("incident"));
        of != by_record.end())
      contingency::take_step(steps, row.stored.record, of->second);
  return std::ranges::any_of(by_record, [](const auto& entry) {
    const Incident& incident = entry.second;
    return !incident.steps.empty() && !incident.declared.drill && contingency::joined(incident, incident).in_force();
  });
}

}  // namespace

Result<void> declare_failing(Ledger& ledger, Intake& intake, const ServiceChange& failing, std::int64_t now_ms) {
  const sync::Collection* heads = ledger.schema().collection(contingency::incident_collection);
  const sync::Collection* steps = ledger.schema().collection(contingency::incident_step_collection);
  if (heads == nullptr || steps == nullptr) return {};
  {
    HOLDLINE_ASSIGN(const auto reader, ledger.reader());
    HOLDLINE_ASSIGN(const bool declared, is_declared(*reader, *heads, *steps, failing.scope));
    if (declared) return {};
  }
  const Id incident = sync::natural_id(heads->no, Id{}, failing.scope + "\n" + std::to_string(failing.shown.since_ms));
  const std::string key = contingency::incident_key(incident, failing.scope);
  const Id head = sync::child_id(*heads, {}, key);
  const std::string what =
      failing.shown.failing.empty() ? "The central systems fail" : failing.shown.failing + " fails";
  OwnWork work;
  work.rows = [&](LedgerTransaction&) -> Result<std::vector<OwnRow>> {
    std::vector<OwnRow> rows(1);
    rows.front().ops.push_back(OwnRecord(*heads, head, failing.scope)
                                   .set("key", key)
                                   .set("title", what)
                                   .add("scopes", failing.scope)
                                   .set("how", contingency::how_names.text(contingency::DeclaredBy::machine))
                                   .set("drill", false)
                                   .set("cause", contingency::cause_names.text(failing.shown.cause))
                                   .set("severity", std::int64_t{2})
                                   .made());
    rows.front().ops.push_back(
        OwnRecord(*steps, sync::natural_id(steps->no, head, "degraded_long"), failing.scope)
            .set("incident", head)
            .set("kind", std::string("step"))
            .set("trigger", contingency::trigger_names.text(contingency::ServiceTrigger::degraded_long))
            .set("role", contingency::role_names.text(contingency::by_machine))
            .set("by", std::string("machine"))
            .set("reason", what + ", and nobody has declared an outage: confirm it, or call it off")
            .set("at", now_ms)
            .made());
    return rows;
  };
  HOLDLINE_ASSIGN(const auto outcomes, intake.take_own(std::move(work), now_ms));
  for (const RowOutcome& outcome : outcomes)
    if (outcome.effect == RowEffect::refused)
      return fail(ErrorKind::ask_person, outcome.code, "The outage could not be declared: " + outcome.text);
  return {};
}

}  // namespace holdline::hub
