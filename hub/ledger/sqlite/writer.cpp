// The reads of a write transaction. What it writes is in commit.cpp.
#include "hub/ledger/sqlite/writer.hpp"

#include <stdexcept>

#include "hub/ledger/sqlite/migrations.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

Result<std::unique_ptr<Writer>> Writer::make(platform::Database db, Schemas& schemas) {
  std::unique_ptr<Writer> writer(new Writer(std::move(db), schemas));
  HOLDLINE_ASSIGN(const bool knows_unique, has_unique(writer->statements_, *writer->schema_));
  if (!knows_unique) {
    HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(writer->db_));
    HOLDLINE_TRY(fill_unique(writer->db_, writer->statements_, *writer->schema_));
    HOLDLINE_TRY(transaction.commit());
  }
  HOLDLINE_TRY(writer->digests_.load(writer->statements_, writer->scopes_));
  HOLDLINE_ASSIGN(writer->head_, read_head(writer->statements_));
  return writer;
}

// Rows and digests stay as they are: nothing stands in a field that was not there, and what is retired still counts.
Result<void> Writer::add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t now_ms) {
  if (schemas_.all()->numbered(schema->version()) != nullptr)
    return fail(ErrorKind::ask_person, "schema-number",
                "The hub has a version " + std::to_string(schema->version()) + " already: raise `version`.");
  const platform::MutexLock lock(schemas_.changing());
  HOLDLINE_TRY(begin());  // refuses when the file is not to be trusted
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db_));
  HOLDLINE_TRY(write_schema(db_, statements_, *schema, now_ms));
  if (schema->version() > schema_->version()) HOLDLINE_TRY(fill_unique(db_, statements_, *schema));
  HOLDLINE_TRY(transaction.commit());
  schemas_.add(std::move(schema));
  schema_ = &schemas_.present();
  news_.note_for_all();
  return {};
}

Result<std::unique_ptr<LedgerTransaction>> Writer::begin() {
  if (open_) throw std::logic_error("a ledger transaction is open already");
  if (outcome_unknown_) {
    return fail(
        ErrorKind::stop, "ledger-needs-reopen",
        "The last commit failed and may or may not be on the disk. The hub has to be started again; opening the ledger "
        "settles it.");
  }
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db_));
  return std::make_unique<WriteTransaction>(*this, std::move(transaction));
}

Result<void> Writer::put_mark(std::string_view mark) {
  HOLDLINE_TRY(begin());  // refuses when the file is not to be trusted
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db_));
  HOLDLINE_TRY(write_meta(statements_, write_mark, mark));
  return transaction.commit();
}

WriteTransaction::WriteTransaction(Writer& writer, platform::Transaction transaction)
    : writer_(writer), transaction_(std::move(transaction)) {
  writer_.open_ = true;
}

WriteTransaction::~WriteTransaction() { writer_.open_ = false; }

Result<std::map<LaneKey, Progress>> WriteTransaction::progress(std::span<const LaneKey> keys) {
  std::map<LaneKey, Progress> found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT number, hash FROM progress WHERE device = ? AND "
                                                      "incarnation = ? AND lane = ?"));
  for (const LaneKey& key : keys) {
    HOLDLINE_ASSIGN(const auto device, writer_.parties_.find(key.device.view()));
    HOLDLINE_ASSIGN(const auto incarnation, writer_.parties_.find(key.incarnation.view()));
    if (!device || !incarnation) continue;
    auto rows = find->rows(*device, *incarnation, key.lane);
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (known) found[key] = {static_cast<std::uint64_t>(rows.i64(0)), sync::Hash::from(rows.blob(1))};
  }
  return found;
}

Result<std::map<Id, std::uint64_t>> WriteTransaction::result_heads(std::span<const Id> devices) {
  std::map<Id, std::uint64_t> heads;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT max(entry) FROM result WHERE device = ?"));
  for (const Id& id : devices) {
    HOLDLINE_ASSIGN(const auto device, writer_.parties_.find(id.view()));
    if (!device) continue;
    auto rows = find->rows(*device);
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (known && !rows.is_null(0)) heads[id] = static_cast<std::uint64_t>(rows.i64(0));
  }
  return heads;
}

Result<std::vector<KeptResult>> WriteTransaction::results(const LaneKey& lane, std::uint64_t first,
                                                          std::uint64_t last) {
  std::vector<KeptResult> results;
  HOLDLINE_ASSIGN(const auto device, writer_.parties_.find(lane.device.view()));
  HOLDLINE_ASSIGN(const auto incarnation, writer_.parties_.find(lane.incarnation.view()));
  if (!device || !incarnation) return results;
  // The range of numbers is found by the index; the few rows of it are then put in stream order.
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get(std::string("SELECT ") + result_columns +
                                                      " FROM result WHERE device = ? AND incarnation = ? AND lane = ? "
                                                      "AND number BETWEEN ? AND ? ORDER BY entry"));
  auto rows = find->rows(*device, *incarnation, lane.lane, first, last);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return results;
    HOLDLINE_ASSIGN(auto kept, result_of(lane.device, writer_.parties_, rows));
    results.push_back(std::move(kept));
  }
}

