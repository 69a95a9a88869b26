// The numbers for references that a workstation has to give: blocks from the hub, taken piece by piece. No two
// workstations are given the same block, so no two give the same number, whether or not they can reach anybody. Pure;
// who keeps it on a disk takes a piece out durably before the first number of it is given.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sync/base/id.hpp"

namespace holdline::sync {

struct ReferenceBlock {
  std::uint64_t first = 0, count = 0;
  bool operator==(const ReferenceBlock&) const = default;
};

class ReferenceStock {
 public:
  static constexpr std::uint64_t block_size = 2'000;  // what the hub gives at once: two weeks of a busy desk
  static constexpr std::uint64_t piece_size = 25;     // what is lost when the daemon ends: at most that and a bit

  // A stock of this incarnation; one of another is given up whole.
  void belong_to(const Id& incarnation);
  // A block that is there already changes nothing.
  void add(const ReferenceBlock& block);
  // One of the pieces, by `random_bits`, so that two copies of one disk hardly ever choose the same before the hub
  // tells them apart. Nothing when all were taken.
  std::optional<ReferenceBlock> take(std::uint64_t random_bits);

  std::uint64_t left() const { return pieces.size() * piece_size; }
  // Time to ask for another block: half of one is left for the days without contact.
  bool is_low() const { return left() < block_size / 2; }

  // As it is kept.
  Id incarnation;                     // of the outbox: who copied a workstation has the blocks of neither
  std::uint64_t last = 0;             // first number of the latest block
  std::vector<std::uint64_t> pieces;  // first numbers
};

}  // namespace holdline::sync
