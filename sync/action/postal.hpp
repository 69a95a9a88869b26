// Postal addresses inside records: which fields are one. Pure.
#pragma once

#include <optional>
#include <string>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// Of the text field `postcode` of an address, the field beside it with the country whose rules it follows; nothing: it
// is no postcode. Both merge as one value.
std::optional<FieldIndex> country_beside(const Collection& collection, FieldIndex postcode);

// By which the postcodes of two records are the same (sync/text/postcode.hpp); empty without one.
std::string postcode_key(const Collection& collection, const Record& record, FieldIndex postcode);

}  // namespace holdline::sync
