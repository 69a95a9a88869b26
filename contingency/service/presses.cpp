#include "contingency/service/presses.hpp"

#include <algorithm>
#include <map>

namespace holdline::contingency {

std::optional<Proposal> Presses::step(const Press& press, std::int64_t now_ms) {
  std::erase_if(kept_, [&](const Kept& kept) {
    return kept.press.person == press.person || now_ms - kept.at_ms >= options_.within_ms;
  });
  kept_.push_back({press, now_ms});
  if (kept_.size() > std::max<std::size_t>(options_.people, 1)) kept_.pop_front();
  const bool quiet = proposed_ms_ && now_ms - *proposed_ms_ < options_.quiet_ms;
  if (kept_.size() < options_.people || quiet) return std::nullopt;
  proposed_ms_ = now_ms;
  Proposal proposal;
  std::map<std::string, std::size_t> named;
  for (const Kept& kept : kept_) {
    proposal.people.push_back(kept.press.person);
    ++named[kept.press.about];
  }
  proposal.about = std::ranges::max_element(named, {}, [](const auto& entry) { return entry.second; })->first;
  return proposal;
}

std::size_t Presses::people(std::int64_t now_ms) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(kept_, [&](const Kept& kept) { return now_ms - kept.at_ms < options_.within_ms; }));
}

}  // namespace holdline::contingency
