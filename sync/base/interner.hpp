// Numbers distinct byte strings in the order they are first seen. Keeps views: what they show must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace holdline::sync {

class Interner {
 public:
  std::uint32_t number(std::string_view key) {
    if (keys_.size() * 2 >= slots_.size()) grow();
    const std::size_t slot = find(key);
    if (slots_[slot] == 0) {
      keys_.push_back(key);
      slots_[slot] = static_cast<std::uint32_t>(keys_.size());
    }
    return slots_[slot] - 1;
  }
  const std::vector<std::string_view>& keys() const { return keys_; }
  void clear() {
    keys_.clear();
    slots_.assign(slots_.size(), 0);
  }

 private:
  // Open addressing; the table is at most half full, so the search ends.
  std::size_t find(std::string_view key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(key)&mask;
    while (slots_[slot] != 0 && keys_[slots_[slot] - 1] != key) slot = (slot + 1) & mask;
    return slot;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    for (std::size_t i = 0; i < keys_.size(); ++i) slots_[find(keys_[i])] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<std::string_view> keys_;
  std::vector<std::uint32_t> slots_;  // number + 1, or 0; a power of two of them
};

}  // namespace holdline::sync
