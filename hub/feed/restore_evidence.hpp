// What workstations say about a history that this ledger does not have, for a ledger that was put back together with
// its mark (a machine returned to an earlier snapshot). One alone may lie or be broken: it is served on its own, and
// nobody else notices. Several that agree end the epoch. Pure. Internal to hub/feed.
#pragma once

#include <cstdint>
#include <map>

#include "sync/base/id.hpp"

namespace holdline::hub {

class RestoreEvidence {
 public:
  // Different workstations whose word ends an epoch, when they say so within this time of each other.
  static constexpr std::size_t witnesses = 2;
  static constexpr std::int64_t within_ms = 60 * 60 * 1000;

  enum class Weight : std::uint8_t {
    known,       // it said so within that time before
    alone,       // others are needed
    ends_epoch,  // it was the last one needed; the count begins anew
  };
  // `now_ms` may go back: what is from later then is forgotten as well.
  Weight add(const sync::Id& epoch, const sync::Id& device, std::int64_t now_ms) {
    std::erase_if(said_, [&](const auto& said) {
      return epoch != epoch_ || said.second > now_ms || said.second <= now_ms - within_ms;
    });
    epoch_ = epoch;
    if (!said_.emplace(device, now_ms).second) return Weight::known;
    if (said_.size() < witnesses) return Weight::alone;
    said_.clear();
    return Weight::ends_epoch;
  }

 private:
  sync::Id epoch_;
  std::map<sync::Id, std::int64_t> said_;  // when each said so first
};

}  // namespace holdline::hub
