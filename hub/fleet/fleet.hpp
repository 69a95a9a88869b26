// What the hub knows of the workstations at work: when each was heard of last, and what it told of itself. Kept in
// memory and written to the ledger now and then, so that a hub that was started again still knows those that are
// silent.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/readiness/report.hpp"
#include "hub/ledger/ledger.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::hub {

// Thread-safe.
class Fleet {
 public:
  // Begins with what the ledger keeps; `ledger` outlives it. What cannot be read is not known.
  explicit Fleet(Ledger& ledger);

  // A request of it came, whatever it wanted. Unix milliseconds by the hub's clock, as everywhere here.
  void heard(const Id& device, std::int64_t now_ms);
  // What it tells of itself. Fails as contingency::decode_report.
  Result<void> take(const Id& device, std::string_view report, std::int64_t now_ms);

  // The workstations that share a scope with the one that asks, by name, as contingency::encode_json tells them.
  Result<std::string> list(const Device& asking, std::int64_t now_ms) const;

  // Writes what came since. Not on a thread that must not wait for the disk.
  Result<void> keep();

 private:
  struct Known {
    std::int64_t heard_ms = 0, reported_ms = 0;
    std::string report;    // as it came
    bool changed = false;  // since it was written
  };

  Ledger& ledger_;
  mutable platform::Mutex mutex_;
  std::map<Id, Known> known_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::hub
