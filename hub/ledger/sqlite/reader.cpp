// Everything a reader answers except cuts (cut.cpp).
#include "hub/ledger/sqlite/reader.hpp"

#include <algorithm>
#include <limits>

#include "hub/ledger/sqlite/digests.hpp"
#include "hub/ledger/sqlite/migrations.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;
using platform::Rows;

Result<std::unique_ptr<ReadConnection>> ReadPool::take() {
  {
    const platform::MutexLock lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  HOLDLINE_ASSIGN(auto db, platform::Database::open(file_, key_, options_));
  return std::make_unique<ReadConnection>(std::move(db));
}

void ReadPool::give_back(std::unique_ptr<ReadConnection> connection) {
  const platform::MutexLock lock(mutex_);
  if (idle_.size() < keep_) idle_.push_back(std::move(connection));
}

Result<std::unique_ptr<LedgerReader>> Reader::open(ReadPool& pool, Schemas& schemas) {
  HOLDLINE_ASSIGN(auto connection, pool.take());
  HOLDLINE_ASSIGN(auto* begin, connection->statements.get("BEGIN"));
  HOLDLINE_TRY(begin->run());
  std::unique_ptr<Reader> reader(new Reader(pool, std::move(connection)));
  HOLDLINE_ASSIGN(reader->head_, read_head(reader->connection_->statements));
  HOLDLINE_TRY(reader->find_schema(schemas));
  return reader;
}

// The one of the snapshot, which may be older by now than the present one, or newer than what is known in memory.
Result<void> Reader::find_schema(Schemas& schemas) {
  HOLDLINE_ASSIGN(const std::uint32_t version, read_present(connection_->statements));
  schema_ = schemas.all()->numbered(version);
  if (schema_ != nullptr) return {};
  const platform::MutexLock lock(schemas.changing());  // whoever has just committed it tells it now
  schema_ = schemas.all()->numbered(version);
  return schema_ != nullptr ? Result<void>() : damaged("a version of the schema that nobody wrote");
}

Reader::~Reader() {
  auto end = connection_->statements.get("COMMIT");
  // A connection that cannot end its snapshot is closed, which ends it.
  if (end && (*end)->run()) pool_.give_back(std::move(connection_));
}

Result<const sync::Collection*> Reader::collection(sync::CollectionNo no) const {
  const sync::Collection* found = schema_->collection(no);
  if (found != nullptr) return found;
  return fail(ErrorKind::ask_person, "unknown-collection", "The schema has no collection with this number.");
}

Result<std::vector<std::int64_t>> Reader::numbers_of(std::span<const std::string> scopes) {
  std::vector<std::int64_t> numbers;
  for (const std::string& scope : scopes) {
    HOLDLINE_ASSIGN(const auto number, connection_->scopes.find(scope));
    if (number && std::ranges::find(numbers, *number) == numbers.end()) numbers.push_back(*number);
  }
  return numbers;
}

Result<std::vector<sync::ActionResult>> Reader::results(const Id& device, std::uint64_t after, std::size_t limit) {
  std::vector<sync::ActionResult> found;
  HOLDLINE_ASSIGN(const auto number, connection_->parties.find(device.view()));
  if (!number) return found;
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get(std::string("SELECT ") + result_columns +
                                              " FROM result WHERE device = ? AND entry > ? ORDER BY entry LIMIT ?"));
  auto rows = find->rows(*number, after, limit);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    HOLDLINE_ASSIGN(auto kept, result_of(device, connection_->parties, rows));
    found.push_back(std::move(kept.result));
  }
}

Result<std::uint64_t> Reader::result_head(const Id& device) {
  HOLDLINE_ASSIGN(const auto number, connection_->parties.find(device.view()));
  if (!number) return 0;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT max(entry) FROM result WHERE device = ?"));
  auto rows = find->rows(*number);
  HOLDLINE_ASSIGN(const bool known, rows.next());
  return known ? static_cast<std::uint64_t>(rows.i64(0)) : 0;
}

