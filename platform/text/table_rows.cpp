#include "platform/text/table_rows.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "platform/text/json_object.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::platform {

namespace {

using Json = nlohmann::json;

constexpr const char* nested =
    "has a list or an object within a member: write each value under a name of its own, as "
    "in phone and phone2";

bool is_simple(const Json& value) { return !value.is_object() && !value.is_array() && !value.is_binary(); }

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.is_null() ? std::string() : value.dump();
}

Json object_in(std::string_view line) {
  if (line.size() > CsvReader::max_row_bytes || !sync::is_utf8(line)) return Json();
  JsonObject object = JsonObject::parse(line);
  return object.checked() ? object.whole() : Json();
}

std::string numbered(const std::string& name, std::size_t n) { return n == 0 ? name : name + std::to_string(n + 1); }

}  // namespace

Result<TableRows> TableRows::open(std::string bytes) {
  TableRows rows;
  HOLDLINE_ASSIGN(auto table, read_table(std::move(bytes)));
  rows.table_ = std::make_unique<const TableFile>(std::move(table));
  const std::string& text = rows.table_->text;
  rows.reader_ = std::make_unique<CsvReader>(text, rows.table_->separator);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '[')
    return fail(ErrorKind::ask_person, "not-a-table",
                "The file is one JSON list. Write one object a line, without commas between them.");
  rows.json_ = first != std::string::npos && text[first] == '{';
  if (rows.json_) {
    HOLDLINE_TRY(rows.find_names());
    return rows;
  }
  auto header = rows.reader_->next();
  if (!header) return fail(ErrorKind::ask_person, "no-header", "The file is empty: its first line names the columns.");
  if (!header->wrong.empty()) return fail(ErrorKind::ask_person, "no-header", "The header line " + header->wrong + ".");
  rows.header_ = *std::move(header);
  rows.headings_ = rows.header_.fields;
  return rows;
}

std::string TableRows::described() const {
  return json_ ? table_->encoding + ", one JSON object a line" : table_->described();
}

// A line that is no object says so when its turn comes.
Result<void> TableRows::find_names() {
  std::map<std::string, std::size_t> names;
  while (const auto line = next_line()) {
    const Json object = object_in(*line);
    if (!object.is_object()) continue;
    for (const auto& [name, value] : object.items()) {
      std::size_t& columns = names[name];
      columns = std::max<std::size_t>({columns, 1, value.is_array() ? value.size() : 1});
    }
  }
  for (const auto& [name, columns] : names) {
    places_.emplace(name, std::pair(headings_.size(), columns));
    for (std::size_t n = 0; n < columns; ++n) headings_.push_back(numbered(name, n));
    if (headings_.size() > CsvReader::max_fields)
      return fail(ErrorKind::ask_person, "not-a-table",
                  "The objects have more than " + std::to_string(CsvReader::max_fields) + " members.");
  }
  if (headings_.empty()) return fail(ErrorKind::ask_person, "no-header", "No line of the file is a JSON object.");
  at_ = 0;
  line_ = empty_lines_ = 0;
  return {};
}

std::optional<std::string_view> TableRows::next_line() {
  const std::string_view text = table_->text;
  while (at_ < text.size()) {
    const std::size_t end = std::min(text.find('\n', at_), text.size());
    std::string_view line = text.substr(at_, end - at_);
    at_ = std::min(end + 1, text.size());
    ++line_;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (!line.empty()) return line;
    ++empty_lines_;
  }
  return std::nullopt;
}

void TableRows::take_object(std::string_view line, CsvRow& row) const {
  const Json object = object_in(line);
  if (!object.is_object()) {
    row.wrong = "is no JSON object in UTF-8 of at most " + std::to_string(CsvReader::max_row_bytes) +
                " bytes, each member once";
    return;
  }
  row.fields.resize(headings_.size());
  for (const auto& [name, value] : object.items()) {
    const std::size_t first = places_.at(name).first;
    const bool simple = value.is_array() ? std::ranges::all_of(value, is_simple) : is_simple(value);
    if (!simple) {
      row.wrong = nested;
      row.fields.clear();
      return;
    }
    if (!value.is_array()) row.fields[first] = text_of(value);
    for (std::size_t n = 0; value.is_array() && n < value.size(); ++n) row.fields[first + n] = text_of(value[n]);
  }
}

std::optional<CsvRow> TableRows::next() {
  if (!json_) {
    auto row = reader_->next();
    if (!row) return row;
    row->line += table_->lines_cut;
    std::ranges::for_each(row->fields, take_guard_away);
    return row;
  }
  const auto line = next_line();
  if (!line) return std::nullopt;
  CsvRow row;
  row.line = line_;
  row.raw = *line;
  take_object(*line, row);
  return row;
}

}  // namespace holdline::platform
