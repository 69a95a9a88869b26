// The bytes of an input as a row of decisions, for targets that build what they test instead of decoding it. When the
// bytes are used up every decision is the first one, so that a shorter input is the simpler story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace holdline::fuzz {

class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  bool done() const { return left_.empty(); }
  // 0 to n-1, n at most 256.
  std::size_t below(std::size_t n) { return byte() % n; }
  bool coin() { return below(2) == 1; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  // Mostly small, sometimes near `about`, sometimes any 64 bits: where counters break.
  std::uint64_t number(std::uint64_t about) {
    switch (below(4)) {
      case 0:
        return below(8);
      case 1:
        return about + below(4);
      case 2:
        return about - below(4);
      default:
        break;
    }
    std::uint64_t any = 0;
    for (int i = 0; i < 8; ++i) any = any << 8 | byte();
    return any;
  }

 private:
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }

  std::span<const std::uint8_t> left_;
};

}  // namespace holdline::fuzz
