#include "platform/text/table_file.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "platform/text/csv.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::platform {

namespace {

using namespace std::string_view_literals;

constexpr std::array separators{std::pair{',', "commas"}, std::pair{';', "semicolons"}, std::pair{'\t', "tabs"},
                                std::pair{'|', "bars"}};
constexpr std::size_t rows_looked_at = 20;

tl::unexpected<Error> not_a_table(std::string text) {
  return fail(ErrorKind::ask_person, "not-a-table", std::move(text));
}

Result<std::string> converted(std::string_view bytes, const char* from) {
  UErrorCode status = U_ZERO_ERROR;
  const auto size = static_cast<std::int32_t>(bytes.size());
  const std::int32_t needed = ucnv_convert("UTF-8", from, nullptr, 0, bytes.data(), size, &status);
  if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status))
    return not_a_table("The letters of the file cannot be read.");
  std::string text(static_cast<std::size_t>(needed), '\0');
  status = U_ZERO_ERROR;
  ucnv_convert("UTF-8", from, text.data(), needed, bytes.data(), size, &status);
  if (U_FAILURE(status)) return not_a_table("The letters of the file cannot be read.");
  return text;
}

// Latin letters in UTF-16 have a zero in every other byte, the second of a pair when the low one comes first.
const char* unmarked_utf16(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, 4'096);
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < front.size(); ++i) zeros[i % 2] += front[i] == '\0' ? 1 : 0;
  const std::size_t pairs = front.size() / 2;
  if (zeros[1] > pairs / 2 && zeros[0] == 0) return "UTF-16LE";
  if (zeros[0] > pairs / 2 && zeros[1] == 0) return "UTF-16BE";
  return nullptr;
}

// Some letters beyond ASCII are UTF-8: then a row that is not is broken, and not the file another encoding.
bool has_utf8_letters(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (static_cast<unsigned char>(bytes[i]) < 0xc2) continue;
    for (const std::size_t size : {2, 3, 4})
      if (i + size <= bytes.size() && sync::is_utf8(bytes.substr(i, size))) return true;
  }
  return false;
}

Result<void> decode(std::string bytes, TableFile& table) {
  const char* utf16 = bytes.starts_with("\xff\xfe") ? "UTF-16LE" : bytes.starts_with("\xfe\xff") ? "UTF-16BE" : nullptr;
  const std::size_t mark = utf16 != nullptr ? 2 : bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;
  if (utf16 == nullptr) utf16 = unmarked_utf16(bytes);
  if (utf16 != nullptr) {
    table.encoding = "UTF-16";
    HOLDLINE_ASSIGN(table.text, converted(std::string_view(bytes).substr(mark), utf16));
    return {};
  }
  if (bytes.find('\0') != std::string::npos) return not_a_table("The file holds zero bytes: save the table as CSV.");
  if (mark == 0 && !sync::is_utf8(bytes) && !has_utf8_letters(bytes)) {
    table.encoding = "Windows-1252";
    HOLDLINE_ASSIGN(table.text, converted(bytes, "windows-1252"));
    return {};
  }
  table.encoding = "UTF-8";
  table.text = std::move(bytes);
  table.text.erase(0, mark);
  return {};
}

// Columns that the first rows agree on; fewer than two: it separates nothing.
std::size_t columns_by(std::string_view text, char separator) {
  CsvReader reader(text, separator);
  std::size_t columns = 0;
  for (std::size_t n = 0; n < rows_looked_at; ++n) {
    const auto row = reader.next();
    if (!row) break;
    if (!row->wrong.empty()) continue;
    if (columns == 0) columns = row->fields.size();
    if (row->fields.size() != columns) return 0;
  }
  return columns;
}

// "sep=;" is how some spreadsheets tell each other.
bool cut_told_separator(TableFile& table) {
  const std::string_view text = table.text;
  if (text.size() < 6 || !text.starts_with("sep=")) return false;
  const auto known = std::ranges::find(separators, text[4], &std::pair<char, const char*>::first);
  const std::size_t end = text.find_first_not_of("\r\n", 5);
  if (known == separators.end() || end == 5) return false;
  table.separator = text[4];
  table.text.erase(0, end == std::string_view::npos ? text.size() : end);
  table.lines_cut = 1;
  return true;
}

// Where the first rows do not agree, as when one of them is broken, the header line decides.
char separator_of(std::string_view text) {
  std::pair<std::size_t, char> best{1, ','};
  for (const auto& [separator, name] : separators)
    if (const std::size_t columns = columns_by(text, separator); columns > best.first) best = {columns, separator};
  if (best.first > 1) return best.second;
  const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
  for (const auto& [separator, name] : separators)
    if (const std::size_t columns = columns_by(header, separator); columns > best.first) best = {columns, separator};
  return best.second;
}

}  // namespace

std::string TableFile::described() const {
  const auto name = std::ranges::find(separators, separator, &std::pair<char, const char*>::first);
  return encoding + ", columns separated by " + (name == separators.end() ? "?" : name->second);
}

Result<TableFile> read_table(std::string bytes) {
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("\xd0\xcf\x11\xe0"))
    return not_a_table("This is a workbook of a spreadsheet: save its table as CSV, and import that.");
  if (bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd"))
    return not_a_table("The file is compressed: unpack it first.");
  TableFile table;
  HOLDLINE_TRY(decode(std::move(bytes), table));
  if (!cut_told_separator(table)) table.separator = separator_of(table.text);
  return table;
}

}  // namespace holdline::platform
