// Which of the records that were found are wanted: "city=Leeds", "tier=gold". Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sync/action/record.hpp"
#include "sync/base/result.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

struct Filter {
  struct Wanted {
    FieldIndex field = 0;
    std::string text;  // folded, "yes" or "no" of a boolean; empty: nothing stands there
  };
  std::vector<Wanted> all;
};

// Texts by the names of fields. ask_person "unknown-field", "not-a-filter" (a time, another record, or what is shown
// with one record only).
Result<Filter> filter_of(const Collection& collection, const std::map<std::string, std::string>& wanted);

// Every field says what is wanted, without regard to case; of a set, one of its elements.
bool passes(const Filter& filter, const Record& record);

}  // namespace holdline::sync
