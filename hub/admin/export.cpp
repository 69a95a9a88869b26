#include "hub/admin/export.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sync/action/merged.hpp"
#include "sync/base/hash.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t largest_export = std::size_t{512} << 20;

// Fields that workstations get masked are no more for a file than for them.
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

DataExport::DataExport(const sync::Schema& schema, sync::ExportRequest request)
    : request_(std::move(request)),
      collection_(sync::exported_collection(schema, request_.collection)),
      table_(
          std::make_unique<sync::ExportTable>(schema, *collection_, exported_fields(*collection_, request_.sensitive))),
      writer_(table_->names(), request_.json) {}

Result<DataExport> DataExport::begin(Ledger& ledger, sync::ExportRequest request, std::string by) {
  HOLDLINE_TRY(sync::check_export(ledger.schema(), request));
  if (by.empty()) return fail(ErrorKind::ask_person, "no-person", "Say who exports it: --by NAME.");
  DataExport made(ledger.schema(), std::move(request));
  made.done_.person = std::move(by);
  made.done_.station = "hub";
  return made;
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
      children_[*parent].push_back(std::move(row.stored.record));
  if (!more) ++kind_;
  return true;
}

Result<bool> DataExport::take_rows(std::size_t records) {
  HOLDLINE_ASSIGN(const auto rows, reader_->rows(collection_->no, {&request_.scope, 1}, after_, records));
  const bool verified_only = request_.purpose == sync::purpose_of_verified && collection_->name == "customer";
  for (const VersionedRecord& row : rows) {
    const sync::Record& record = row.stored.record;
    if (sync::merged_into(*collection_, record)) continue;  // an alias: the other one goes along
    if (sync::is_practice(*collection_, record)) continue;
    const auto found = children_.find(record.key.id);
    if (verified_only && sync::is_unverified(*collection_, record)) {
      ++done_.left_out;
      continue;
    }
    static const std::vector<sync::Record> none;
    writer_.row(table_->cells(record, found == children_.end() ? none : found->second));
    if (found != children_.end()) children_.erase(found);
  }
  if (writer_.size() > largest_export)
    return fail(ErrorKind::ask_person, "too-much",
                "The file would be larger than 512 MiB. Nothing was exported; export a scope with fewer records.");
  if (rows.size() < records) return false;
  after_ = rows.back().stored.record.key.id;
  return true;
}

Result<void> DataExport::list(const sync::Schema& schema, Intake& intake, const Id& id, std::int64_t now_ms) {
  done_.rows = writer_.rows();
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
  HOLDLINE_ASSIGN(bool more, take_children(records));
  if (more) return true;
  HOLDLINE_ASSIGN(more, take_rows(records));
  if (more) return true;
  reader_.reset();
  children_.clear();
  HOLDLINE_TRY(list(ledger.schema(), intake, id, now_ms));
  return false;
}

}  // namespace holdline::hub
