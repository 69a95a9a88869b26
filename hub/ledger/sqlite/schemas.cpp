#include "hub/ledger/sqlite/schemas.hpp"

#include "hub/ledger/sqlite/migrations.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

Result<std::vector<std::string>> read_texts(platform::Database& db) {
  std::vector<std::string> texts;
  HOLDLINE_ASSIGN(auto select, db.prepare("SELECT text FROM schema_version ORDER BY version"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return texts;
    texts.emplace_back(rows.text(0));
  }
}

Result<void> move_only_one(platform::Database& db) {
  Statements statements(db);
  HOLDLINE_ASSIGN(const std::string text, read_meta(statements, "schema"));
  HOLDLINE_ASSIGN(const auto schema, sync::Schema::parse(text));
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(db));
  HOLDLINE_TRY(insert_schema(statements, schema.version(), text, 0));
  HOLDLINE_TRY(db.exec("DELETE FROM meta WHERE name = 'schema'"));
  return transaction.commit();
}

}  // namespace

Result<sync::SchemaVersions> load_schemas(platform::Database& db) {
  HOLDLINE_ASSIGN(auto texts, read_texts(db));
  if (texts.empty()) {
    HOLDLINE_TRY(move_only_one(db));
    HOLDLINE_ASSIGN(texts, read_texts(db));
  }
  std::optional<sync::SchemaVersions> versions;
  for (const std::string& text : texts) {
    HOLDLINE_ASSIGN(auto parsed, sync::Schema::parse(text));
    auto schema = std::make_shared<const sync::Schema>(std::move(parsed));
    versions = versions ? versions->with(std::move(schema)) : sync::SchemaVersions(std::move(schema));
  }
  return *std::move(versions);
}

Result<void> insert_schema(Statements& statements, std::uint32_t version, std::string_view text, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto* insert, statements.get("INSERT INTO schema_version VALUES (?, ?, ?)"));
  return insert->run(version, text, now_ms);
}

Result<void> write_schema(platform::Database& db, Statements& statements, const sync::Schema& schema,
                          std::int64_t now_ms) {
  HOLDLINE_TRY(make_collection_tables(db, schema));
  HOLDLINE_ASSIGN(auto* forget, statements.get("DELETE FROM awaited_schema WHERE version = ?"));
  HOLDLINE_TRY(forget->run(schema.version()));
  return insert_schema(statements, schema.version(), schema.text(), now_ms);
}

Result<std::uint32_t> read_present(Statements& statements) {
  HOLDLINE_ASSIGN(auto* find, statements.get("SELECT max(version) FROM schema_version"));
  auto rows = find->rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return damaged("no version of the schema");
  return static_cast<std::uint32_t>(rows.i64(0));
}

Result<std::vector<KeptSchema>> read_kept(Statements& statements) {
  std::vector<KeptSchema> kept;
  HOLDLINE_ASSIGN(auto* find, statements.get("SELECT version, text, since FROM schema_version ORDER BY version"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return kept;
    kept.push_back({static_cast<std::uint32_t>(rows.i64(0)), sync::sha256(rows.text(1)), rows.i64(2)});
  }
}

Result<std::vector<sync::SchemaName>> read_awaited(Statements& statements) {
  std::vector<sync::SchemaName> awaited;
  HOLDLINE_ASSIGN(auto* find, statements.get("SELECT version, hash FROM awaited_schema ORDER BY version, hash"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return awaited;
    awaited.push_back({static_cast<std::uint32_t>(rows.i64(0)), sync::Hash::from(rows.blob(1))});
  }
}

}  // namespace holdline::hub::sqlite
