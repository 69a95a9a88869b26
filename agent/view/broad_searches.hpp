// Who searches broadly again and again, so that customers could be gathered by it: the limit, and when it is to be put
// on record (collection broad_search). A search is broad when it matches more than most_counted customers; somebody who
// types on, or takes back, is still at the same one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sync/base/id.hpp"

namespace holdline::agent {

class BroadSearches {
 public:
  // Ten callers in ten minutes, each asked for a common name twice, are 20.
  static constexpr std::uint32_t most = 30;
  static constexpr std::int64_t window_ms = 10 * 60 * 1000;
  static constexpr std::size_t shown_beyond = 5;

  struct Verdict {
    std::uint32_t searches = 0;  // of this person since `since_ms`
    std::int64_t since_ms = 0;
    bool limited = false;    // only shown_beyond of the hits are to be shown
    bool on_record = false;  // this one is the first beyond the limit
  };
  // Somebody has searched broadly. `now_ms`: of a clock that never jumps.
  Verdict searched(const sync::Id& person, std::string_view typed, std::int64_t now_ms);

 private:
  struct Window {
    std::int64_t since_ms = 0;
    std::uint32_t searches = 0;
    std::string typed;  // the last one
    bool told = false;
  };
  std::map<sync::Id, Window> windows_;  // those who have signed in since the start
};

}  // namespace holdline::agent
