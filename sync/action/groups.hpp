// Changes of fields that merge as one value. Whoever changes one of them says all of them: else half of one address
// would be joined with half of another, and nobody would be asked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// The first field of a merge group of which an edit names others but not this one; none: all groups are whole. Parent
// and natural key stay out of it: they never change.
std::optional<FieldIndex> missing_of_group(const Collection& collection, std::span<const FieldChange> changes);

// Names what is missing, as it stood when the change was decided: value and base are those of `shown`. Ascending by
// field, as the changes have to be.
void complete_groups(const Collection& collection, const Record& shown, std::vector<FieldChange>& changes);

// Of the text field `postcode` of an address, the field beside it with the country whose rules it follows; nothing: it
// is no postcode. Both merge as one value.
std::optional<FieldIndex> country_beside(const Collection& collection, FieldIndex postcode);

// By which the postcodes of two records are the same (sync/text/postcode.hpp); empty without one.
std::string postcode_key(const Collection& collection, const Record& record, FieldIndex postcode);

}  // namespace holdline::sync
