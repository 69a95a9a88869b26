// Comma-separated values from outside: every row is read whole or reported, rows stay within their limits, one bad row
// does not take the next with it, and what was read can be written and read again.
#include <string>

#include "platform/text/csv.hpp"
#include "sync/base/syntax.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

void check_row(const platform::CsvRow& row) {
  fuzz::require(row.fields.empty() != row.wrong.empty(), "a row is used whole or not at all");
  fuzz::require(row.wrong.empty() || row.wrong.size() < 200, "a reason does not repeat the row");
  if (!row.wrong.empty()) return;
  fuzz::require(row.raw.size() <= platform::CsvReader::max_row_bytes, "a row is no longer than the limit");
  fuzz::require(row.fields.size() <= platform::CsvReader::max_fields, "nor wider");
  for (const std::string& field : row.fields)
    fuzz::require(sync::is_utf8(field) && field.find('\0') == std::string::npos, "a field is text");
}

// An empty field alone on its line is written as an empty line, which is no row.
bool can_be_written(const platform::CsvRow& row) {
  return row.wrong.empty() && !(row.fields.size() == 1 && row.fields[0].empty());
}

std::string written(const platform::CsvRow& row) {
  std::string text;
  for (std::size_t i = 0; i < row.fields.size(); ++i) text += (i == 0 ? "" : ",") + platform::csv_field(row.fields[i]);
  return text;
}

void check_reads_back(const platform::CsvRow& row) {
  const std::string line = written(row);
  if (line.size() > platform::CsvReader::max_row_bytes) return;  // quoting made it longer
  const std::string text = "first\n" + line + "\n";
  platform::CsvReader reader(text);
  fuzz::require(reader.next().has_value(), "the line before is there");
  const auto again = reader.next();
  fuzz::require(again.has_value() && again->fields == row.fields, "what was written reads the same");
  fuzz::require(!reader.next().has_value(), "and is one row");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = std::string(fuzz::bytes_of(data, size)) + "\nlast,row\n";
  platform::CsvReader reader(text);
  std::uint64_t line = 0;
  std::size_t offset = 0;
  bool unterminated = false;
  std::vector<std::string> last;
  while (const auto row = reader.next()) {
    fuzz::require(row->line > line, "rows begin on later and later lines");
    fuzz::require(reader.offset() > offset && reader.offset() <= text.size(), "reading goes forward");
    line = row->line;
    offset = reader.offset();
    check_row(*row);
    if (can_be_written(*row)) check_reads_back(*row);
    unterminated = row->wrong.find("never closed") != std::string::npos;
    last = row->fields;
  }
  fuzz::require(unterminated || last == std::vector<std::string>{"last", "row"}, "the row behind all others is read");
  return 0;
}
