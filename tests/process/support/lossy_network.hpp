// A network of the test's own in which packets get lost (a network namespace, nftables).
#pragma once

#include <cstdint>
#include <functional>

#include "tests/process/support/process.hpp"

namespace holdline::process {

class LossyNetwork {
 public:
  // Runs `test` in a process of its own that has, with all it starts, only this network's 127.0.0.1; nothing gets lost
  // at first. Any user may, where the kernel lets users have a user namespace. Returns what `test` does, which may look
  // at GoogleTest's failures: they are told, but counted only in that process. Throws, with what is missing, when there
  // can be no such network, and with the reason when `test` throws.
  static bool run(const Path& scratch, const std::function<bool(LossyNetwork&)>& test);

  // From now on so many of a hundred packets to and from this port get lost, each by chance.
  void lose(unsigned percent, std::uint16_t port);
  // Packets lost since then.
  std::uint64_t lost() const;

 private:
  explicit LossyNetwork(Path script);

  const Path script_;
};

}  // namespace holdline::process
