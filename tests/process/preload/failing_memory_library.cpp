// Loaded into a daemon under test before the C library (LD_PRELOAD): allocations fail when the file named by
// HOLDLINE_FAILING_MEMORY orders it (a MemoryOrder).
#include <errno.h>

#include <cstddef>
#include <cstdlib>

#include "tests/process/preload/memory_order.hpp"
#include "tests/process/preload/shared_page.hpp"

// glibc's own, under the names that nobody takes over.
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* old, std::size_t size) noexcept;
}

namespace {

using holdline::process::MemoryOrder;

MemoryOrder* order = nullptr;  // until the library is set up nothing fails

[[gnu::constructor]] void set_up() {
  order = static_cast<MemoryOrder*>(
      holdline::process::map_page(std::getenv("HOLDLINE_FAILING_MEMORY"), sizeof(MemoryOrder)));
  // A test that believes in failing memory where there is none proves nothing.
  if (order == nullptr) std::abort();
}

bool fails() {
  if (order == nullptr || order->wanted.load(std::memory_order_relaxed) <= 0) return false;
  if (order->left.fetch_sub(1) > 0 || order->wanted.fetch_sub(1) <= 0) return false;
  ++order->failed;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" void* malloc(std::size_t size) noexcept { return fails() ? nullptr : __libc_malloc(size); }
extern "C" void* calloc(std::size_t count, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_calloc(count, size);
}
extern "C" void* realloc(void* old, std::size_t size) noexcept { return fails() ? nullptr : __libc_realloc(old, size); }
