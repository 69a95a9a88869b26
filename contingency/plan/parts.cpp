#include "contingency/plan/parts.hpp"

#include <algorithm>

#include "sync/base/hash.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t part_bytes = 7'000;  // a text that merges as one value has 7,680 at most

// Where a part that begins at `from` ends: never within a character.
std::size_t end_of_part(std::string_view text, std::size_t from) {
  std::size_t end = std::min(text.size(), from + part_bytes);
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
  while (end < text.size() && end > from + 1 && continues(end)) --end;
  return end;
}

}  // namespace

std::vector<std::string> split_plan(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  do {
    const std::size_t end = end_of_part(text, at);
    parts.emplace_back(text.substr(at, end - at));
    at = end;
  } while (at < text.size());
  return parts;
}

std::map<std::uint32_t, std::string> whole_plans(const std::vector<PlanPart>& parts) {
  using Of = std::pair<std::uint32_t, std::string>;  // version and hash of the whole
  std::map<Of, std::map<std::uint32_t, const PlanPart*>> found;
  for (const PlanPart& part : parts) found[{part.version, part.sha256}].emplace(part.part, &part);
  std::map<std::uint32_t, std::string> whole;
  for (const auto& [of, pieces] : found) {
    std::string text;
    for (const auto& [number, piece] : pieces) text += piece->text;
    if (sync::to_hex(sync::sha256(text).view()) == of.second) whole.emplace(of.first, std::move(text));
  }
  return whole;
}

}  // namespace holdline::contingency
