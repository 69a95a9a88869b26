#include "cli/table.hpp"

#include <algorithm>
#include <string_view>

#include "cli/text.hpp"

namespace holdline::cli {
namespace {

constexpr std::size_t widest_column = 48;  // the last column is never cut

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::faint:
      return "\x1b[2m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
  }
  return "";
}

using Row = std::vector<Cell>;

void print_tabbed(std::ostream& out, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) out << (column == 0 ? "" : "\t") << row[column].text;
    out << '\n';
  }
}

void print_aligned(std::ostream& out, std::vector<Row> rows, const Style& style) {
  std::vector<std::size_t> widths;
  for (Row& row : rows) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      row[column].text = shorten(row[column].text, widest_column);
      widths[column] = std::max(widths[column], display_width(row[column].text));
    }
  }
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const Cell& cell = row[column];
      out << painted(cell.text, cell.tone, style);
      if (column + 1 < row.size()) out << std::string(widths[column] - display_width(cell.text) + 2, ' ');
    }
    out << '\n';
  }
}

}  // namespace

std::string painted(std::string text, Tone tone, const Style& style) {
  if (!style.colour || tone == Tone::plain || text.empty()) return text;
  return std::string(sequence_of(tone)) + text + "\x1b[0m";
}

void Table::print(std::ostream& out, const Style& style) const {
  std::vector<Row> rows;
  if (!header_.empty()) {
    Row& titles = rows.emplace_back();
    for (const std::string& title : header_) titles.emplace_back(title, Tone::faint);
  }
  for (const Row& row : rows_) {
    Row& safe = rows.emplace_back();
    for (const Cell& cell : row) safe.emplace_back(escape(cell.text), cell.tone);
  }
  if (style.terminal)
    print_aligned(out, std::move(rows), style);
  else
    print_tabbed(out, rows);
}

}  // namespace holdline::cli
