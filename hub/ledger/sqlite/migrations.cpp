#include "hub/ledger/sqlite/migrations.hpp"

#include <array>

namespace holdline::hub::sqlite {
namespace {

// Scopes, devices and incarnations stand as small numbers in every row that names them: a result would otherwise spend
// 32 of its bytes, twice (table and index), on two ids that are the same in thousands of rows. Numbers are never given
// to anything else, so other connections may remember them.
//
// The feed keeps the whole body at every cn, not a difference: a cut to any `to` is then one forward read.
constexpr const char* ledger_tables = R"sql(
-- A rowid table: comparing with a key that lies in one cell with a schema or a dictionary reads the whole of it, and the
-- feed's floor is asked for with every cut.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;

CREATE TABLE scope (
  no   INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE
) STRICT;

-- Ids of devices and of incarnations.
CREATE TABLE party (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE
) STRICT;

-- One row per transaction that moved the feed's head. The salt of a cn is that of the first row at or above it.
CREATE TABLE tx (
  last_cn INTEGER PRIMARY KEY,
  salt    INTEGER NOT NULL
) STRICT;

CREATE TABLE feed (
  scope      INTEGER NOT NULL,
  cn         INTEGER NOT NULL,
  ix         INTEGER NOT NULL,  -- position among the records of one cn
  kind       INTEGER NOT NULL,  -- FeedKind
  collection INTEGER NOT NULL,
  id         BLOB NOT NULL,
  mask       INTEGER NOT NULL,  -- fields that changed
  body       BLOB NOT NULL,     -- whole, after the change
  PRIMARY KEY (scope, cn, ix)
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
  device      INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  hash        BLOB NOT NULL,
  PRIMARY KEY (device, incarnation, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
  device      INTEGER NOT NULL,
  entry       INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  verdict     INTEGER NOT NULL,
  cn          INTEGER NOT NULL,
  salt        INTEGER NOT NULL,
  hash        BLOB NOT NULL,
  conflicts   BLOB,             -- ids, 16 bytes each
  code        TEXT,
  text        TEXT,
  PRIMARY KEY (device, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX result_of_action ON result (device, incarnation, lane, number);

CREATE TABLE held (
  device      INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  header      BLOB NOT NULL,
  salt        BLOB NOT NULL,
  payload     BLOB NOT NULL,
  hash        BLOB NOT NULL,
  missing     BLOB NOT NULL,
  corrected   INTEGER NOT NULL,
  code        TEXT NOT NULL,
  text        TEXT NOT NULL,
  PRIMARY KEY (device, incarnation, lane, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_state ON held (state);

CREATE TABLE assertion (
  device      INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  person      BLOB NOT NULL,
  at          INTEGER NOT NULL,
  signature   BLOB NOT NULL,
  PRIMARY KEY (device, incarnation, number)
) STRICT, WITHOUT ROWID;

-- 256 leaves in 16 segments, so that one changed row rewrites half a kilobyte and not eight; all its groups lie beside
-- each other, and mostly on one page.
CREATE TABLE digest (
  scope      INTEGER NOT NULL,
  collection INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  segment    INTEGER NOT NULL,
  leaves     BLOB NOT NULL,
  PRIMARY KEY (scope, collection, segment, visibility)
) STRICT, WITHOUT ROWID;

-- Kept beside the leaves, because every cut tells roots and must not hash 8 KiB for each of them.
CREATE TABLE digest_root (
  scope      INTEGER NOT NULL,
  collection INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  root       BLOB NOT NULL,
  PRIMARY KEY (scope, collection, visibility)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  id          BLOB PRIMARY KEY,
  name        TEXT NOT NULL,
  certificate TEXT NOT NULL,
  scopes      BLOB NOT NULL,
  profile     INTEGER NOT NULL,
  grants      INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  enrolled    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enroll_code (
  hash    BLOB PRIMARY KEY,
  name    TEXT NOT NULL,
  scopes  BLOB NOT NULL,
  profile INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used_by BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id         BLOB PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  external   TEXT NOT NULL,
  public_key BLOB NOT NULL,
  wrapped    BLOB NOT NULL,
  scopes     BLOB NOT NULL,
  role       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// Actions are known by their position and hash, which `result` keeps; re-issued ones also by their original position.
constexpr const char* applied_reissues_table = R"sql(
CREATE TABLE taken_anew (
  device      INTEGER NOT NULL,
  first       BLOB NOT NULL,     -- hash of the chain at its original position
  incarnation INTEGER NOT NULL,  -- where it took effect
  lane        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  PRIMARY KEY (device, first)
) STRICT, WITHOUT ROWID;
)sql";

// Certificates follow one another, and codes may be for a device that is known.
constexpr const char* certificates_in_line = R"sql(
ALTER TABLE device ADD COLUMN certificate_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN certificate_key TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN next_certificate TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN readmitted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN outbox_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enroll_code ADD COLUMN device BLOB;
)sql";

constexpr const char* access_tables = R"sql(
ALTER TABLE person ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN former_keys BLOB NOT NULL DEFAULT x'00';  -- encode_names() of none
-- 0: of a person who is not known (yet).
ALTER TABLE assertion ADD COLUMN verified INTEGER NOT NULL DEFAULT 1;
CREATE TABLE person_claim (
  id         BLOB NOT NULL,
  public_key BLOB NOT NULL,
  name       TEXT NOT NULL,
  wrapped    BLOB NOT NULL,
  scopes     BLOB NOT NULL,
  role       TEXT NOT NULL,
  device     BLOB NOT NULL,
  told       INTEGER NOT NULL,
  PRIMARY KEY (id, public_key)
) STRICT, WITHOUT ROWID;
)sql";

// Who did it: one short row for each action, at the end of its table. What a record was before a change is kept for
// edits only, so that taking a new record costs nothing more; its making is the action at the cn where its history
// ends.
constexpr const char* history_tables = R"sql(
CREATE TABLE applied_action (
  last        INTEGER PRIMARY KEY,  -- of its change numbers
  first       INTEGER NOT NULL,
  device      INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  person      INTEGER,              -- as a party
  sign_in     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  marks       INTEGER NOT NULL
) STRICT;
CREATE TABLE past (
  collection INTEGER NOT NULL,
  id         BLOB NOT NULL,
  cn         INTEGER NOT NULL,  -- of the change
  previous   INTEGER NOT NULL,  -- of the change before it
  created    INTEGER NOT NULL,  -- it came back from deletion
  mask       INTEGER NOT NULL,  -- fields that changed
  body       BLOB NOT NULL,     -- these fields before the change
  PRIMARY KEY (collection, id, cn)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* imported_table = R"sql(
CREATE TABLE imported (
  source TEXT NOT NULL,
  root   BLOB NOT NULL,
  told   BLOB NOT NULL,  -- encode_told()
  PRIMARY KEY (source, root)
) STRICT, WITHOUT ROWID;
)sql";

// What people said is meant so when they were asked; few actions have any of it.
constexpr const char* accepted_table = R"sql(
CREATE TABLE accepted_hint (
  last   INTEGER PRIMARY KEY,  -- of the action's change numbers, as in applied_action
  hints  TEXT NOT NULL,        -- codes, a space between them
  reason TEXT NOT NULL
) STRICT;
)sql";

constexpr const char* suppression_key = R"sql(
INSERT INTO meta (name, value) VALUES ('suppression-key', randomblob(32));
)sql";

// Which workstation may give which numbers. They begin at 1.
constexpr const char* reference_tables = R"sql(
INSERT INTO meta (name, value) VALUES ('reference-next', CAST('1' AS BLOB));
CREATE TABLE reference_block (
  first       INTEGER PRIMARY KEY,
  count       INTEGER NOT NULL,
  device      BLOB NOT NULL,
  incarnation BLOB NOT NULL,
  given       INTEGER NOT NULL
) STRICT;
CREATE INDEX reference_block_of ON reference_block (device, first);
)sql";

constexpr const char* schema_tables = R"sql(
CREATE TABLE schema_version (
  version INTEGER PRIMARY KEY,
  text    TEXT NOT NULL,
  since   INTEGER NOT NULL  -- when it was applied; 0: the ledger began with it
) STRICT;
CREATE TABLE awaited_schema (
  version INTEGER NOT NULL,
  hash    BLOB NOT NULL,
  PRIMARY KEY (version, hash)
) STRICT, WITHOUT ROWID;
)sql";

// A rowid table: roots are hashes, and with what was told in their tree each row of an import dirties a page of its
// own.
constexpr const char* import_tables = R"sql(
CREATE TABLE import_source (
  no   INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE
) STRICT;
INSERT INTO import_source(name) SELECT DISTINCT CAST(source AS BLOB) FROM imported;
ALTER TABLE imported RENAME TO imported_before;
CREATE TABLE imported (
  no     INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  root   BLOB NOT NULL,
  told   BLOB NOT NULL  -- encode_told()
) STRICT;
INSERT INTO imported(source, root, told)
  SELECT s.no, b.root, b.told FROM imported_before b JOIN import_source s ON s.name = CAST(b.source AS BLOB);
DROP TABLE imported_before;
CREATE UNIQUE INDEX imported_by_root ON imported (source, root);
CREATE TABLE import_run (
  id        BLOB PRIMARY KEY,
  source    TEXT NOT NULL,
  scope     TEXT NOT NULL,
  file      TEXT NOT NULL,
  hash      BLOB NOT NULL,
  begun     INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  state     INTEGER NOT NULL,  -- ImportRun::State
  line      INTEGER NOT NULL,
  read      INTEGER NOT NULL,
  of_bytes  INTEGER NOT NULL,
  rows      INTEGER NOT NULL,
  created   INTEGER NOT NULL,
  updated   INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  rejected  INTEGER NOT NULL,
  blank     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* report_table = R"sql(
CREATE TABLE device_report (
  device   BLOB PRIMARY KEY,
  heard    INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  report   TEXT NOT NULL  -- JSON; empty: none
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* site_key = R"sql(
INSERT INTO meta (name, value) VALUES ('site-key', randomblob(32));
)sql";

// Values of unique fields in the order of the values: files bring them in that order, and each row of an import adds
// one.
constexpr const char* unique_table = R"sql(
INSERT INTO meta (name, value) VALUES ('unique-fields', CAST('' AS BLOB));
CREATE TABLE unique_value (
  collection INTEGER NOT NULL,
  field      INTEGER NOT NULL,  -- its number
  scope      INTEGER NOT NULL,
  value      TEXT NOT NULL,
  id         BLOB NOT NULL,
  PRIMARY KEY (collection, field, scope, value, id)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* import_person = R"sql(
ALTER TABLE import_run ADD COLUMN person TEXT NOT NULL DEFAULT '';
)sql";

// How new each file was; of runs from before, when they began.
constexpr const char* import_order = R"sql(
ALTER TABLE import_run ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
UPDATE import_run SET as_of = begun;
)sql";

// The same of deleted records: a number that comes back is that of somebody people deleted.
constexpr const char* unique_gone_table = R"sql(
CREATE TABLE unique_gone (
  collection INTEGER NOT NULL, field INTEGER NOT NULL, scope INTEGER NOT NULL, value TEXT NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (collection, field, scope, value, id)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

std::span<const platform::Migration> ledger_migrations() {
  static constexpr std::array<platform::Migration, 17> migrations{{{1, ledger_tables},
                                                                   {2, applied_reissues_table},
                                                                   {3, certificates_in_line},
                                                                   {4, access_tables},
                                                                   {5, history_tables},
                                                                   {6, imported_table},
                                                                   {7, accepted_table},
                                                                   {8, suppression_key},
                                                                   {9, reference_tables},
                                                                   {10, schema_tables},
                                                                   {11, import_tables},
                                                                   {12, report_table},
                                                                   {13, site_key},
                                                                   {14, unique_table},
                                                                   {15, import_person},
                                                                   {16, import_order},
                                                                   {17, unique_gone_table}}};
  return migrations;
}

std::string table_of(const sync::Collection& collection) { return "c_" + collection.name; }

// A rowid table although every row is found by id: ids of natural-key children are random, and with the bodies in the
// tree of the ids each of them dirties a page of its own. Measured, 10,000 inserts, 1,000 per commit: 49,000 rows/s
// against 17,600 WITHOUT ROWID; with time-ordered ids there is no difference.
Result<void> make_collection_tables(platform::Database& db, const sync::Schema& schema) {
  for (const sync::Collection& collection : schema.collections()) {
    const std::string table = table_of(collection);
    std::string sql = "CREATE TABLE IF NOT EXISTS " + table +
                      "(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, scope INTEGER NOT NULL, cn INTEGER NOT NULL, "
                      "parent BLOB, body BLOB NOT NULL, meta BLOB NOT NULL) STRICT;"
                      "CREATE INDEX IF NOT EXISTS " +
                      table + "_by_scope ON " + table + "(scope, id);";
    if (collection.parent) {
      sql += "CREATE INDEX IF NOT EXISTS " + table + "_by_parent ON " + table + "(parent);";
    }
    HOLDLINE_TRY(db.exec(sql.c_str()));
  }
  return {};
}

}  // namespace holdline::hub::sqlite
