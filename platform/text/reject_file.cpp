#include "platform/text/reject_file.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "platform/text/table_rows.hpp"

namespace holdline::platform {

namespace {

using OrderedJson = nlohmann::ordered_json;

// Reasons of one line are one row.
std::vector<RejectedLine> by_line(const std::vector<RejectedLine>& lines) {
  std::vector<RejectedLine> rows;
  for (const RejectedLine& one : lines) {
    if (rows.empty() || rows.back().line != one.line)
      rows.push_back(one);
    else
      rows.back().reason += " " + one.reason;
  }
  return rows;
}

std::string object_of(const CsvRow& row, const RejectedLine& rejected, const RejectColumns& names) {
  OrderedJson object{{std::string(names.row), rejected.line},
                     {std::string(names.field), rejected.field},
                     {std::string(names.because), rejected.reason}};
  const OrderedJson original = OrderedJson::parse(row.raw, nullptr, false);
  if (!original.is_object()) object["original"] = row.raw;
  if (original.is_object())
    for (const auto& [name, value] : original.items())
      if (!object.contains(name)) object[name] = value;
  return object.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

void add_cells(const std::vector<std::string>& cells, const std::vector<bool>& kept, std::string& text) {
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (i >= kept.size() || kept[i]) text.append(",").append(csv_safe_field(cells[i]));
  text += "\r\n";
}

}  // namespace

Result<std::string> reject_file(std::string bytes, const std::vector<RejectedLine>& lines, const RejectColumns& names) {
  HOLDLINE_ASSIGN(TableRows rows, TableRows::open(std::move(bytes)));
  const auto rejected = by_line(lines);
  std::vector<bool> kept;
  for (const std::string& heading : rows.headings())
    kept.push_back(heading != names.row && heading != names.field && heading != names.because);
  std::string text;
  if (!rows.is_json()) {
    text.append(names.row).append(",").append(names.field).append(",").append(names.because);
    add_cells(rows.headings(), kept, text);
  }
  for (auto next = rejected.begin(); next != rejected.end();) {
    const auto row = rows.next();
    if (!row) break;
    while (next != rejected.end() && next->line < row->line) ++next;
    if (next == rejected.end() || next->line != row->line) continue;
    if (rows.is_json()) {
      text += object_of(*row, *next, names);
      continue;
    }
    text += std::to_string(next->line) + "," + csv_safe_field(next->field) + "," + csv_safe_field(next->reason);
    if (row->wrong.empty())
      add_cells(row->fields, kept, text);
    else
      add_cells({std::string(row->raw)}, {}, text);
  }
  return text;
}

}  // namespace holdline::platform
