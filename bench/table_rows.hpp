// All rows of a database file in memory, and the shortest way to write them into another one: prepared inserts in the
// order of the tables' keys. The limit for what writes such a file row by row.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/database/database.hpp"

namespace holdline::bench {

// A database on SQLite's own interface: a limit must not be slowed by what it is a limit for. Throws on every error.
class BareDatabase {
 public:
  // With the settings that the product gives a connection of this durability and cache.
  BareDatabase(const std::filesystem::path& file, const platform::SecretKey& key,
               platform::Durability durability = platform::Durability::full, std::int64_t cache_kib = 64 * 1024);
  void exec(const std::string& sql);
  using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;
  Statement prepare(const std::string& sql);
  // True: a row.
  bool step(sqlite3_stmt* statement);

 private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> db_;
};

// For a file that lives no longer than the run.
platform::SecretKey drawn_key();

class TableRows {
 public:
  // Everything in `table`, in the order of its key.
  TableRows(BareDatabase& from, std::string table);

  const std::string& table() const { return table_; }
  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  std::string insert_sql() const;
  // Rows [first, last) into a statement of insert_sql().
  void insert(BareDatabase& into, sqlite3_stmt* statement, std::size_t first, std::size_t last) const;

 private:
  struct Cell {
    std::int64_t number = 0;  // an integer, or where the bytes begin
    std::uint32_t length = 0;
    int type = SQLITE_NULL;
  };
  std::string table_;
  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string bytes_;
};

// The tables of a file that hold rows of their own; `wanted` says which.
std::vector<TableRows> all_rows(BareDatabase& from, const std::function<bool(std::string_view table)>& wanted);

}  // namespace holdline::bench
