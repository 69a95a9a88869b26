// Customers out of a file at a workstation, one request a row: by the reader and the rules of the hub's import
// (platform/text/table_rows.hpp, sync/table/columns.hpp, and at the agent sync/form/form.hpp). Every row has an
// idempotency key made of the file, the scope and its number, so that repeating an interrupted import adds nothing
// twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sync/table/columns.hpp"

namespace holdline::cli {

// The body of POST /customers for a row with as many cells as the table has columns.
nlohmann::json row_body(const sync::TableColumns& columns, const std::vector<std::string>& cells,
                        const std::string& scope);

// At most 64 characters.
std::string row_key(std::string_view file_hash, std::string_view scope, std::uint64_t row);

}  // namespace holdline::cli