Result<std::map<sync::RecordKey, VersionedRecord>> WriteTransaction::records(std::span<const sync::RecordKey> keys) {
  std::map<sync::RecordKey, VersionedRecord> found;
  const sync::Collection* collection = nullptr;
  platform::Statement* find = nullptr;
  for (const sync::RecordKey& key : keys) {
    if (collection == nullptr || collection->no != key.collection) {
      collection = writer_.schema_->collection(key.collection);
      if (collection == nullptr) throw std::logic_error("a record of a collection that is not in the schema");
      HOLDLINE_ASSIGN(find, writer_.statements_.get(std::string("SELECT ") + record_columns + " FROM " +
                                                    table_of(*collection) + " WHERE id = ?"));
    }
    auto rows = find->rows(Blob{key.id.view()});
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (!known) continue;
    HOLDLINE_ASSIGN(auto stored, record_of(*collection, writer_.scopes_, rows));
    found.insert_or_assign(key, std::move(stored));
  }
  return found;
}

Result<std::vector<sync::Record>> WriteTransaction::children(const sync::RecordKey& parent) {
  std::vector<sync::Record> found;
  for (const sync::Collection& collection : writer_.schema_->collections()) {
    if (!collection.parent || collection.fields[*collection.parent].target != parent.collection) continue;
    HOLDLINE_ASSIGN(auto* find, writer_.statements_.get(std::string("SELECT ") + record_columns + " FROM " +
                                                        table_of(collection) + " WHERE parent = ? ORDER BY id"));
    auto rows = find->rows(Blob{parent.id.view()});
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      HOLDLINE_ASSIGN(auto stored, record_of(collection, writer_.scopes_, rows));
      if (!stored.stored.record.deleted) found.push_back(std::move(stored.stored.record));
    }
  }
  return found;
}

Result<std::vector<HeldAction>> WriteTransaction::held(const Id& device, const Id& incarnation) {
  std::vector<HeldAction> found;
  HOLDLINE_ASSIGN(const auto device_no, writer_.parties_.find(device.view()));
  HOLDLINE_ASSIGN(const auto incarnation_no, writer_.parties_.find(incarnation.view()));
  if (!device_no || !incarnation_no) return found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get(std::string("SELECT ") + held_columns +
                                                      " FROM held WHERE device = ? AND incarnation = ?"));
  auto rows = find->rows(*device_no, *incarnation_no);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    HOLDLINE_ASSIGN(auto action, held_of(writer_.parties_, rows));
    found.push_back(std::move(action));
  }
}

Result<std::vector<AppliedReissue>> WriteTransaction::applied_reissues(const Id& device,
                                                                       std::span<const sync::Hash> originals) {
  std::vector<AppliedReissue> found;
  HOLDLINE_ASSIGN(const auto device_no, writer_.parties_.find(device.view()));
  if (!device_no) return found;
  // Few devices have any: for the others one look serves for all hashes.
  HOLDLINE_ASSIGN(auto* any, writer_.statements_.get("SELECT 1 FROM taken_anew WHERE device = ? LIMIT 1"));
  auto some = any->rows(*device_no);
  HOLDLINE_ASSIGN(const bool has_some, some.next());
  if (!has_some) return found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT incarnation, lane, number FROM taken_anew WHERE "
                                                      "device = ? AND first = ?"));
  for (const sync::Hash& hash : originals) {
    auto rows = find->rows(*device_no, Blob{hash.view()});
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (!known) continue;
    HOLDLINE_ASSIGN(const std::string incarnation, writer_.parties_.name(rows.i64(0)));
    found.push_back({hash,
                     {device, Id::from(incarnation), static_cast<Lane>(rows.i64(1))},
                     static_cast<std::uint64_t>(rows.i64(2))});
  }
  return found;
}

Result<std::map<std::uint32_t, SignIn>> WriteTransaction::sign_ins(const Id& device, const Id& incarnation) {
  std::map<std::uint32_t, SignIn> found;
  HOLDLINE_ASSIGN(const auto device_no, writer_.parties_.find(device.view()));
  HOLDLINE_ASSIGN(const auto incarnation_no, writer_.parties_.find(incarnation.view()));
  if (!device_no || !incarnation_no) return found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT number, person, at, signature, verified FROM "
                                                      "assertion WHERE device = ? AND incarnation = ?"));
  auto rows = find->rows(*device_no, *incarnation_no);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    sync::Assertion assertion;
    assertion.number = static_cast<std::uint32_t>(rows.i64(0));
    assertion.person = Id::from(rows.blob(1));
    assertion.at_ms = rows.i64(2);
    assertion.signature = rows.blob(3);
    found.emplace(assertion.number, SignIn{assertion, rows.i64(4) != 0});
  }
}

}  // namespace holdline::hub::sqlite
