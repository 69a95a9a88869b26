// The rows of a file that somebody exported a table into: separated values with a header line (CSV), or one JSON object
// a line (NDJSON). Which of them it is, its letters and its separator are found out by looking. One reader for every
// place that takes such a file. One thread; owns the text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/text/csv.hpp"
#include "platform/text/table_file.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

class TableRows {
 public:
  // `bytes` as they lie in the file. Reads the header line, or all names of the objects: a list under one name stands
  // for several columns, name, name2, … ask_person "not-a-table" (read_table(), or one JSON list instead of lines),
  // "no-header" (nothing to begin with).
  static Result<TableRows> open(std::string bytes);

  const std::vector<std::string>& headings() const { return headings_; }
  bool is_json() const { return json_; }
  std::string described() const;  // "UTF-8, columns separated by semicolons"; "UTF-8, one JSON object a line"

  // The next row; its line is that of the file as it lies there. Of an object every value stands as text in the column
  // of its name (yes and no for true and false, nothing for null), and every column has a cell. An apostrophe that was
  // put before a formula (csv_safe_field) is taken away. Nothing at the end.
  std::optional<CsvRow> next();
  const CsvRow& header() const { return header_; }  // of separated values

  std::uint64_t empty_lines() const { return empty_lines_ + reader_->empty_lines(); }  // passed so far
  std::size_t offset() const { return json_ ? at_ : reader_->offset(); }               // in bytes, of size()
  std::size_t size() const { return table_->text.size(); }

 private:
  TableRows() = default;
  Result<void> find_names();
  std::optional<std::string_view> next_line();
  void take_object(std::string_view line, CsvRow& row) const;

  std::unique_ptr<const TableFile> table_;  // stays where it is: rows point into it
  std::unique_ptr<CsvReader> reader_;
  bool json_ = false;
  CsvRow header_;
  std::vector<std::string> headings_;
  std::unordered_map<std::string, std::pair<std::size_t, std::size_t>>
      places_;          // of a name: its first column, how many
  std::size_t at_ = 0;  // JSON: where the next line begins
  std::uint64_t line_ = 0, empty_lines_ = 0;
};

}  // namespace holdline::platform
