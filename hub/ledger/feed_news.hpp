// For whom there is something new in the feed, in memory, so that a commit disturbs nobody whom it does not concern: of
// five hundred workstations with a pull waiting, those that hold one of its scopes or have a result in it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/os/mutex.hpp"
#include "sync/base/id.hpp"

namespace holdline::hub {

struct ChangeSet;

// How far the feed has come for one workstation. Only equality means anything, and only within this process.
struct News {
  std::uint64_t rows = 0;     // of its scopes
  std::uint64_t results = 0;  // for itself
  bool operator==(const News&) const = default;
};

// Thread-safe. Bounded by the scopes and devices that there are.
class FeedNews {
 public:
  // After the commit became durable and visible.
  void note(const ChangeSet& changes);
  // The same for another version of the schema, which concerns everybody.
  void note_for_all();
  // To be asked before the feed is read: what is committed in between shows as other news the next time.
  News of(const sync::Id& device, const std::vector<std::string>& scopes) const;

 private:
  void touch(const std::string& scope) HOLDLINE_REQUIRES(mutex_) { scopes_[scope] = commits_; }

  mutable platform::Mutex mutex_;
  std::uint64_t commits_ HOLDLINE_GUARDED_BY(mutex_) = 0;
  std::uint64_t for_all_ HOLDLINE_GUARDED_BY(mutex_) = 0;                    // the last one that concerned everybody
  std::map<std::string, std::uint64_t> scopes_ HOLDLINE_GUARDED_BY(mutex_);  // the last commit with a record of it
  std::map<sync::Id, std::uint64_t> devices_ HOLDLINE_GUARDED_BY(mutex_);    // the last one with a result for it
};

}  // namespace holdline::hub
