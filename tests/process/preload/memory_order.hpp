// What a test that lets memory run out and the daemon it runs out for share.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdline::process {

struct MemoryOrder {
  std::atomic<std::int64_t> left;    // allocations before the first that fails
  std::atomic<std::int64_t> wanted;  // how many fail then
  std::atomic<std::int64_t> failed;  // how many have
};

}  // namespace holdline::process
