#include "hub/admin/export.hpp"

#include <algorithm>
#include <utility>

#include "sync/action/validate.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/syntax.hpp"
#include "sync/table/practice.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t largest_export = std::size_t{512} << 20;

// A field that lists leave out, or that workstations only get masked, goes into a file when it is asked for by name.
sync::FieldMask exported_fields(const sync::Collection& collection, bool sensitive) {
  sync::FieldMask fields = 0;
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const sync::Field& field = collection.fields[i];
    const bool open = !field.sensitive && field.replication == sync::Replication::full;
    if (open || sensitive) fields |= sync::FieldMask{1} << i;
  }
  return fields;
}

}  // namespace

DataExport::DataExport(Ledger& ledger, sync::ExportRequest request)
    : request_(std::move(request)),
      collection_(sync::exported_collection(ledger.schema(), request_.collection)),
      table_(std::make_unique<sync::ExportTable>(ledger.schema(), *collection_,
                                                 exported_fields(*collection_, request_.sensitive))),
      writer_(table_->names(), request_.json),
      audience_(ledger.schema(), *collection_, request_.purpose, ledger.identity().suppression_key),
      told_(audience_.wants()) {}

Result<DataExport> DataExport::begin(Ledger& ledger, sync::ExportRequest request, std::string by) {
  HOLDLINE_TRY(sync::check_export(ledger.schema(), request));
  if (by.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who exports it: --by NAME.");
  DataExport made(ledger, std::move(request));
  made.done_.person = std::move(by);
  made.done_.station = "hub";
  // Before anything is read: the list has to take it. It is given its id when it is written.
  sync::Op listed = sync::export_record(ledger.schema(), made.request_, made.done_);
  listed.record.id = ledger.identity().hub;
  const auto findings = sync::validate(ledger.schema(), listed, nullptr);
  if (!findings.empty()) return fail(ErrorKind::ask_person, findings.front().code, findings.front().message);
  return made;
}

// A portion of what decides who goes along. False: that was all.
Result<bool> DataExport::take_told(std::size_t records) {
  if (told_.empty()) return false;
  const sync::Collection& collection = *told_.back();
  std::vector<std::string> scopes{request_.scope};
  // Whoever asked one site of a client to be left alone has asked the client.
  if (&collection == audience_.suppressions()) {
    HOLDLINE_ASSIGN(scopes, reader_->scopes());
    std::erase_if(scopes,
                  [&](const std::string& scope) { return sync::tenant_of(scope) != sync::tenant_of(request_.scope); });
  }
  HOLDLINE_ASSIGN(const auto rows, reader_->rows(collection.no, scopes, after_, records));
  for (const VersionedRecord& row : rows) audience_.tell(collection, row.stored.record);
  if (rows.size() == records) {
    after_ = rows.back().stored.record.key.id;
  } else {
    after_ = Id{};
    told_.pop_back();
  }
  return true;
}

// A portion of the records that hang on customers. False: that was all.
Result<bool> DataExport::take_children(std::size_t records) {
  if (kind_ == table_->kinds().size()) return false;
  const sync::Collection& kind = *table_->kinds()[kind_];
  HOLDLINE_ASSIGN(auto rows, reader_->rows(kind.no, {&request_.scope, 1}, after_, records));
  const bool more = rows.size() == records;
  after_ = more ? rows.back().stored.record.key.id : Id{};
  for (VersionedRecord& row : rows)
    if (const auto* parent = std::get_if<Id>(&row.stored.record.fields[*kind.parent]))
      children_[audience_.root_of(*parent)].push_back(std::move(row.stored.record));
  if (!more) ++kind_;
  return true;
}

void DataExport::take_row(sync::Record record) {
  const bool customers = collection_->name == "customer";
  if (sync::is_practice(*collection_, record)) return;
  if (customers && audience_.root_of(record.key.id) != record.key.id) return;  // goes along with that one
  std::vector<sync::Record> children;
  if (const auto found = children_.find(record.key.id); found != children_.end()) {
    children = std::move(found->second);
    children_.erase(found);
  }
  if (!audience_.admit(record, children)) return;
  const auto about = customers ? std::nullopt : collection_->field("customer");
  const Id* customer = about ? std::get_if<Id>(&record.fields[*about]) : nullptr;
  writer_.row(table_->cells(record, children, customer ? std::optional(audience_.root_of(*customer)) : std::nullopt));
}

Result<bool> DataExport::take_rows(std::size_t records) {
  HOLDLINE_ASSIGN(auto rows, reader_->rows(collection_->no, {&request_.scope, 1}, after_, records));
  const bool more = rows.size() == records;
  if (more) after_ = rows.back().stored.record.key.id;
  for (VersionedRecord& row : rows) take_row(std::move(row.stored.record));
  if (writer_.size() > largest_export)
    return fail(ErrorKind::ask_person, "too-much",
                "The file would be larger than 512 MiB. Nothing was exported; export a scope with fewer records.");
  return more;
}

Result<void> DataExport::list(const sync::Schema& schema, Intake& intake, const Id& id, std::int64_t now_ms) {
  done_.rows = writer_.rows();
  done_.left_out = audience_.left_out();
  text_ = writer_.text();
  done_.sha256 = sync::to_hex(sync::sha256(text_).view());
  done_.at_ms = now_ms;
  OwnRow row{{sync::export_record(schema, request_, done_)}};
  row.ops.front().record.id = id;
  HOLDLINE_ASSIGN(const auto outcomes, intake.take_own({&row, 1}, now_ms));
  if (outcomes.front().effect != RowEffect::created)
    return fail(
        ErrorKind::ask_person, outcomes.front().code.empty() ? "not-listed" : outcomes.front().code,
        "The export could not be put on the list of exports, so it is not handed out. " + outcomes.front().text);
  return {};
}

Result<bool> DataExport::take(Ledger& ledger, Intake& intake, const Id& id, std::size_t records, std::int64_t now_ms) {
  if (!reader_) {
    HOLDLINE_ASSIGN(reader_, ledger.reader());
  }
  HOLDLINE_ASSIGN(bool more, take_told(records));
  if (more) return true;
  HOLDLINE_ASSIGN(more, take_children(records));
  if (more) return true;
  HOLDLINE_ASSIGN(more, take_rows(records));
  if (more) return true;
  reader_.reset();
  children_.clear();
  HOLDLINE_TRY(list(ledger.schema(), intake, id, now_ms));
  return false;
}

}  // namespace holdline::hub
