#include "bench/table_rows.hpp"

#include <array>
#include <stdexcept>

#include "platform/os/entropy.hpp"

namespace holdline::bench {

namespace {

std::string hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

[[noreturn]] void give_up(sqlite3* db) {
  throw std::runtime_error(std::string("bare database: ") + sqlite3_errmsg(db));
}

}  // namespace

BareDatabase::BareDatabase(const std::filesystem::path& file, const platform::SecretKey& key,
                           platform::Durability durability, std::int64_t cache_kib)
    : db_(nullptr, &sqlite3_close_v2) {
  sqlite3* db = nullptr;
  const int opened = sqlite3_open(file.c_str(), &db);
  db_.reset(db);
  if (opened != SQLITE_OK) give_up(db);
  exec("PRAGMA key = \"x'" + hex(key.view()) + "'\"");
  for (const platform::Pragma& pragma : platform::pragmas_for(durability, cache_kib))
    exec("PRAGMA " + pragma.name + " = " + pragma.value);
}

platform::SecretKey drawn_key() {
  std::array<std::uint8_t, platform::SecretKey::size> bytes{};
  platform::SystemEntropy().fill(bytes);
  return platform::SecretKey(bytes);
}

void BareDatabase::exec(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) give_up(db_.get());
}

BareDatabase::Statement BareDatabase::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    give_up(db_.get());
  return {statement, &sqlite3_finalize};
}

bool BareDatabase::step(sqlite3_stmt* statement) {
  const int stepped = sqlite3_step(statement);
  if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) give_up(db_.get());
  return stepped == SQLITE_ROW;
}

TableRows::TableRows(BareDatabase& from, std::string table) : table_(std::move(table)) {
  const auto select = from.prepare("SELECT * FROM \"" + table_ + "\"");
  columns_ = static_cast<std::size_t>(sqlite3_column_count(select.get()));
  while (from.step(select.get())) {
    for (int i = 0; i < static_cast<int>(columns_); ++i) {
      Cell cell{0, 0, sqlite3_column_type(select.get(), i)};
      if (cell.type == SQLITE_INTEGER) {
        cell.number = sqlite3_column_int64(select.get(), i);
      } else if (cell.type != SQLITE_NULL) {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(select.get(), i));
        cell.length = static_cast<std::uint32_t>(sqlite3_column_bytes(select.get(), i));
        cell.number = static_cast<std::int64_t>(bytes_.size());
        if (cell.length != 0) bytes_.append(data, cell.length);
      }
      cells_.push_back(cell);
    }
  }
}

std::string TableRows::insert_sql() const {
  std::string marks = "?";
  for (std::size_t i = 1; i < columns_; ++i) marks += ", ?";
  return "INSERT INTO \"" + table_ + "\" VALUES (" + marks + ")";
}

void TableRows::insert(BareDatabase& into, sqlite3_stmt* statement, std::size_t first, std::size_t last) const {
  for (std::size_t row = first; row < last; ++row) {
    for (std::size_t i = 0; i < columns_; ++i) {
      const Cell& cell = cells_[row * columns_ + i];
      const int index = static_cast<int>(i) + 1, length = static_cast<int>(cell.length);
      if (cell.type == SQLITE_INTEGER) {
        sqlite3_bind_int64(statement, index, cell.number);
      } else if (cell.type == SQLITE_TEXT) {
        sqlite3_bind_text(statement, index, bytes_.data() + cell.number, length, SQLITE_STATIC);
      } else if (cell.type == SQLITE_BLOB) {
        sqlite3_bind_blob(statement, index, bytes_.data() + cell.number, length, SQLITE_STATIC);
      } else {
        sqlite3_bind_null(statement, index);
      }
    }
    into.step(statement);
    sqlite3_reset(statement);
  }
}

std::vector<TableRows> all_rows(BareDatabase& from, const std::function<bool(std::string_view table)>& wanted) {
  std::vector<std::string> names;
  {
    const auto select = from.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL");
    while (from.step(select.get()))
      names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(select.get(), 0)));
  }
  std::vector<TableRows> tables;
  for (std::string& name : names)
    if (wanted(name)) tables.emplace_back(from, std::move(name));
  return tables;
}

}  // namespace holdline::bench
