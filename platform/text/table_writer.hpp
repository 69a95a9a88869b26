// A table as a text file: CSV (RFC 4180, in UTF-8), whose cells no spreadsheet takes for formulas, or one JSON object a
// line. Rows are kept until the end, because only then is known how many columns a list needs.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace holdline::platform {

// A list is as many columns as the longest of its name has elements: name, name2, …; in JSON a list.
using TableCell = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

class TableWriter {
 public:
  TableWriter(std::vector<std::string> names, bool json) : names_(std::move(names)), json_(json) {}
  // One cell for each name.
  void row(std::vector<TableCell> cells);
  std::uint64_t rows() const { return count_; }
  // About the size of what text() will be, in bytes.
  std::size_t size() const { return size_; }
  // The whole file; the writer is empty then.
  std::string text();

 private:
  std::string csv();

  std::vector<std::string> names_;
  bool json_;
  std::vector<std::vector<TableCell>> kept_;  // CSV
  std::string objects_;                       // JSON
  std::uint64_t count_ = 0;
  std::size_t size_ = 0;
};

}  // namespace holdline::platform
