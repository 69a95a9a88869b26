#include "agent/outbox/store.hpp"

#include <array>

#include "platform/database/first_run.hpp"
#include "platform/database/rows.hpp"
#include "sync/base/bytes.hpp"

namespace holdline::agent {
namespace {

using platform::Blob;

// One table takes what people do, and a commit of one action touches little more than the page it is appended to: no
// index, short columns first. Everything else changes outside the acknowledgement path. `place` is the LaneId,
// `let_go` how far a lane was pruned: better words are not worth a migration of this file.
constexpr const char* tables = R"sql(
  CREATE TABLE action(
    seq INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    salt BLOB NOT NULL,
    header BLOB NOT NULL,
    payload BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    created BLOB NOT NULL) STRICT;
  CREATE TABLE result(
    seq INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    cn INTEGER NOT NULL,
    salt INTEGER NOT NULL,
    detail BLOB) STRICT;
  CREATE TABLE device(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id BLOB NOT NULL,
    epoch BLOB NOT NULL,
    results_to INTEGER NOT NULL,
    no_longer_offered INTEGER NOT NULL) STRICT;
  CREATE TABLE incarnation(ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL) STRICT;
  CREATE TABLE lane_start(place INTEGER PRIMARY KEY, let_go INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
  CREATE TABLE schema(version INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE assertion(
    incarnation INTEGER NOT NULL,
    number INTEGER NOT NULL,
    person BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (incarnation, number)) STRICT, WITHOUT ROWID;
)sql";

Blob blob(const sync::Salt& salt) { return {{reinterpret_cast<const char*>(salt.data()), salt.size()}}; }

sync::Salt salt_of(std::string_view bytes) {
  sync::Salt salt{};
  if (bytes.size() == salt.size()) std::copy(bytes.begin(), bytes.end(), salt.begin());
  return salt;
}

sync::Bytes encode_detail(const sync::ActionResult& result) {
  sync::Bytes out;
  if (result.conflicts.empty() && result.code.empty() && result.text.empty()) return out;
  sync::ByteWriter w(out);
  w.blob(result.code);
  w.blob(result.text);
  for (const sync::Id& id : result.conflicts) w.raw(id.view());
  return out;
}

void decode_detail(std::string_view bytes, sync::ActionResult& into) {
  if (bytes.empty()) return;
  sync::ByteReader in(bytes);
  into.code = in.blob();
  into.text = in.blob();
  while (in.ok() && in.remaining() > 0) into.conflicts.push_back(sync::Id::from(in.raw(16)));
}

// Nobody else may open it, and no lock costs a system call.
platform::DatabaseOptions alone(platform::DatabaseOptions options) {
  options.mode = platform::OpenMode::must_exist;
  options.locking = platform::Locking::exclusive;
  return options;
}

}  // namespace

Result<std::unique_ptr<OutboxStore>> OutboxStore::create(const std::string& path, const platform::SecretKey& key,
                                                         const platform::DatabaseOptions& options,
                                                         const sync::Maker& maker) {
  HOLDLINE_ASSIGN(auto db, platform::open_unfilled(path, key, alone(options)));
  // Tables and identity in one transaction: a file has both or neither.
  const std::string sql = std::string(tables) + "INSERT INTO device VALUES (1, x'" + sync::to_hex(maker.device.view()) +
                          "', x'" + sync::to_hex(sync::Id{}.view()) +
                          "', 0, 0); INSERT INTO incarnation VALUES (1, x'" + sync::to_hex(maker.incarnation.view()) +
                          "');";
  const std::array migrations{platform::Migration{1, sql.c_str()}};
  HOLDLINE_TRY(platform::migrate(db, migrations));
  std::unique_ptr<OutboxStore> store(new OutboxStore(std::move(db)));
  HOLDLINE_TRY(store->prepare());
  return store;
}

Result<std::unique_ptr<OutboxStore>> OutboxStore::open(const std::string& path, const platform::SecretKey& key,
                                                       const platform::DatabaseOptions& options) {
  platform::DatabaseOptions kept = alone(options);
  kept.or_read = true;
  HOLDLINE_ASSIGN(auto db, platform::Database::open(path, key, kept));
  db.keep_log_on_close(true);  // until the file proved to be good
  HOLDLINE_ASSIGN(const std::int64_t version, db.query_int("PRAGMA user_version"));
  if (version != 1) {
    return fail(ErrorKind::stop, version > 1 ? "database-newer" : "not-an-outbox",
                "The file " + path +
                    (version > 1 ? " was written by a newer version of this program; install that one."
                                 : " holds no outbox. Restore the one that belongs here."));
  }
  std::unique_ptr<OutboxStore> store(new OutboxStore(std::move(db)));
  HOLDLINE_TRY(store->prepare());
  return store;
}

Result<void> OutboxStore::prepare() {
  HOLDLINE_ASSIGN(insert_, db_.prepare("INSERT INTO action VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(select_, db_.prepare("SELECT place, number, hash, salt, header, payload, key, fingerprint, created "
                                       "FROM action WHERE seq = ?"));
  HOLDLINE_ASSIGN(select_hash_, db_.prepare("SELECT hash FROM action WHERE seq = ?"));
  HOLDLINE_ASSIGN(remove_, db_.prepare("DELETE FROM action WHERE seq = ?"));
  HOLDLINE_ASSIGN(put_result_, db_.prepare("INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                                           "ON CONFLICT (seq) DO UPDATE SET entry = ?2, verdict = ?3, cn = ?4, "
                                           "salt = ?5, detail = ?6 WHERE entry <= ?2"));
  HOLDLINE_ASSIGN(select_result_, db_.prepare("SELECT entry, verdict, cn, salt, detail FROM result WHERE seq = ?"));
  HOLDLINE_ASSIGN(drop_result_, db_.prepare("DELETE FROM result WHERE seq = ?"));
  return {};
}

Result<void> OutboxStore::scan(const std::function<void(const ScannedAction&)>& each) {
  HOLDLINE_ASSIGN(auto all, db_.prepare("SELECT a.seq, place, number, hash, a.salt, header, payload, key, verdict, "
                                        "entry, cn FROM action a LEFT JOIN result r ON r.seq = a.seq ORDER BY a.seq"));
  return for_rows(all.rows(), [&](const platform::Rows& row) {
    ScannedAction action{row.i64(0),
                         static_cast<LaneId>(row.i64(1)),
                         unsigned_of(row.i64(2)),
                         sync::Hash::from(row.blob(3)),
                         salt_of(row.blob(4)),
                         row.blob(5),
                         row.blob(6),
                         row.text(7),
                         std::nullopt,
                         unsigned_of(row.i64(9)),
                         unsigned_of(row.i64(10))};
    if (!row.is_null(8)) action.verdict = static_cast<std::uint8_t>(row.i64(8));
    each(action);
  });
}

Result<void> OutboxStore::insert(const ActionRow& row) {
  const sync::StoredAction& stored = row.stored;
  return insert_.run(row.seq, row.lane_id, stored.number, Blob{stored.hash.view()}, blob(stored.salt),
                     Blob{stored.header}, Blob{stored.payload}, row.request.key, Blob{row.request.fingerprint},
                     Blob{row.request.created});
}

Result<std::optional<ActionRow>> OutboxStore::action(std::int64_t seq) {
  auto rows = select_.rows(seq);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return std::optional<ActionRow>();
  ActionRow row;
  row.seq = seq;
  row.lane_id = static_cast<LaneId>(rows.i64(0));
  row.stored = {lane_of(row.lane_id),  unsigned_of(rows.i64(1)),  sync::Bytes(rows.blob(4)),
                salt_of(rows.blob(3)), sync::Bytes(rows.blob(5)), sync::Hash::from(rows.blob(2))};
  row.request = {std::string(rows.text(6)), sync::Bytes(rows.blob(7)), sync::Bytes(rows.blob(8))};
  return std::optional(std::move(row));
}

Result<sync::Hash> OutboxStore::hash(std::int64_t seq) {
  auto rows = select_hash_.rows(seq);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  return found ? sync::Hash::from(rows.blob(0)) : sync::Hash{};
}

Result<std::int64_t> OutboxStore::last_seq() { return db_.query_int("SELECT max(seq) FROM action"); }

Result<std::vector<sync::ActionRef>> OutboxStore::newest(std::uint32_t incarnation, std::size_t limit,
                                                         std::int64_t seq) {
  std::vector<sync::ActionRef> found;
  HOLDLINE_ASSIGN(auto query, db_.prepare("SELECT place, number FROM action WHERE place BETWEEN ? AND ? "
                                          "AND seq < ? ORDER BY seq DESC LIMIT ?"));
  const LaneId first = lane_id_of(incarnation, 0), last = lane_id_of(incarnation, sync::lane_count - 1);
  HOLDLINE_TRY(for_rows(query.rows(first, last, seq, limit), [&](const platform::Rows& row) {
    found.push_back({lane_of(static_cast<LaneId>(row.i64(0))), unsigned_of(row.i64(1))});
  }));
  return found;
}

Result<void> OutboxStore::remove(std::int64_t seq) {
  HOLDLINE_TRY(drop_result_.run(seq));
  return remove_.run(seq);
}

Result<void> OutboxStore::keep_schema(std::uint32_t version, std::string_view text) {
  HOLDLINE_ASSIGN(auto keep, db_.prepare("INSERT OR REPLACE INTO schema VALUES (?, ?)"));
  return keep.run(version, text);
}

Result<std::string> OutboxStore::schema_text(std::uint32_t version) {
  std::string text;
  HOLDLINE_ASSIGN(auto query, db_.prepare("SELECT text FROM schema WHERE version = ?"));
  HOLDLINE_TRY(for_rows(query.rows(version), [&](const platform::Rows& row) { text = row.text(0); }));
  return text;
}

Result<void> OutboxStore::put_result(std::int64_t seq, const sync::ActionResult& result) {
  const sync::Bytes detail = encode_detail(result);
  return put_result_.run(seq, result.entry, static_cast<std::uint8_t>(result.verdict), result.at.cn, result.at.salt,
                         detail.empty() ? std::optional<Blob>() : std::optional(Blob{detail}));
}

Result<void> OutboxStore::put_reissued(std::int64_t seq, std::int64_t successor) {
  HOLDLINE_ASSIGN(auto put, db_.prepare("INSERT OR REPLACE INTO result VALUES (?, 0, ?, ?, 0, NULL)"));
  return put.run(seq, verdict_reissued, successor);
}

Result<void> OutboxStore::drop_result(std::int64_t seq) { return drop_result_.run(seq); }

Result<std::optional<sync::ActionResult>> OutboxStore::result(std::int64_t seq) {
  std::optional<sync::ActionResult> found;
  HOLDLINE_TRY(for_rows(select_result_.rows(seq), [&](const platform::Rows& row) {
    if (row.i64(1) == verdict_reissued) return;
    found.emplace();
    found->entry = unsigned_of(row.i64(0));
    found->verdict = static_cast<sync::Verdict>(row.i64(1));
    found->at = {unsigned_of(row.i64(2)), unsigned_of(row.i64(3))};
    decode_detail(row.blob(4), *found);
  }));
  return found;
}

}  // namespace holdline::agent
