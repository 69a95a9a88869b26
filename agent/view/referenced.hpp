// Records found by what was read out to the caller.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/view/sight.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::agent {

struct Referenced {
  sync::ReferenceReading read;  // of what was typed
  struct Found {
    const sync::Collection* collection;
    Shown shown;
  };
  std::vector<Found> found;  // two when two copies of one workstation gave the same before the hub told them apart
};
// Of all collections whose records have one. Errors: of the search.
Result<Referenced> referenced(const sync::Schema& schema, PersonView& view, std::string_view typed);

// Records whose reference sounds or looks like one that does not fit its check character, the likeliest first, a few.
// Nothing when it is a reference, or cannot be meant as one. Errors: of the search.
Result<std::vector<Referenced::Found>> misheard(const sync::Schema& schema, PersonView& view, std::string_view typed);
// "Did you mean K7M-4XR-R2M (Entry, Ada Lovelace)?"; empty when nothing was found.
std::string did_you_mean(const std::vector<Referenced::Found>& found);

// Records that bear a telephone number without hanging on a customer, as what was taken down from a caller nobody
// knows: the newest of each collection, a few. Nothing when what was typed is no number, or part of one. Errors: of the
// search.
Result<std::vector<Referenced::Found>> with_number(const sync::Schema& schema, PersonView& view, std::string_view typed,
                                                   std::string_view region);

// The record of a collection by its id, or by its reference as somebody typed it. Nothing: it is neither, or nobody's.
Result<std::optional<sync::Id>> record_named(const sync::Collection& collection, PersonView& view,
                                             std::string_view typed);

}  // namespace holdline::agent
