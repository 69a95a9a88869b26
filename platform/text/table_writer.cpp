#include "platform/text/table_writer.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "platform/text/csv.hpp"

namespace holdline::platform {

namespace {

std::string written(const TableCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return {};
}

void put(nlohmann::ordered_json& object, const std::string& name, const TableCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) object[name] = *text;
  if (const auto* flag = std::get_if<bool>(&cell)) object[name] = *flag;
  if (const auto* number = std::get_if<std::int64_t>(&cell)) object[name] = *number;
  const auto* list = std::get_if<std::vector<std::string>>(&cell);
  if (list != nullptr && !list->empty()) object[name] = *list;
}

std::size_t columns_of(const TableCell& cell) {
  const auto* list = std::get_if<std::vector<std::string>>(&cell);
  return list == nullptr ? 1 : list->size();
}

std::size_t bytes_of(const TableCell& cell) {
  std::size_t bytes = 16;
  if (const auto* text = std::get_if<std::string>(&cell)) bytes += text->size();
  if (const auto* list = std::get_if<std::vector<std::string>>(&cell))
    for (const std::string& text : *list) bytes += text.size() + 8;
  return bytes;
}

}  // namespace

void TableWriter::row(std::vector<TableCell> cells) {
  ++count_;
  if (!json_) {
    for (const TableCell& cell : cells) size_ += bytes_of(cell);
    kept_.push_back(std::move(cells));
    return;
  }
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < cells.size(); ++i) put(object, names_[i], cells[i]);
  objects_ += object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  objects_ += '\n';
  size_ = objects_.size();
}

std::string TableWriter::csv() {
  std::vector<std::size_t> columns(names_.size(), 0);
  for (const auto& cells : kept_)
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i] = std::max(columns[i], columns_of(cells[i]));
  std::string text;
  for (std::size_t i = 0; i < names_.size(); ++i)
    for (std::size_t n = 0; n < std::max<std::size_t>(1, columns[i]); ++n)
      text += (text.empty() ? "" : ",") + csv_safe_field(n == 0 ? names_[i] : names_[i] + std::to_string(n + 1));
  text += "\r\n";
  for (auto& cells : kept_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto* list = std::get_if<std::vector<std::string>>(&cells[i]);
      for (std::size_t n = 0; n < std::max<std::size_t>(1, columns[i]); ++n) {
        if (i + n > 0) text += ',';
        if (list == nullptr && n == 0) text += csv_safe_field(written(cells[i]));
        if (list != nullptr && n < list->size()) text += csv_safe_field((*list)[n]);
      }
    }
    text += "\r\n";
    cells = {};
  }
  return text;
}

std::string TableWriter::text() {
  std::string text = json_ ? std::exchange(objects_, {}) : csv();
  kept_.clear();
  return text;
}

}  // namespace holdline::platform
