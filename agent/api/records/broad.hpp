// The limit on gathering customers by searches and lists: whichever door answers with customers' data of more than one
// customer at a time asks here how much of it may be shown.
// Internal to agent/api.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "agent/api/route.hpp"

namespace holdline::agent {

struct BroadLimit {
  std::size_t shown = 0;  // at most so many are to be shown, and no more after them
  std::string advice;     // what to say about it
};

// A search that matches more than is counted. Nothing: it is answered as asked. The first beyond the limit goes on
// record (collection broad_search). On the reading thread.
std::optional<BroadLimit> limit_search(Workstation& station, const Call& call, const std::string& typed);

// A page of `count` records of a collection, after the record `before` (nil: from the top). Collections without data of
// customers are never limited, nor is the first page of a list that goes by time, which desks work from.
std::optional<BroadLimit> limit_list(Workstation& station, const Call& call, const sync::Collection& collection,
                                     std::size_t count, const sync::Id& before);

}  // namespace holdline::agent
