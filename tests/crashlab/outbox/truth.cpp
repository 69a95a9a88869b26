#include "tests/crashlab/outbox/truth.hpp"

#include <algorithm>

namespace holdline::crashlab {

std::size_t OutboxTruth::actions() const {
  std::size_t sum = 0;
  for (const auto& lane : lanes) sum += lane.size();
  return sum;
}

bool OutboxTruth::holds(sync::ActionRef ref) const {
  return ref.lane < sync::lane_count && ref.number > pruned_through[ref.lane] &&
         ref.number <= pruned_through[ref.lane] + lanes[ref.lane].size();
}

std::map<sync::ActionRef, std::string> OutboxTruth::pending() const {
  std::map<sync::ActionRef, std::string> found;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    for (std::size_t i = 0; i < lanes[lane].size(); ++i) {
      const sync::ActionRef ref{lane, pruned_through[lane] + i + 1};
      const auto told = results.find(ref);
      if (told == results.end() || !settles(told->second.verdict)) found.emplace(ref, lanes[lane][i]);
    }
  }
  return found;
}

bool settles(sync::Verdict verdict) {
  return verdict != sync::Verdict::quarantined && verdict != sync::Verdict::waiting;
}

std::string difference(const OutboxTruth& wanted, const OutboxTruth& found) {
  for (std::size_t lane = 0; lane < sync::lane_count; ++lane) {
    const auto& a = wanted.lanes[lane];
    const auto& b = found.lanes[lane];
    const std::string place = "lane " + std::to_string(lane) + ": ";
    if (wanted.pruned_through[lane] != found.pruned_through[lane])
      return place + "begins after " + std::to_string(found.pruned_through[lane]) + " instead of " +
             std::to_string(wanted.pruned_through[lane]);
    if (a == b) continue;
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
    return place + std::to_string(b.size()) + " actions instead of " + std::to_string(a.size()) + ", number " +
           std::to_string(wanted.pruned_through[lane] + at + 1) + " is " + (at < b.size() ? b[at] : "missing") +
           " instead of " + (at < a.size() ? a[at] : "nothing");
  }
  if (wanted.results != found.results)
    return std::to_string(found.results.size()) + " results instead of " + std::to_string(wanted.results.size()) +
           " or other ones";
  if (wanted.results_to != found.results_to)
    return "results up to " + std::to_string(found.results_to) + " instead of " + std::to_string(wanted.results_to);
  if (wanted.assertions != found.assertions)
    return std::to_string(found.assertions) + " sign-ins instead of " + std::to_string(wanted.assertions);
  if (wanted.renewed != found.renewed) return found.renewed ? "another incarnation" : "the incarnation before";
  return "none";
}

}  // namespace holdline::crashlab