Result<std::map<LaneKey, Progress>> Reader::progress(const Id& device, const Id& incarnation) {
  std::map<LaneKey, Progress> found;
  HOLDLINE_ASSIGN(const auto device_no, connection_->parties.find(device.view()));
  HOLDLINE_ASSIGN(const auto incarnation_no, connection_->parties.find(incarnation.view()));
  if (!device_no || !incarnation_no) return found;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get(
                                  "SELECT lane, number, hash FROM progress WHERE device = ? AND incarnation = ?"));
  auto rows = find->rows(*device_no, *incarnation_no);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    found[{device, incarnation, static_cast<Lane>(rows.i64(0))}] = {static_cast<std::uint64_t>(rows.i64(1)),
                                                                    sync::Hash::from(rows.blob(2))};
  }
}

Result<std::vector<std::optional<sync::Hash>>> Reader::hashes(const LaneKey& lane, std::uint64_t first,
                                                              std::size_t count) {
  std::vector<std::optional<sync::Hash>> found(count);
  HOLDLINE_ASSIGN(const auto device, connection_->parties.find(lane.device.view()));
  HOLDLINE_ASSIGN(const auto incarnation, connection_->parties.find(lane.incarnation.view()));
  if (!device || !incarnation || count == 0) return found;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT number, hash FROM result WHERE device = ? AND "
                                                          "incarnation = ? AND lane = ? AND number BETWEEN ? AND ?"));
  auto rows = find->rows(*device, *incarnation, lane.lane, first, first + count - 1);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    found[static_cast<std::uint64_t>(rows.i64(0)) - first] = sync::Hash::from(rows.blob(1));
  }
}

Result<std::map<sync::DigestKey, sync::Leaves>> Reader::digests(std::span<const std::string> scopes,
                                                                sync::VisibilitySet visible) {
  return read_leaves(connection_->statements, connection_->scopes, scopes, visible);
}

Result<LedgerReader::LeafRows> Reader::leaf(const sync::DigestKey& key, std::uint8_t leaf,
                                            sync::VisibilitySet visible) {
  LeafRows found;
  HOLDLINE_ASSIGN(const auto* of, collection(key.collection));
  HOLDLINE_ASSIGN(const auto scope, connection_->scopes.find(key.scope));
  if (!scope) return found;
  // Ids come from the index by scope alone; only the rows of the leaf are read.
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get(std::string("SELECT ") + record_columns + " FROM " + table_of(*of) +
                                              " WHERE scope = ? AND substr(id, 16, 1) = ? ORDER BY id"));
  const char last_byte = static_cast<char>(leaf);
  auto rows = find->rows(*scope, Blob{{&last_byte, 1}});
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) break;
    HOLDLINE_ASSIGN(const VersionedRecord at, record_of(*of, connection_->scopes, rows));
    found.last_cn = std::max(found.last_cn, at.cn);
    if (at.stored.record.deleted) continue;
    sync::Change change{at.cn, false, 0, sync::project(*of, at.stored.record, visible)};
    for (std::size_t i = 0; i < change.record.fields.size(); ++i) {
      if (!sync::is_null(change.record.fields[i])) change.mask |= sync::FieldMask{1} << i;
    }
    found.rows.push_back(std::move(change));
  }
  // Rows that moved to another scope are told by the feed alone.
  HOLDLINE_ASSIGN(auto* left, connection_->statements.get("SELECT max(cn) FROM feed WHERE scope = ? AND cn > ? AND "
                                                          "kind = ? AND collection = ? AND substr(id, 16, 1) = ?"));
  auto moved = left->rows(*scope, found.last_cn, static_cast<int>(FeedKind::leave), of->no, Blob{{&last_byte, 1}});
  HOLDLINE_ASSIGN(const bool any, moved.next());
  if (any && !moved.is_null(0)) found.last_cn = static_cast<ChangeNumber>(moved.i64(0));
  return found;
}

Result<std::vector<VersionedRecord>> Reader::rows(sync::CollectionNo no, std::span<const std::string> scopes,
                                                  const Id& after, std::size_t limit) {
  return rows_made(no, scopes, after, limit, std::numeric_limits<std::int64_t>::max());
}

Result<std::int64_t> Reader::last_made(sync::CollectionNo no) {
  HOLDLINE_ASSIGN(const auto* of, collection(no));
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT ifnull(max(no), 0) FROM " + table_of(*of)));
  auto rows = find->rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? rows.i64(0) : 0;
}

