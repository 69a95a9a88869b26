#include "contingency/callbacks/promise/promises.hpp"

#include <algorithm>

#include "sync/base/timestamp.hpp"

namespace holdline::contingency {

std::map<std::string, std::uint32_t> shares_of(const PromiseWindow& window, std::vector<std::string> workstations) {
  std::map<std::string, std::uint32_t> shares;
  std::ranges::sort(workstations);
  const auto twice = std::ranges::unique(workstations);
  workstations.erase(twice.begin(), twice.end());
  if (workstations.empty()) return shares;
  const auto count = static_cast<std::uint32_t>(workstations.size());
  const std::uint32_t each = window.calls / count, rest = window.calls % count;
  // Windows follow one another, so the first of those who get one more moves along with them.
  const std::int64_t length_ms = std::max<std::int64_t>(1, window.end_ms - window.start_ms);
  const auto begin = static_cast<std::size_t>(window.start_ms / length_ms * rest % count);
  for (std::size_t n = 0; n < count; ++n) shares[workstations[(begin + n) % count]] = each + (n < rest ? 1 : 0);
  return shares;
}

void PromiseRoom::take(const PromiseWindow& window, std::uint32_t share) {
  Window& kept = windows_[{window.queue, window.start_ms}];
  kept.window = window;
  kept.share = share;
}

Result<void> PromiseRoom::promise(const std::string& queue, std::int64_t start_ms) {
  const auto found = windows_.find({queue, start_ms});
  if (found == windows_.end())
    return fail(ErrorKind::ask_person, "window-unknown", "No such window was divided; offer one of the list.");
  if (found->second.room() != 0) {
    ++found->second.promised;
    return {};
  }
  const auto next = offers(queue, start_ms);
  return fail(
      ErrorKind::ask_person, "window-full",
      "This window is full. " +
          (next.empty() ? std::string("No later one has room: promise no time, or ask a supervisor.")
                        : "The next one with room begins at " + sync::format_time(next.front().window.start_ms) + "."));
}

std::vector<PromiseRoom::Window> PromiseRoom::offers(const std::string& queue, std::int64_t now_ms) const {
  std::vector<Window> offers;
  for (auto at = windows_.lower_bound({queue, 0}); at != windows_.end() && at->first.first == queue; ++at)
    if (at->second.room() != 0 && at->second.window.end_ms > now_ms) offers.push_back(at->second);
  return offers;
}

}  // namespace holdline::contingency
