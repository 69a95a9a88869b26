// Which records have which values of unique fields.

#include <algorithm>

#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/schemas.hpp"
#include "hub/ledger/sqlite/writer.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

constexpr const char* insert_unique = "INSERT OR IGNORE INTO unique_value VALUES (?, ?, ?, ?, ?)";

// "1/1 9/3": collections and fields by their numbers.
std::string fields_of(const sync::Schema& schema) {
  std::string all;
  for (const sync::Collection& collection : schema.collections())
    for (const sync::Field& field : collection.fields)
      if (field.unique)
        all += (all.empty() ? "" : " ") + std::to_string(collection.no) + "/" + std::to_string(field.no);
  return all;
}

const std::string* value_in(const sync::Record& record, std::size_t field) {
  return record.deleted ? nullptr : std::get_if<std::string>(&record.fields[field]);
}

Result<void> fill_from(platform::Database& db, Statements& statements, const sync::Collection& collection) {
  Names scopes = Names::of_scopes(statements);
  HOLDLINE_ASSIGN(auto* insert, statements.get(insert_unique));
  HOLDLINE_ASSIGN(auto all, db.prepare(std::string("SELECT ") + record_columns + " FROM " + table_of(collection)));
  auto rows = all.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(const VersionedRecord found, record_of(collection, scopes, rows));
    const sync::Record& record = found.stored.record;
    HOLDLINE_ASSIGN(const auto scope, scopes.find(record.scope));
    for (std::size_t i = 0; i < collection.fields.size(); ++i)
      if (const auto* value = collection.fields[i].unique && scope ? value_in(record, i) : nullptr)
        HOLDLINE_TRY(insert->run(collection.no, collection.fields[i].no, *scope, *value, Blob{record.key.id.view()}));
  }
}

}  // namespace

Result<bool> has_unique(Statements& statements, const sync::Schema& schema) {
  HOLDLINE_ASSIGN(const std::string kept, read_meta(statements, "unique-fields"));
  return kept == fields_of(schema);
}

Result<void> fill_unique(platform::Database& db, Statements& statements, const sync::Schema& schema) {
  HOLDLINE_TRY(db.exec("DELETE FROM unique_value"));
  for (const sync::Collection& collection : schema.collections())
    if (std::ranges::any_of(collection.fields, &sync::Field::unique))
      HOLDLINE_TRY(fill_from(db, statements, collection));
  return write_meta(statements, "unique-fields", fields_of(schema));
}

Result<void> WriteTransaction::write_unique(const sync::Collection& collection, const RecordWrite& write) {
  const sync::Record& next = write.next.record;
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (!collection.fields[i].unique) continue;
    const auto* was = write.before ? value_in(*write.before, i) : nullptr;
    const auto* now = value_in(next, i);
    const std::uint16_t field = collection.fields[i].no;
    if (was && now && *was == *now && write.before->scope == next.scope) continue;
    if (was) {
      HOLDLINE_ASSIGN(const std::int64_t scope, writer_.scopes_.number(write.before->scope));
      HOLDLINE_ASSIGN(auto* drop,
                      writer_.statements_.get("DELETE FROM unique_value WHERE collection = ? AND field = ? AND "
                                              "scope = ? AND value = ? AND id = ?"));
      HOLDLINE_TRY(drop->run(collection.no, field, scope, *was, Blob{next.key.id.view()}));
    }
    if (now) {
      HOLDLINE_ASSIGN(const std::int64_t scope, writer_.scopes_.number(next.scope));
      HOLDLINE_ASSIGN(auto* put, writer_.statements_.get(insert_unique));
      HOLDLINE_TRY(put->run(collection.no, field, scope, *now, Blob{next.key.id.view()}));
    }
  }
  return {};
}

Result<std::map<UniqueValue, std::vector<Id>>> WriteTransaction::bearers(std::span<const UniqueValue> values,
                                                                         std::size_t limit) {
  std::map<UniqueValue, std::vector<Id>> found;
  HOLDLINE_ASSIGN(auto* find, writer_.statements_.get("SELECT id FROM unique_value WHERE collection = ? AND field = ? "
                                                      "AND scope = ? AND value = ? ORDER BY id LIMIT ?"));
  for (const UniqueValue& value : values) {
    HOLDLINE_ASSIGN(const auto scope, writer_.scopes_.find(value.scope));
    if (!scope) continue;
    const sync::Field& field = writer_.schema_->collection(value.collection)->fields[value.field];
    auto rows = find->rows(value.collection, field.no, *scope, value.value, limit);
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      found[value].push_back(Id::from(rows.blob(0)));
    }
  }
  return found;
}

}  // namespace holdline::hub::sqlite
