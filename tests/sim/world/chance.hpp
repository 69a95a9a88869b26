// All chance of a world. Every choice goes through this class and onto the world's tape, so that a world can be played
// again choice by choice, and with fewer of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "platform/os/entropy.hpp"
#include "tests/sim/tape.hpp"

namespace holdline::sim {

// Where choices come from: a seed, or a tape that is played.
class ChoiceSource {
 public:
  explicit ChoiceSource(std::uint64_t seed) { made_.seed = seed; }
  // `played` must live as long as this.
  explicit ChoiceSource(const Tape& played) : played_(&played) { made_.seed = played.seed; }
  ChoiceSource(const ChoiceSource&) = delete;
  ChoiceSource& operator=(const ChoiceSource&) = delete;

  // What was chosen so far.
  const Tape& made() const { return made_; }

 private:
  friend class Chance;
  const Tape* played_ = nullptr;
  Tape made_;
};

// The choices of one track. Each track has its own stream, so that one choice more here does not shift those there.
class Chance {
 public:
  // `source` must live as long as everything that was forked from this.
  explicit Chance(ChoiceSource& source) : Chance(source, {}) {}

  // A track for one part of the world, or for one event.
  Chance fork(std::string_view part) const;
  Chance fork(std::string_view part, std::uint64_t number) const {
    return fork(std::string(part) + std::to_string(number));
  }

  std::uint64_t below(std::uint64_t n);                         // 0..n-1
  std::int64_t between(std::int64_t least, std::int64_t most);  // both included; 0 on the tape is the least
  // No on a tape that has no more.
  bool percent(unsigned p) { return below(100) >= 100 - p; }
  bool one_in(std::uint64_t n) { return below(n) == n - 1; }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }
  // A number that only makes things differ, such as a generator's seed: no choice, and not on the tape.
  std::uint64_t salt();

 private:
  Chance(ChoiceSource& source, std::string track);
  std::uint64_t bits();

  ChoiceSource* source_;
  std::string track_;
  std::uint64_t state_;
  std::size_t chosen_ = 0;
};

// What a node draws its ids, salts and jitter from.
class SeededEntropy final : public platform::Entropy {
 public:
  explicit SeededEntropy(Chance chance) : chance_(std::move(chance)) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  Chance chance_;
};

}  // namespace holdline::sim
