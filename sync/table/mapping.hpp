// What a table of another program means, told beside it: which column is which field, what every row has besides, and
// where the table comes from. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sync/base/result.hpp"

namespace holdline::sync {

struct Mapping {
  // Headings, and the field or the child collection that each means; empty: the column is left out.
  std::map<std::string, std::string> columns = {};
  // Fields that the table has no column for, and what stands there for every row of it.
  std::map<std::string, std::string> constants = {};
  std::string source = {};    // names where the table comes from; empty: not told
  std::string obtained = {};  // when it was obtained, a day (2026-11-28) or a time; empty: not told
};

// A mapping file (TOML): `source`, `obtained`, and the tables [columns] and [constants], all of them optional.
// ask_person "not-a-mapping": says in which line.
Result<Mapping> parse_mapping(std::string_view toml);

// The moment that `obtained` names, the beginning of a day in UTC. Nothing when it is neither day nor time.
std::optional<std::int64_t> obtained_ms(const std::string& obtained);

}  // namespace holdline::sync