// The index of scopes has the numbers of rows too, so what was made later is passed over without reading it.
Result<std::vector<VersionedRecord>> Reader::rows_made(sync::CollectionNo no, std::span<const std::string> scopes,
                                                       const Id& after, std::size_t limit, std::int64_t until) {
  HOLDLINE_ASSIGN(const auto* of, collection(no));
  HOLDLINE_ASSIGN(const auto numbers, numbers_of(scopes));
  const std::string sql = std::string("SELECT ") + record_columns + " FROM " + table_of(*of) +
                          " WHERE scope = ? AND id > ? AND no <= ? ORDER BY id";
  // One query per scope, each in id order; the lowest id of all goes first.
  std::vector<std::optional<Rows>> open;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    HOLDLINE_ASSIGN(auto* find, connection_->statements.get(sql, i));
    auto rows = find->rows(numbers[i], Blob{after.view()}, until);
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (more) open.emplace_back(std::move(rows));
  }
  std::vector<VersionedRecord> found;
  while (found.size() < limit) {
    std::optional<Rows>* next = nullptr;
    for (auto& rows : open) {
      if (rows && (next == nullptr || rows->blob(0) < (*next)->blob(0))) next = &rows;
    }
    if (next == nullptr) break;
    HOLDLINE_ASSIGN(auto at, record_of(*of, connection_->scopes, **next));
    if (!at.stored.record.deleted) found.push_back(std::move(at));
    HOLDLINE_ASSIGN(const bool more, (*next)->next());
    if (!more) next->reset();
  }
  return found;
}

Result<std::optional<VersionedRecord>> Reader::row(const sync::RecordKey& key) {
  HOLDLINE_ASSIGN(const auto* of, collection(key.collection));
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get(std::string("SELECT ") + record_columns + " FROM " +
                                                          table_of(*of) + " WHERE id = ?"));
  auto rows = find->rows(Blob{key.id.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  if (!known) return std::nullopt;
  HOLDLINE_ASSIGN(auto at, record_of(*of, connection_->scopes, rows));
  return at;
}

Result<std::vector<HeldAction>> Reader::held(HeldState state, std::size_t limit) {
  std::vector<HeldAction> found;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get(std::string("SELECT ") + held_columns +
                                                          " FROM held WHERE state = ? LIMIT ?"));
  auto rows = find->rows(static_cast<int>(state), limit);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    HOLDLINE_ASSIGN(auto action, held_of(connection_->parties, rows));
    found.push_back(std::move(action));
  }
}

Result<std::size_t> Reader::held_count(HeldState state) {
  HOLDLINE_ASSIGN(auto* count, connection_->statements.get("SELECT count(*) FROM held WHERE state = ?"));
  auto rows = count->rows(static_cast<int>(state));
  HOLDLINE_TRY(rows.next());
  return static_cast<std::size_t>(rows.i64(0));
}

Result<std::map<Id, SentByDevice>> Reader::sent_by_device() {
  std::map<Id, SentByDevice> found;
  HOLDLINE_ASSIGN(
      auto* received,
      connection_->statements.get("SELECT d.id, i.id, sum(p.number) FROM progress p JOIN party d ON d.no = p.device "
                                  "JOIN party i ON i.no = p.incarnation GROUP BY p.device, p.incarnation"));
  auto totals = received->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, totals.next());
    if (!more) break;
    found[Id::from(totals.blob(0))].received[Id::from(totals.blob(1))] = static_cast<std::uint64_t>(totals.i64(2));
  }
  // Beside max() SQLite gives the other columns of the row that has it.
  HOLDLINE_ASSIGN(auto* verdicts,
                  connection_->statements.get(
                      "SELECT d.id, r.verdict, count(*) FROM (SELECT device, verdict, max(entry) FROM result "
                      "GROUP BY device, incarnation, lane, number) r JOIN party d ON d.no = r.device "
                      "GROUP BY r.device, r.verdict"));
  auto counts = verdicts->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, counts.next());
    if (!more) return found;
    const auto verdict = static_cast<sync::Verdict>(counts.i64(1));
    found[Id::from(counts.blob(0))].verdicts[verdict] = static_cast<std::uint64_t>(counts.i64(2));
  }
}

}  // namespace holdline::hub::sqlite
