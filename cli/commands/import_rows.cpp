// From a row of a table to the request that adds its customer.
#include <nlohmann/json.hpp>

#include "cli/commands/import.hpp"
#include "sync/base/hash.hpp"
#include "sync/text/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t key_digits = 48;  // 192 bits

void put_cell(const sync::TableColumns& columns, const sync::TableColumn& column, const std::string& cell, json& body) {
  const std::string name = columns.meaning(column);
  if (name.empty() || column.is_record_id || sync::tidy_text(cell).empty()) return;
  const sync::Field& field = column.collection->fields[column.field];
  if (column.collection->parent) {
    body[name + "s"].push_back({{field.name, cell}});  // "phones": [{"e164": "…"}]
  } else if (field.type == sync::FieldType::set || field.type == sync::FieldType::list) {
    body["fields"][name].push_back(cell);
  } else {
    body["fields"][name] = cell;
  }
}

}  // namespace

json row_body(const sync::TableColumns& columns, const std::vector<std::string>& cells, const std::string& scope) {
  json body = {{"fields", json::object()}, {"phones", json::array()}, {"emails", json::array()}};
  if (!scope.empty()) body["scope"] = scope;
  for (std::size_t i = 0; i < columns.columns().size(); ++i)
    put_cell(columns, columns.columns()[i],
             i < columns.in_file() ? cells[i] : columns.constants()[i - columns.in_file()], body);
  return body;
}

std::string row_key(std::string_view file_hash, std::string_view scope, std::uint64_t row) {
  const sync::Hash hash = sync::sha256({file_hash, scope, "\n", std::to_string(row)});
  return "import-" + sync::to_hex(hash.view()).substr(0, key_digits);
}

}  // namespace holdline::cli
