#include "tests/unit/sync/wire/allocations.hpp"

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

void* try_take(std::size_t size) noexcept {
  void* const memory = std::malloc(size);
  if (memory) held += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  peak = std::max(peak, held);
  return memory;
}

void* take(std::size_t size) {
  void* const memory = try_take(size);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void give(void* memory) noexcept {
  held -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace holdline::allocations

// The whole family but the aligned ones, so that what one form allocates is never freed by another allocator's.
using namespace holdline::allocations;
void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return try_take(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return try_take(size); }
void operator delete(void* memory) noexcept { give(memory); }
void operator delete[](void* memory) noexcept { give(memory); }
void operator delete(void* memory, std::size_t) noexcept { give(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { give(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { give(memory); }
