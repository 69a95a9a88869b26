#include "platform/text/csv.hpp"

#include <algorithm>

#include "sync/base/syntax.hpp"

namespace holdline::platform {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Begins a formula behind any number of apostrophes.
bool is_guardable(std::string_view cell) {
  return begins_formula(cell.substr(std::min(cell.find_first_not_of('\''), cell.size())));
}

}  // namespace

bool CsvRow::is_blank() const {
  return wrong.empty() && std::ranges::all_of(fields, [](const std::string& field) {
           return field.find_first_not_of(" \t\r\n") == std::string::npos;
         });
}

// Takes a field off the front of a row, and the separator behind it. False: quotes where none may be.
bool CsvReader::take_field(std::string_view& row, std::string& field, bool& more) const {
  if (row.starts_with('"')) {
    row.remove_prefix(1);
    for (;;) {
      const std::size_t quote = row.find('"');
      if (quote == std::string_view::npos) return false;
      field += row.substr(0, quote);
      row.remove_prefix(quote + 1);
      if (!row.starts_with('"')) break;
      field += '"';
      row.remove_prefix(1);
    }
    if (!row.empty() && row.front() != separator_) return false;
  } else {
    field = row.substr(0, row.find(separator_));
    if (field.find('"') != std::string::npos) return false;
    row.remove_prefix(field.size());
  }
  more = !row.empty();
  if (more) row.remove_prefix(1);
  return true;
}

std::string CsvReader::split(std::string_view row, std::vector<std::string>& fields) const {
  for (bool more = true; more;) {
    if (fields.size() == CsvReader::max_fields)
      return "has more than " + std::to_string(CsvReader::max_fields) + " columns";
    if (!take_field(row, fields.emplace_back(), more))
      return "has a quote in the wrong place: write \"\" for a quote inside quotes";
  }
  return {};
}

CsvReader::CsvReader(std::string_view text, char separator)
    : text_(text),
      separator_(separator),
      line_end_(text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos ? '\r' : '\n') {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

// The end of the row: the line break that no quotes hold, or the end of the text. A quote opens only at the beginning
// of a field, so that one in the middle spoils its own row and not those behind it.
std::size_t CsvReader::find_end(std::size_t from, bool& unterminated) {
  bool quoted = false;
  bool at_beginning = true;
  std::size_t end = from;
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    if (c == line_end_) ++line_;
    if (quoted) {
      if (c != '"') continue;
      if (end + 1 < text_.size() && text_[end + 1] == '"')
        ++end;
      else
        quoted = false;
      continue;
    }
    if (c == line_end_) break;
    quoted = c == '"' && at_beginning;
    at_beginning = c == separator_;
  }
  unterminated = quoted;
  return end;
}

std::optional<CsvRow> CsvReader::next() {
  while (at_ < text_.size()) {
    CsvRow row;
    row.line = line_;
    bool unterminated = false;
    const std::size_t end = find_end(at_, unterminated);
    row.raw = text_.substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    if (!unterminated && row.raw.ends_with('\r')) row.raw.remove_suffix(1);
    if (row.raw.empty()) {
      ++empty_lines_;
      continue;
    }
    if (unterminated)
      row.wrong = "opens a quote that is never closed: nothing behind it was read";
    else if (row.raw.size() > max_row_bytes)
      row.wrong = "is longer than " + std::to_string(max_row_bytes) + " bytes";
    else if (row.raw.find('\0') != std::string_view::npos)
      row.wrong = "holds a zero byte: save the file as UTF-8";
    else if (!sync::is_utf8(row.raw))
      row.wrong = "is not UTF-8: save the file as UTF-8";
    else
      row.wrong = split(row.raw, row.fields);
    if (!row.wrong.empty()) row.fields.clear();
    return row;
  }
  return std::nullopt;
}

std::string csv_field(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

bool begins_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
}

std::string csv_safe_field(std::string_view value) {
  return is_guardable(value) ? csv_field("'" + std::string(value)) : csv_field(value);
}

void take_guard_away(std::string& cell) {
  if (cell.starts_with('\'') && is_guardable(cell)) cell.erase(0, 1);
}

}  // namespace holdline::platform
