// The SQL about the outbox as a whole: whose it is, its incarnations, where lanes begin, how far results were told, and
// who signed in.
#include "agent/outbox/store.hpp"
#include "platform/database/rows.hpp"

namespace holdline::agent {
namespace {

using platform::Blob;

}  // namespace

Result<OutboxIdentity> OutboxStore::identity() {
  OutboxIdentity found;
  HOLDLINE_ASSIGN(auto device, db_.prepare("SELECT id, epoch, results_to, no_longer_offered FROM device"));
  HOLDLINE_TRY(for_rows(device.rows(), [&](const platform::Rows& row) {
    found.device = sync::Id::from(row.blob(0));
    found.epoch = sync::Id::from(row.blob(1));
    found.results_to = unsigned_of(row.i64(2));
    found.pruned = unsigned_of(row.i64(3));
  }));
  HOLDLINE_ASSIGN(auto incarnations, db_.prepare("SELECT id FROM incarnation ORDER BY ordinal"));
  HOLDLINE_TRY(for_rows(incarnations.rows(),
                        [&](const platform::Rows& row) { found.incarnations.push_back(sync::Id::from(row.blob(0))); }));
  HOLDLINE_ASSIGN(auto starts, db_.prepare("SELECT place, let_go, hash FROM lane_start"));
  HOLDLINE_TRY(for_rows(starts.rows(), [&](const platform::Rows& row) {
    found.starts.push_back({static_cast<LaneId>(row.i64(0)), unsigned_of(row.i64(1)), sync::Hash::from(row.blob(2))});
  }));
  HOLDLINE_ASSIGN(const std::int64_t any_lost, db_.query_int("SELECT count(*) FROM sqlite_master WHERE name = 'lost'"));
  if (any_lost > 0) {
    HOLDLINE_ASSIGN(const std::int64_t lost, db_.query_int("SELECT coalesce(sum(last - first + 1), 0) FROM lost"));
    found.lost = unsigned_of(lost);
  }
  HOLDLINE_ASSIGN(found.latest, latest());
  HOLDLINE_ASSIGN(auto schemas, db_.prepare("SELECT version FROM schema"));
  HOLDLINE_TRY(for_rows(schemas.rows(), [&](const platform::Rows& row) {
    found.schemas.push_back(static_cast<std::uint32_t>(row.i64(0)));
  }));
  if (!found.device.is_nil() && !found.incarnations.empty()) return found;
  return fail(ErrorKind::stop, "database-corrupt",
              "The outbox does not say whose it is. Keep the file, and restore a backup or ask for a repair.");
}

Result<void> OutboxStore::set_results_to(std::uint64_t entry) {
  HOLDLINE_ASSIGN(auto update, db_.prepare("UPDATE device SET results_to = ?"));
  return update.run(entry);
}

// Outboxes of earlier versions have no such table.
Result<sync::LatestResult> OutboxStore::latest() {
  sync::LatestResult found;
  HOLDLINE_ASSIGN(const std::int64_t any,
                  db_.query_int("SELECT count(*) FROM sqlite_master WHERE name = 'latest_result'"));
  if (any == 0) return found;
  HOLDLINE_ASSIGN(auto query, db_.prepare("SELECT entry, hash FROM latest_result"));
  HOLDLINE_TRY(for_rows(query.rows(), [&](const platform::Rows& row) {
    found = {unsigned_of(row.i64(0)), sync::Hash::from(row.blob(1))};
  }));
  return found;
}

Result<void> OutboxStore::set_latest(const sync::LatestResult& latest) {
  HOLDLINE_TRY(
      db_.exec("CREATE TABLE IF NOT EXISTS latest_result(one INTEGER PRIMARY KEY CHECK (one = 1), "
               "entry INTEGER NOT NULL, hash BLOB NOT NULL) STRICT"));
  HOLDLINE_ASSIGN(auto put, db_.prepare("INSERT OR REPLACE INTO latest_result VALUES (1, ?, ?)"));
  return put.run(latest.entry, Blob{latest.hash.view()});
}

Result<void> OutboxStore::begin_epoch(const sync::Id& epoch) {
  HOLDLINE_TRY(db_.exec("UPDATE result SET entry = 0 WHERE entry <> 0"));
  HOLDLINE_TRY(set_latest({}));
  HOLDLINE_ASSIGN(auto update, db_.prepare("UPDATE device SET epoch = ?, results_to = 0"));
  return update.run(Blob{epoch.view()});
}

Result<void> OutboxStore::add_incarnation(std::uint32_t ordinal, const sync::Id& id) {
  HOLDLINE_ASSIGN(auto add, db_.prepare("INSERT INTO incarnation VALUES (?, ?)"));
  return add.run(ordinal, Blob{id.view()});
}

Result<void> OutboxStore::set_start(const LaneStart& start, std::uint64_t pruned) {
  HOLDLINE_ASSIGN(auto set, db_.prepare("INSERT OR REPLACE INTO lane_start VALUES (?, ?, ?)"));
  HOLDLINE_TRY(set.run(start.lane_id, start.pruned_through, Blob{start.hash.view()}));
  HOLDLINE_ASSIGN(auto count, db_.prepare("UPDATE device SET no_longer_offered = ?"));
  return count.run(pruned);
}

// Most outboxes never lose anything: the table is made by the first that does.
Result<void> OutboxStore::add_lost(LaneId lane_id, std::uint64_t first, std::uint64_t last) {
  HOLDLINE_TRY(
      db_.exec("CREATE TABLE IF NOT EXISTS lost(place INTEGER PRIMARY KEY, first INTEGER NOT NULL, "
               "last INTEGER NOT NULL) STRICT"));
  HOLDLINE_ASSIGN(auto add, db_.prepare("INSERT INTO lost VALUES (?, ?, ?)"));
  return add.run(lane_id, first, last);
}

// Outboxes of earlier versions have no such table.
Result<std::optional<sync::Hash>> OutboxStore::place() {
  std::optional<sync::Hash> found;
  HOLDLINE_ASSIGN(const std::int64_t any, db_.query_int("SELECT count(*) FROM sqlite_master WHERE name = 'home'"));
  if (any == 0) return found;
  HOLDLINE_ASSIGN(auto query, db_.prepare("SELECT file FROM home"));
  HOLDLINE_TRY(for_rows(query.rows(), [&](const platform::Rows& row) { found = sync::Hash::from(row.blob(0)); }));
  return found;
}

Result<void> OutboxStore::set_place(const sync::Hash& place) {
  HOLDLINE_TRY(
      db_.exec("CREATE TABLE IF NOT EXISTS home(one INTEGER PRIMARY KEY CHECK (one = 1), file BLOB NOT NULL) STRICT"));
  HOLDLINE_ASSIGN(auto put, db_.prepare("INSERT OR REPLACE INTO home VALUES (1, ?)"));
  return put.run(Blob{place.view()});
}

Result<void> OutboxStore::add_assertion(std::uint32_t incarnation, const sync::Assertion& assertion) {
  HOLDLINE_ASSIGN(auto add, db_.prepare("INSERT INTO assertion VALUES (?, ?, ?, ?, ?)"));
  return add.run(incarnation, assertion.number, Blob{assertion.person.view()}, assertion.at_ms,
                 Blob{assertion.signature});
}

Result<std::vector<sync::Assertion>> OutboxStore::assertions(std::uint32_t incarnation) {
  std::vector<sync::Assertion> found;
  HOLDLINE_ASSIGN(auto query, db_.prepare("SELECT number, person, at_ms, signature FROM assertion "
                                          "WHERE incarnation = ? ORDER BY number"));
  HOLDLINE_TRY(for_rows(query.rows(incarnation), [&](const platform::Rows& row) {
    found.push_back(
        {static_cast<std::uint32_t>(row.i64(0)), sync::Id::from(row.blob(1)), row.i64(2), sync::Bytes(row.blob(3))});
  }));
  return found;
}

}  // namespace holdline::agent
