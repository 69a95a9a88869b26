// A TCP proxy between workstations and the hub that fails on demand. It passes bytes on without reading them, so TLS
// stays between the two ends. Runs on a thread of its own; everything may be called from the test's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/process/support/armed_faults.hpp"

namespace holdline::process {

class FaultProxy {
 public:
  // Listens on a free port of 127.0.0.1 and passes connections on to `target`.
  explicit FaultProxy(std::uint16_t target);
  // For a hub whose port is known later: refuses until then.
  FaultProxy();
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::uint16_t port() const;
  void forward_to(std::uint16_t target);

  // Resets every connection, and each new one until heal().
  void cut();
  // Until heal() no byte of this direction moves and nothing is closed, as when a cable was pulled.
  void block_requests();
  void block_answers();
  void black_hole();
  // Bytes arrive so much later, in each direction.
  void delay(std::chrono::milliseconds by);
  // All connections together pass so much per second in each direction; they share it evenly.
  void limit(std::size_t bytes_per_second);
  void arm(Fault fault);
  // One after the other.
  void arm(const std::vector<Fault>& faults);
  void disarm();
  // Everything passes again, what was held back first. An armed Fault stays armed; connections it stalled stay silent.
  void heal();

  // Connections accepted, and how often the armed faults struck.
  std::size_t connections() const;
  int struck() const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace holdline::process
