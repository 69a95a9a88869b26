// Reads separated values (RFC 4180): quoted fields with "" for a quote, line breaks inside quotes, any line end, an
// optional UTF-8 byte order mark. A row that is wrong is reported and reading goes on behind it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::platform {

struct CsvRow {
  std::uint64_t line = 0;           // where it begins, from 1
  std::vector<std::string> fields;  // empty when it is wrong
  std::string_view raw;             // as it stands in the file, without its line break
  std::string wrong;                // why it cannot be used; empty: it can. Quotes nothing from the file.

  // Nothing but separators and spaces, as spreadsheets leave below a table.
  bool is_blank() const;
};

class CsvReader {
 public:
  static constexpr std::size_t max_row_bytes = 64 * 1024;
  static constexpr std::size_t max_fields = 256;

  // Reads from where the text lies; it must outlive the reader and its rows. A text without any line feed has carriage
  // returns as line ends.
  explicit CsvReader(std::string_view text, char separator = ',');

  // The next row that is not an empty line; nothing at the end.
  std::optional<CsvRow> next();
  // Bytes read so far, for showing progress.
  std::size_t offset() const { return at_; }
  // Lines without a character that were passed over so far.
  std::uint64_t empty_lines() const { return empty_lines_; }

 private:
  std::size_t find_end(std::size_t from, bool& unterminated);
  bool take_field(std::string_view& row, std::string& field, bool& more) const;
  std::string split(std::string_view row, std::vector<std::string>& fields) const;

  std::string_view text_;
  char separator_, line_end_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1, empty_lines_ = 0;
};

// A field as it is written between commas: quoted only when it has to be.
std::string csv_field(std::string_view value);

// What a spreadsheet would calculate: it begins with =, +, -, @, a tab or a carriage return.
bool begins_formula(std::string_view cell);
// A field as csv_field() writes it, with an apostrophe before what begins a formula, also where apostrophes stand
// before that already; and the cell without that one.
std::string csv_safe_field(std::string_view value);
void take_guard_away(std::string& cell);

}  // namespace holdline::platform
