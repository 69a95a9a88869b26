#include "sync/table/export.hpp"

#include <algorithm>
#include <array>

#include "sync/base/timestamp.hpp"
#include "sync/table/columns.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

// Of entries and callbacks, beside the customer they were taken down for.
constexpr std::string_view customer_now_column = "customer_now";

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> exported{
    {{"customers", "customer"}, {"entries", "manual_entry"}, {"callbacks", "callback_request"}}};

bool goes_along(const Collection& collection, const Field& field) {
  // Nothing that was for practice goes along, so that there would be nothing in it.
  if (field.replication == Replication::never || field.filled_with == Filling::drill) return false;
  // An import takes texts; which child is the first choice is told by the order of the columns.
  if (field.type == FieldType::reference) return collection.name != "customer";
  return true;
}

std::vector<std::string> live_texts(const Elements& elements) {
  std::vector<std::string> texts;
  for (const Element& element : elements)
    if (!element.removed) texts.push_back(element.text);
  return texts;
}

ExportCell cell_of(const Field& field, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* id = std::get_if<Id>(&value)) return id->text();
  if (const auto* elements = std::get_if<Elements>(&value)) return live_texts(*elements);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (field.type == FieldType::time) return format_time(*number);
    return *number;
  }
  return {};
}

std::string text_at(const Record& record, std::optional<FieldIndex> field) {
  const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
  return text == nullptr ? std::string() : *text;
}

// "+442075518700 ext. 12", which is read again as the same.
std::string child_text(const Collection& kind, const Record& child) {
  const std::string key = text_at(child, kind.natural_key);
  const std::string extension = text_at(child, kind.fields[*kind.natural_key].extension);
  return extension.empty() ? key : key + " ext. " + extension;
}

}  // namespace

const Collection* exported_collection(const Schema& schema, std::string_view name) {
  for (const auto& [plural, collection] : exported)
    if (name == plural || name == collection) return schema.collection(collection);
  return nullptr;
}

bool is_unverified(const Collection& customers, const Record& customer) {
  const auto verified = customers.field("verified_at");
  return verified && is_null(customer.fields[*verified]) && !text_at(customer, customers.field("source")).empty();
}

ExportTable::ExportTable(const Schema& schema, const Collection& collection, FieldMask fields)
    : collection_(collection) {
  names_ = {std::string(record_id_column)};
  const bool customers = collection.name == "customer";
  if (!customers) names_.push_back("scope");
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if ((fields >> i & 1) == 0 || !goes_along(collection, collection.fields[i])) continue;
    fields_.push_back(static_cast<FieldIndex>(i));
    names_.push_back(collection.fields[i].name);
  }
  if (!customers && collection.field("customer")) names_.push_back(std::string(customer_now_column));
  if (!customers) return;
  for (const Collection& kind : schema.collections()) {
    if (!kind.parent || !kind.natural_key || kind.fields[*kind.parent].target != collection.no) continue;
    kinds_.push_back(&kind);
    names_.push_back(kind.name);
  }
}

std::vector<ExportCell> ExportTable::cells(const Record& record, std::span<const Record> children,
                                           std::optional<Id> customer_now) const {
  std::vector<ExportCell> cells{record.key.id.text()};
  const bool customers = collection_.name == "customer";
  if (!customers) cells.emplace_back(record.scope);
  for (const FieldIndex field : fields_) cells.push_back(cell_of(collection_.fields[field], record.fields[field]));
  if (!customers && collection_.field("customer"))
    cells.push_back(customer_now ? ExportCell(customer_now->text()) : ExportCell());
  for (const Collection* kind : kinds_) {
    std::vector<std::string> texts;
    for (const Record& child : children) {
      if (child.key.collection != kind->no || child.deleted) continue;
      std::string text = child_text(*kind, child);
      if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
    }
    cells.emplace_back(std::move(texts));
  }
  return cells;
}

Result<void> check_export(const Schema& schema, const ExportRequest& request) {
  const Collection* list = schema.collection("data_export");
  if (list == nullptr)
    return fail(ErrorKind::ask_person, "no-export-list",
                "The forms of this hub are of a version that keeps no list of exports, so nothing is exported.");
  if (exported_collection(schema, request.collection) == nullptr)
    return fail(ErrorKind::ask_person, "unknown-collection", "What can be exported: customers, entries, callbacks.");
  const auto& purposes = list->fields[*list->field("purpose")].options;
  if (std::ranges::find(purposes, request.purpose) == purposes.end()) {
    std::string names;
    for (const std::string& purpose : purposes) names += (names.empty() ? "" : ", ") + purpose;
    return fail(ErrorKind::ask_person, "unknown-purpose", "Say what it is for: " + names + ".");
  }
  if (tidy_text(request.reason).empty())
    return fail(ErrorKind::ask_person, "no-reason", "Say why in your own words; it is kept with the export.");
  return {};
}

Op export_record(const Schema& schema, const ExportRequest& request, const ExportDone& done) {
  const Collection& list = *schema.collection("data_export");
  Op op{OpKind::create, {list.no, {}}, request.scope, 0, {}, {}};
  const auto set = [&](std::string_view field, Value value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text && text->empty()) return;
    if (const auto index = list.field(field)) op.changes.push_back({*index, Value(Null{}), std::move(value), {}, {}});
  };
  set("what", exported_collection(schema, request.collection)->name);
  set("purpose", request.purpose);
  set("reason", tidy_text(request.reason));
  set("filter", "scope " + request.scope);
  set("format", std::string(request.json ? "ndjson" : "csv"));
  set("sensitive", request.sensitive);
  set("rows", static_cast<std::int64_t>(done.rows));
  set("left_out", static_cast<std::int64_t>(done.left_out.all_records()));
  set("left_out_because", described(done.left_out));
  set("sha256", done.sha256);
  set("person", done.person);
  set("station", done.station);
  set("at", done.at_ms);
  std::ranges::sort(op.changes, {}, &FieldChange::field);
  return op;
}

}  // namespace holdline::sync
