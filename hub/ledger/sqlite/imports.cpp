// What sources said when they were imported, and how far each import came.
#include "hub/ledger/sqlite/reader.hpp"
#include "hub/ledger/sqlite/writer.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

const std::string select_run =
    "SELECT id, source, scope, file, hash, begun, at, state, line, read, of_bytes, rows, created, updated, unchanged, "
    "conflicts, rejected, blank, person, as_of, partial FROM import_run ";

ImportRun run_of(const platform::Rows& rows) {
  ImportRun run;
  run.id = Id::from(rows.blob(0));
  run.source = rows.text(1);
  run.scope = rows.text(2);
  run.file = rows.text(3);
  run.hash = sync::Hash::from(rows.blob(4));
  run.begun_ms = rows.i64(5);
  run.at_ms = rows.i64(6);
  run.state = static_cast<ImportRun::State>(rows.i64(7));
  int column = 8;
  for (std::uint64_t* count : {&run.line, &run.read, &run.of_bytes, &run.rows, &run.created, &run.updated,
                               &run.unchanged, &run.conflicts, &run.rejected, &run.blank})
    *count = static_cast<std::uint64_t>(rows.i64(column++));
  run.person = rows.text(column++);
  run.as_of_ms = rows.i64(column++);
  run.partial = rows.i64(column) != 0;
  return run;
}

}  // namespace

Result<std::map<Id, sync::Bytes>> WriteTransaction::imported(std::string_view source, std::span<const Id> roots) {
  std::map<Id, sync::Bytes> found;
  HOLDLINE_ASSIGN(const auto number, writer_.sources_.find(source));
  if (!number) return found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT told FROM imported WHERE source = ? AND root = ?"));
  for (const Id& root : roots) {
    auto rows = find->rows(*number, Blob{root.view()});
    HOLDLINE_ASSIGN(const bool known, rows.next());
    if (known) found.emplace(root, rows.blob(0));
  }
  return found;
}

Result<void> WriteTransaction::write_imported(std::span<const ImportedRow> rows) {
  if (rows.empty()) return {};
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO imported(source, root, told) VALUES (?1, ?2, ?3) ON "
                                                     "CONFLICT(source, root) DO UPDATE SET told = ?3"));
  for (const ImportedRow& row : rows) {
    HOLDLINE_ASSIGN(const std::int64_t source, writer_.sources_.number(row.source));
    HOLDLINE_TRY(put->run(source, Blob{row.root.view()}, Blob{row.told}));
  }
  return {};
}

Result<void> WriteTransaction::write_run(const ImportRun& run) {
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get(
                                 "INSERT OR REPLACE INTO import_run(id, source, scope, file, hash, begun, at, "
                                 "state, line, read, of_bytes, rows, created, updated, unchanged, conflicts, "
                                 "rejected, blank, person, as_of, partial) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return put->run(Blob{run.id.view()}, run.source, run.scope, run.file, Blob{run.hash.view()}, run.begun_ms, run.at_ms,
                  static_cast<int>(run.state), run.line, run.read, run.of_bytes, run.rows, run.created, run.updated,
                  run.unchanged, run.conflicts, run.rejected, run.blank, run.person, run.as_of_ms, run.partial ? 1 : 0);
}

Result<std::vector<ImportedRow>> Reader::all_imported(std::string_view source, const Id& after, std::size_t limit) {
  std::vector<ImportedRow> found;
  auto sources = Names::of_sources(connection_->statements);
  HOLDLINE_ASSIGN(const auto number, sources.find(source));
  if (!number) return found;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT root, told FROM imported WHERE source = ? AND "
                                                          "root > ? ORDER BY root LIMIT ?"));
  auto rows = find->rows(*number, Blob{after.view()}, limit);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    found.push_back({std::string(source), Id::from(rows.blob(0)), sync::Bytes(rows.blob(1))});
  }
}

Result<std::vector<ImportRun>> Reader::import_runs(std::size_t limit) {
  std::vector<ImportRun> found;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get(select_run + "ORDER BY begun DESC, id LIMIT ?"));
  auto rows = find->rows(limit);
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    found.push_back(run_of(rows));
  }
}

Result<std::optional<ImportRun>> Reader::import_run(const Id& id) {
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get(select_run + "WHERE id = ?"));
  auto rows = find->rows(Blob{id.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  return known ? std::optional(run_of(rows)) : std::nullopt;
}

Result<std::optional<ImportRun>> Reader::last_import_of(const sync::Hash& hash, std::string_view source,
                                                        std::string_view scope) {
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get(
                      select_run + "WHERE hash = ? AND source = ? AND scope = ? ORDER BY begun DESC, id LIMIT 1"));
  auto rows = find->rows(Blob{hash.view()}, source, scope);
  HOLDLINE_ASSIGN(const bool known, rows.next());
  return known ? std::optional(run_of(rows)) : std::nullopt;
}

Result<std::optional<ImportRun>> Reader::newest_import_beside(const sync::Hash& hash, std::string_view source,
                                                              std::string_view scope) {
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get(select_run + "WHERE source = ? AND scope = ? AND hash <> ? AND partial = "
                                                           "0 ORDER BY as_of DESC, begun DESC, id LIMIT 1"));
  auto rows = find->rows(source, scope, Blob{hash.view()});
  HOLDLINE_ASSIGN(const bool known, rows.next());
  return known ? std::optional(run_of(rows)) : std::nullopt;
}

Result<std::vector<std::string>> Reader::scopes() {
  std::vector<std::string> names;
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT name FROM scope ORDER BY name"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return names;
    names.emplace_back(rows.blob(0));
  }
}

}  // namespace holdline::hub::sqlite
