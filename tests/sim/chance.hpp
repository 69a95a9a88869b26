// All chance of a world, from one seed. Every draw goes through this class, so that a run can be recorded and replayed
// draw by draw.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "platform/entropy.hpp"

namespace holdline::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  // A stream of its own for one part of the world: one draw more here does not shift the draws there.
  Chance fork(std::string_view part) const;

  std::uint64_t bits();
  std::uint64_t below(std::uint64_t n);                         // 0..n-1
  std::int64_t between(std::int64_t least, std::int64_t most);  // both included
  bool percent(unsigned p) { return below(100) < p; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

// What a node draws its ids, salts and jitter from.
class SeededEntropy final : public platform::Entropy {
 public:
  explicit SeededEntropy(Chance chance) : chance_(chance) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  Chance chance_;
};

}  // namespace holdline::sim
