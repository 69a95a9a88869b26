// How much of a long write is done in one turn of the ledger's thread, so that a push that comes meanwhile waits for no
// more than one: learnt from how long the turns before took. While nobody pushes, turns are longer: what a commit costs
// is then shared by more rows. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace holdline::hub {

// Whether workstations push while a long write goes on.
enum class Traffic : std::uint8_t { pushes, none };

class TurnSize {
 public:
  static constexpr std::int64_t longest_ms = 20, longest_alone_ms = 500;

  // In whatever the caller counts: ops of an import.
  std::size_t units(Traffic traffic) const { return of(traffic).units; }

  // A turn of units() took so long. Aims at half of the longest, because not every row costs the same; grows to the
  // double at most, because what a turn costs is not only its units.
  void took(std::int64_t ms, Traffic traffic) {
    Learnt& learnt = traffic == Traffic::none ? alone_ : beside_;
    const std::int64_t aim_ms = (traffic == Traffic::none ? longest_alone_ms : longest_ms) / 2;
    const auto fitting =
        learnt.units * static_cast<std::size_t>(aim_ms) / static_cast<std::size_t>(std::max<std::int64_t>(1, ms));
    learnt.units = std::clamp(std::min(fitting, 2 * learnt.units), fewest, most);
  }

 private:
  static constexpr std::size_t fewest = 50, most = 40'000;
  struct Learnt {
    std::size_t units = 200;
  };
  const Learnt& of(Traffic traffic) const { return traffic == Traffic::none ? alone_ : beside_; }

  Learnt beside_, alone_{8'000};
};

}  // namespace holdline::hub
