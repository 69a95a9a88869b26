// How much memory code under test asks for: the bytes held at once through operator new since `start`, at their peak.
// zstd's own contexts use malloc and have a fixed size; what an input can size goes through operator new.
#pragma once

#include <cstddef>

namespace holdline::allocations {

inline constexpr std::size_t mebibyte = 1024 * 1024;

void start();
std::size_t peak_bytes();

}  // namespace holdline::allocations
