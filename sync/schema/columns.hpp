// Which field a column of somebody's table means, by its heading.
#pragma once

#include <optional>
#include <string_view>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

struct ColumnMatch {
  const Collection* collection = nullptr;  // the root, or one that hangs on it
  FieldIndex field = 0;
  bool guessed = false;  // by its label or by one of Field::columns: to be shown to a person before it is relied on
};

// The name of a field of `root`, or of a collection that hangs on it and has a natural key. What can have several
// values may be numbered: phone, phone2; tags, tags2. Guessed where case, spaces and signs are left out, as in "Phone
// 2" and "E-Mail".
std::optional<ColumnMatch> match_column(const Schema& schema, const Collection& root, std::string_view heading);

}  // namespace holdline::sync
