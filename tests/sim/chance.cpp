#include "tests/sim/chance.hpp"

namespace holdline::sim {

Chance Chance::fork(std::string_view part) const {
  std::uint64_t hash = 0xcbf29ce484222325ull ^ state_;
  for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return Chance(hash);
}

// SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t Chance::bits() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

std::uint64_t Chance::below(std::uint64_t n) { return n == 0 ? 0 : bits() % n; }

std::int64_t Chance::between(std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
}

void SeededEntropy::fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance_.bits() >> 32);
}

}  // namespace holdline::sim
