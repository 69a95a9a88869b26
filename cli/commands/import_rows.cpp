// From a line of the CSV file to the request that adds its customer, and the file of rejected rows.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/import.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "sync/base/hash.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t key_digits = 48;  // 192 bits

bool is_of_reject_file(std::string_view name) { return name == rejected_row_column || name == rejected_reason_column; }

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The row without the columns of a reject file; a row that cannot be read stays whole.
std::string without_first_two(std::string_view raw) {
  const auto row = platform::CsvReader(raw).next();
  if (!row || row->fields.size() < 2) return std::string(raw);
  std::string text;
  for (std::size_t column = 2; column < row->fields.size(); ++column)
    text.append(column == 2 ? "" : ",").append(platform::csv_field(row->fields[column]));
  return text;
}

auto wrong_header(std::string text) { return fail(ErrorKind::ask_person, "refused", std::move(text)); }

}  // namespace

Result<std::vector<std::string>> read_header(platform::CsvReader& reader, std::string_view& raw) {
  const auto row = reader.next();
  if (!row) return wrong_header("The file is empty — its first line names the columns: ref,given,family,phone,email");
  if (!row->wrong.empty()) return wrong_header("The header line " + row->wrong);
  raw = row->raw;
  if (row->fields.size() == 1 && row->raw.find_first_of(";\t") != std::string_view::npos)
    return wrong_header("The columns are not separated by commas — save the file as comma-separated values");
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string& field : row->fields) {
    const std::string name = trimmed(field);
    if (name.empty())
      return wrong_header("Column " + std::to_string(names.size() + 1) + " has no name in the header line");
    if (!seen.insert(name).second)
      return wrong_header("The header line names " + escape(name) + " twice — further numbers are phone2, phone3, …");
    names.push_back(name);
  }
  return names;
}

json row_body(const std::vector<std::string>& header, const std::vector<std::string>& fields,
              const std::string& scope) {
  std::vector<Assignment> assignments;
  for (std::size_t column = 0; column < fields.size(); ++column) {
    if (fields[column].empty() || is_of_reject_file(header[column])) continue;
    assignments.push_back({header[column], fields[column]});
  }
  return customer_body(assignments, scope);
}

std::string row_key(std::string_view file_hash, std::string_view scope, std::uint64_t row) {
  const sync::Hash hash = sync::sha256({file_hash, scope, "\n", std::to_string(row)});
  return "import-" + sync::to_hex(hash.view()).substr(0, key_digits);
}

std::string reject_file(std::string_view raw_header, const std::vector<Rejection>& rejections) {
  const bool again = raw_header.starts_with(rejected_row_column);  // what was imported is a reject file itself
  std::string text;
  text.append(rejected_row_column).append(",").append(rejected_reason_column).append(",");
  text.append(again ? without_first_two(raw_header) : raw_header).append("\r\n");
  for (const Rejection& rejection : rejections) {
    text.append(std::to_string(rejection.row)).append(",").append(platform::csv_field(rejection.message)).append(",");
    text.append(again ? without_first_two(rejection.raw) : rejection.raw).append("\r\n");
  }
  return text;
}

}  // namespace holdline::cli
