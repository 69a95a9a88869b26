// How much of a long write is done in one turn of the ledger's thread, so that a push that comes meanwhile waits for no
// more than one: learnt from how long the turns before took. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace holdline::hub {

class TurnSize {
 public:
  static constexpr std::int64_t longest_ms = 20;

  // In whatever the caller counts: ops of an import.
  std::size_t units() const { return units_; }

  // A turn of units() took so long. Aims at half of the longest, because not every row costs the same; grows to the
  // double at most, because what a turn costs is not only its units.
  void took(std::int64_t ms) {
    constexpr std::int64_t aim_ms = longest_ms / 2;
    const std::size_t fitting = units_ * aim_ms / static_cast<std::size_t>(std::max<std::int64_t>(1, ms));
    units_ = std::clamp(std::min(fitting, 2 * units_), fewest, most);
  }

 private:
  static constexpr std::size_t fewest = 50, most = 10'000;
  std::size_t units_ = 200;
};

}  // namespace holdline::hub
