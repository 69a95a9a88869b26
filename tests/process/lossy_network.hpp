// A network of the test's own in which packets get lost (a network namespace, nftables). Only root can make one.
#pragma once

#include <cstdint>

#include "platform/fd.hpp"
#include "tests/process/process.hpp"

namespace holdline::process {

class LossyNetwork {
 public:
  // This thread, and what it starts from now on, has only this network's 127.0.0.1. Nothing gets lost at first. Throws
  // with the reason when it cannot be made.
  explicit LossyNetwork(const Path& scratch);
  // The thread is back in the network it came from.
  ~LossyNetwork();
  LossyNetwork(const LossyNetwork&) = delete;
  LossyNetwork& operator=(const LossyNetwork&) = delete;

  // From now on so many of a hundred packets to and from this port get lost, each by chance.
  void lose(unsigned percent, std::uint16_t port);
  // Packets lost since then.
  std::uint64_t lost() const;

 private:
  Path script_;
  platform::Fd before_;
};

}  // namespace holdline::process
