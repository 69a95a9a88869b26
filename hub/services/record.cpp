#include "hub/services/record.hpp"

#include <algorithm>

namespace holdline::hub {

namespace {

constexpr std::string_view collection_name = "service_state";

sync::RecordKey key_of(const sync::Collection& collection, const std::string& scope) {
  return {collection.no, sync::natural_id(collection.no, Id{}, scope + "\n" + std::string(collection_name))};
}

// Options of a picklist are words of the schema.
std::string option_of(std::string_view name) {
  std::string option(name);
  std::ranges::replace(option, '-', '_');
  return option;
}

std::string text_at(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text != nullptr ? *text : std::string();
}

ServiceShown shown_by(const sync::Collection& collection, const sync::Record& record) {
  ServiceShown shown;
  if (text_at(collection, record, "state") == "degraded") shown.state = contingency::ServiceState::degraded;
  if (text_at(collection, record, "cause") == option_of(name_of(contingency::Cause::central_service)))
    shown.cause = contingency::Cause::central_service;
  shown.failing = text_at(collection, record, "failing");
  const auto since = collection.field("since");
  if (const auto* ms = since ? std::get_if<std::int64_t>(&record.fields[*since]) : nullptr) shown.since_ms = *ms;
  return shown;
}

// What has to change for the record to say it; made of what stands, so that nobody has to decide.
sync::Op op_of(const sync::Collection& collection, const sync::RecordKey& key, const sync::Record* stands,
               const ServiceChange& change) {
  sync::Op op{stands != nullptr ? sync::OpKind::edit : sync::OpKind::create, key, change.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    const auto index = collection.field(field);
    if (!index) return;
    const sync::Value base = stands != nullptr ? stands->fields[*index] : sync::Value(sync::Null{});
    if (base != value) op.changes.push_back({*index, base, std::move(value), {}, {}});
  };
  const auto text_or_null = [](std::string text) {
    return text.empty() ? sync::Value(sync::Null{}) : sync::Value(std::move(text));
  };
  set("state", std::string(name_of(change.shown.state)));
  set("cause", option_of(name_of(change.shown.cause)));
  set("failing", text_or_null(change.shown.failing));
  if (change.shown.since_ms != 0) set("since", change.shown.since_ms);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

}  // namespace

Result<ServiceShown> read_service(Ledger& ledger, const std::string& scope) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  const sync::Collection* collection = reader->schema().collection(collection_name);
  if (collection == nullptr) return ServiceShown{};
  HOLDLINE_ASSIGN(const auto row, reader->row(key_of(*collection, scope)));
  return row ? shown_by(*collection, row->stored.record) : ServiceShown{};
}

Result<void> keep_service(Ledger& ledger, Intake& intake, const ServiceChange& change, std::int64_t now_ms) {
  const sync::Collection* collection = ledger.schema().collection(collection_name);
  if (collection == nullptr) return {};
  OwnWork work;
  work.rows = [&](LedgerTransaction& transaction) -> Result<std::vector<OwnRow>> {
    const sync::RecordKey key = key_of(*collection, change.scope);
    HOLDLINE_ASSIGN(const auto found, transaction.records({&key, 1}));
    const auto stands = found.find(key);
    std::vector<OwnRow> rows(1);
    rows.front().ops.push_back(
        op_of(*collection, key, stands == found.end() ? nullptr : &stands->second.stored.record, change));
    if (rows.front().ops.front().changes.empty()) rows.clear();
    return rows;
  };
  HOLDLINE_ASSIGN(const auto outcomes, intake.take_own(std::move(work), now_ms));
  for (const RowOutcome& outcome : outcomes)
    if (outcome.effect == RowEffect::refused)
      return fail(ErrorKind::ask_person, outcome.code, "The state of the services could not be kept: " + outcome.text);
  return {};
}

}  // namespace holdline::hub
