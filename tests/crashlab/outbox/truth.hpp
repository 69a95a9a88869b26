// What an outbox holds, as values that can be compared.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"

namespace holdline::crashlab {

// Everything that can be asked of an outbox, as values. Each action carries a token that no other one has.
struct OutboxTruth {
  struct Told {
    std::uint64_t entry = 0;
    sync::Verdict verdict = sync::Verdict::applied;
    bool operator==(const Told&) const = default;
  };
  std::array<std::uint64_t, sync::lane_count> pruned_through{};
  std::array<std::vector<std::string>, sync::lane_count> lanes;  // tokens of pruned_through + 1, ...
  std::map<sync::ActionRef, Told> results;
  std::uint64_t results_to = 0;
  std::uint32_t assertions = 0;
  bool renewed = false;  // another incarnation than the one that was known
  bool operator==(const OutboxTruth&) const = default;

  std::size_t actions() const;
  bool holds(sync::ActionRef ref) const;
  const std::string& token(sync::ActionRef ref) const {
    return lanes[ref.lane][ref.number - pruned_through[ref.lane] - 1];
  }
  // The tokens of what a hub has not settled.
  std::map<sync::ActionRef, std::string> pending() const;
};
// It took effect, or lost to another value; nothing more will come of it.
bool settles(sync::Verdict verdict);
// The first difference, for people.
std::string difference(const OutboxTruth& wanted, const OutboxTruth& found);

// What the hub remembers of an outbox whose every action it has: the end and the hashes of each lane.
struct HubMemory {
  sync::Maker maker;
  std::array<sync::LaneTip, sync::lane_count> tips;
  std::array<std::vector<sync::Hash>, sync::lane_count> hashes;  // from number 1; zero where the outbox let go
};

}  // namespace holdline::crashlab
