#include "tests/unit/sync/allocations.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace holdline::allocations {

namespace {

// The tests that measure are single-threaded.
std::ptrdiff_t held = 0, peak = 0;

}  // namespace

void start() { held = peak = 0; }
std::size_t peak_bytes() { return static_cast<std::size_t>(peak); }

void* take(std::size_t size) {
  void* const memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  held += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  peak = std::max(peak, held);
  return memory;
}

void give(void* memory) noexcept {
  held -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace holdline::allocations

void* operator new(std::size_t size) { return holdline::allocations::take(size); }
void operator delete(void* memory) noexcept { holdline::allocations::give(memory); }
void operator delete(void* memory, std::size_t) noexcept { holdline::allocations::give(memory); }
