#include "sync/reference/stock.hpp"

namespace holdline::sync {

void ReferenceStock::belong_to(const Id& whose) {
  if (incarnation == whose) return;
  *this = {};
  incarnation = whose;
}

void ReferenceStock::add(const ReferenceBlock& block) {
  if (block.first <= last) return;
  last = block.first;
  for (std::uint64_t at = 0; at + piece_size <= block.count; at += piece_size) pieces.push_back(block.first + at);
}

std::optional<ReferenceBlock> ReferenceStock::take(std::uint64_t random_bits) {
  if (pieces.empty()) return std::nullopt;
  const auto at = pieces.begin() + static_cast<std::ptrdiff_t>(random_bits % pieces.size());
  const ReferenceBlock piece{*at, piece_size};
  pieces.erase(at);
  return piece;
}

}  // namespace holdline::sync
