// The callbacks that people at this workstation have claimed, as the hub told them: so that whoever is on the telephone
// can tell how the call ended with the hub away. In memory only; the hub knows them all, and the feed brings them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/os/mutex.hpp"
#include "sync/base/id.hpp"

namespace holdline::agent {

struct HeldClaim {
  std::uint64_t fence = 0;
  std::string person;              // sign-in name
  std::vector<sync::Id> promises;  // of the case, as it was claimed
  std::string scope;
  std::string number;        // empty before the hub has acknowledged that it is about to be dialled
  std::int64_t dial_ms = 0;  // when that was
  std::string document;      // as the hub told it
  bool told = false;         // its outcome is saved here
};

// Thread-safe.
class HeldClaims {
 public:
  // The latest word; that its outcome was told stays.
  void keep(HeldClaim claim);
  void told(std::uint64_t fence);
  void drop(std::uint64_t fence);  // given back, or over

  std::optional<HeldClaim> find(std::uint64_t fence) const;
  std::vector<HeldClaim> of(const std::string& person) const;  // not told yet
  // Whose outcomes are on their way, as far as this daemon knows.
  std::vector<std::uint64_t> told_by(const std::string& person) const;

 private:
  static constexpr std::size_t most = 500;  // the oldest go first

  mutable platform::Mutex mutex_;
  std::map<std::uint64_t, HeldClaim> claims_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
