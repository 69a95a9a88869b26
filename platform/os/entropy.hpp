// Chance as an argument: one stream per component and purpose, so that removing one draw does not shift the others in
// the simulator.
#pragma once

#include <cstdint>
#include <span>

#include "sync/base/id.hpp"

namespace holdline::platform {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  // A random (version 4) id.
  sync::Id id();
  std::uint64_t u64();
};

// The kernel's generator, fit for keys. Thread-safe. Ends the program when the kernel has none, because continuing
// would mean guessable keys.
class SystemEntropy final : public Entropy {
 public:
  SystemEntropy();
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace holdline::platform
