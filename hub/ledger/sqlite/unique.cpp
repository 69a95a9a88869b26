// Which records have which values of unique fields.

#include <algorithm>
#include <optional>
#include <string>

#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/schemas.hpp"
#include "hub/ledger/sqlite/writer.hpp"
#include "sync/text/text.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

constexpr const char* insert_unique = "INSERT OR IGNORE INTO unique_value VALUES (?, ?, ?, ?, ?)";
constexpr const char* delete_unique =
    "DELETE FROM unique_value WHERE collection = ? AND field = ? AND scope = ? AND value = ? AND id = ?";
constexpr const char* find_unique =
    "SELECT id FROM unique_value WHERE collection = ? AND field = ? AND scope = ? AND value = ? ORDER BY id LIMIT ?";
// The same of deleted records.
constexpr const char* insert_gone = "INSERT OR IGNORE INTO unique_gone VALUES (?, ?, ?, ?, ?)";
constexpr const char* delete_gone =
    "DELETE FROM unique_gone WHERE collection = ? AND field = ? AND scope = ? AND value = ? AND id = ?";
constexpr const char* find_gone =
    "SELECT id FROM unique_gone WHERE collection = ? AND field = ? AND scope = ? AND value = ? ORDER BY id LIMIT ?";

// "folded 1/1 9/3": how values are kept, and collections and fields by their numbers.
std::string fields_of(const sync::Schema& schema) {
  std::string all = "folded";
  for (const sync::Collection& collection : schema.collections())
    for (const sync::Field& field : collection.fields)
      if (field.unique) all += " " + std::to_string(collection.no) + "/" + std::to_string(field.no);
  return all;
}

// Folded.
std::optional<std::string> value_in(const sync::Record& record, std::size_t field) {
  const auto* text = std::get_if<std::string>(&record.fields[field]);
  return text ? std::optional(sync::fold_key(*text)) : std::nullopt;
}

Result<void> fill_from(platform::Database& db, Statements& statements, const sync::Collection& collection) {
  Names scopes = Names::of_scopes(statements);
  HOLDLINE_ASSIGN(auto* insert, statements.get(insert_unique));
  HOLDLINE_ASSIGN(auto* insert_deleted, statements.get(insert_gone));
  HOLDLINE_ASSIGN(auto all, db.prepare(std::string("SELECT ") + record_columns + " FROM " + table_of(collection)));
  auto rows = all.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(const VersionedRecord found, record_of(collection, scopes, rows));
    const sync::Record& record = found.stored.record;
    HOLDLINE_ASSIGN(const auto scope, scopes.find(record.scope));
    for (std::size_t i = 0; i < collection.fields.size(); ++i)
      if (const auto value = collection.fields[i].unique && scope ? value_in(record, i) : std::nullopt)
        HOLDLINE_TRY((record.deleted ? insert_deleted : insert)
                         ->run(collection.no, collection.fields[i].no, *scope, *value, Blob{record.key.id.view()}));
  }
}

}  // namespace

Result<bool> has_unique(Statements& statements, const sync::Schema& schema) {
  HOLDLINE_ASSIGN(const std::string kept, read_meta(statements, "unique-fields"));
  return kept == fields_of(schema);
}

Result<void> fill_unique(platform::Database& db, Statements& statements, const sync::Schema& schema) {
  HOLDLINE_TRY(db.exec("DELETE FROM unique_value; DELETE FROM unique_gone"));
  for (const sync::Collection& collection : schema.collections())
    if (std::ranges::any_of(collection.fields, &sync::Field::unique))
      HOLDLINE_TRY(fill_from(db, statements, collection));
  return write_meta(statements, "unique-fields", fields_of(schema));
}

Result<void> WriteTransaction::change_unique(const UniqueChange& change) {
  if (change.was == change.now && change.was_scope == change.now_scope) return {};
  const auto run = [&](const std::string& sql, std::string_view in, const std::string& value) -> Result<void> {
    HOLDLINE_ASSIGN(const std::int64_t scope, writer_.scopes_.number(in));
    HOLDLINE_ASSIGN(auto* statement, writer_.statements_.get(sql));
    return statement->run(change.collection, change.field, scope, value, Blob{change.id.view()});
  };
  if (change.was) HOLDLINE_TRY(run(change.gone ? delete_gone : delete_unique, change.was_scope, *change.was));
  if (change.now) HOLDLINE_TRY(run(change.gone ? insert_gone : insert_unique, change.now_scope, *change.now));
  return {};
}

Result<void> WriteTransaction::write_unique(const sync::Collection& collection, const RecordWrite& write) {
  const sync::Record& next = write.next.record;
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (!collection.fields[i].unique) continue;
    const auto of = [&](const std::optional<sync::Record>& before) {
      return before ? value_in(*before, i) : std::nullopt;
    };
    const auto now = value_in(next, i);
    UniqueChange change{collection.no, collection.fields[i].no, next.key.id};
    change.now_scope = next.scope;
    change.was_scope = write.before ? write.before->scope : next.scope;
    change.was = of(write.before);
    if (!next.deleted) change.now = now;
    HOLDLINE_TRY(change_unique(change));
    change.gone = true;
    change.was_scope = write.deleted_before ? write.deleted_before->scope : next.scope;
    change.was = of(write.deleted_before);
    change.now = next.deleted ? now : std::nullopt;
    HOLDLINE_TRY(change_unique(change));
  }
  return {};
}

Result<std::map<UniqueValue, std::vector<Id>>> WriteTransaction::bearers(std::span<const UniqueValue> values,
                                                                         std::size_t limit, Bearing bearing) {
  std::map<UniqueValue, std::vector<Id>> found;
  const bool live = bearing == Bearing::live;
  if (!live && !any_gone_) {
    HOLDLINE_ASSIGN(auto* any, writer_.statements_.get("SELECT 1 FROM unique_gone LIMIT 1"));
    auto rows = any->rows();
    HOLDLINE_ASSIGN(any_gone_, rows.next());
  }
  if (!live && !*any_gone_) return found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get(live ? find_unique : find_gone));
  for (const UniqueValue& value : values) {
    HOLDLINE_ASSIGN(const auto scope, writer_.scopes_.find(value.scope));
    if (!scope) continue;
    const sync::Field& field = writer_.schema_->collection(value.collection)->fields[value.field];
    // An import asks for the same values before and after it takes its rows, and mostly nobody has them.
    std::string asked = std::to_string(value.collection) + (live ? "/" : "-") + std::to_string(value.field) + "/" +
                        std::to_string(*scope) + "/" + value.value;
    if (unborne_.contains(asked)) continue;
    auto rows = find->rows(value.collection, field.no, *scope, value.value, limit);
    bool any = false;
    for (;; any = true) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      found[value].push_back(Id::from(rows.blob(0)));
    }
    if (!any) unborne_.insert(std::move(asked));
  }
  return found;
}

}  // namespace holdline::hub::sqlite
