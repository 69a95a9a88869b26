// Customers out of a file of comma-separated values, one request a row. Every row has an idempotency key made of the
// file, the scope and its number, so that repeating an interrupted import adds nothing twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "platform/text/csv.hpp"
#include "sync/base/result.hpp"

namespace holdline::cli {

struct Rejection {
  std::uint64_t row = 0;   // 1 is the first row behind the header
  std::uint64_t line = 0;  // where it begins in the file
  std::string field;       // empty: the row as a whole
  std::string code;
  std::string message;
  std::string_view raw;  // the row as it stands in the file
};

// Columns of a reject file; an import passes over them, so that a corrected reject file can be imported.
inline constexpr std::string_view rejected_row_column = "rejected_row";
inline constexpr std::string_view rejected_reason_column = "rejected_because";

// The names of the columns, trimmed; an error ("refused") when they cannot be what they should be.
Result<std::vector<std::string>> read_header(platform::CsvReader& reader, std::string_view& raw);

// The body of POST /customers for a row with as many fields as the header has names.
nlohmann::json row_body(const std::vector<std::string>& header, const std::vector<std::string>& fields,
                        const std::string& scope);

// At most 64 characters.
std::string row_key(std::string_view file_hash, std::string_view scope, std::uint64_t row);

// The header and every rejected row behind its number and reason.
std::string reject_file(std::string_view raw_header, const std::vector<Rejection>& rejections);

}  // namespace holdline::cli
