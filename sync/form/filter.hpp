// Which of the records that were found are wanted, as people say it: "city=Leeds", "tier=gold", "country=Germany".
// Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sync/action/record.hpp"
#include "sync/base/result.hpp"
#include "sync/schema/schema.hpp"
#include "sync/text/name.hpp"

namespace holdline::sync {

struct Filter {
  struct Wanted {
    FieldIndex field = 0;
    std::string text;  // what is to stand there, as people wrote it, "yes" or "no" of a boolean; empty: nothing
  };
  std::vector<Wanted> all;
};

// Texts by the names of fields, as people type them: a country by its name, an option in any case, yes and no. Errors,
// all ask_person, each says what is possible: "unknown-field", "not-a-filter" (a time, another record, or what is shown
// with one record only), "not-a-value" (no option, country, number, yes or no).
Result<Filter> filter_of(const Collection& collection, const std::map<std::string, std::string>& wanted);

// Every field says what is wanted: texts as names are searched, without regard to case, accents and spaces; postcodes
// by the rules of their country, or as a beginning of one; of a set, one of its elements.
bool passes(const NameNormalizer& normalizer, const Collection& collection, const Filter& filter, const Record& record);

}  // namespace holdline::sync
