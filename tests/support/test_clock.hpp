// Clocks and chance of a test's machine: they stand still until the test moves them, and repeat with their seed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <span>

#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::support {

// The machine was booted 1,000 s before the time that tests begin at. Other threads may read while the test sets it.
class TestClock final : public platform::Clock {
 public:
  static constexpr std::int64_t begins_ms = 1'763'700'000'000, booted_ms = begins_ms - 1'000'000;

  sync::TimeReading now() const override { return {wall_ms, sync::Id{{7}}, wall_ms - booted_ms}; }
  Monotonic monotonic() const override { return Monotonic(std::chrono::milliseconds(wall_ms - booted_ms)); }
  void pass(std::chrono::milliseconds time) { wall_ms += time.count(); }

  std::atomic<std::int64_t> wall_ms{begins_ms};
};

class TestEntropy final : public platform::Entropy {
 public:
  explicit TestEntropy(std::uint64_t seed = 1) : random_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
  }
  void reseed(std::uint64_t seed) { random_.seed(seed); }

 private:
  std::mt19937_64 random_;
};

}  // namespace holdline::support
