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

PromiseRoom::Window* PromiseRoom::holding(const std::string& queue, std::int64_t at_ms) {
  auto found = windows_.upper_bound({queue, at_ms});
  if (found == windows_.begin()) return nullptr;
  --found;
  const PromiseWindow& window = found->second.window;
  return window.queue == queue && window.end_ms > at_ms ? &found->second : nullptr;
}

void PromiseRoom::count(const std::string& queue, std::int64_t from_ms) {
  if (Window* window = holding(queue, from_ms)) ++window->promised;
}

Result<void> PromiseRoom::promise(const std::string& queue, std::int64_t from_ms) {
  Window* window = holding(queue, from_ms);
  if (window != nullptr && window->room() != 0) {
    ++window->promised;
    return {};
  }
  const auto next = offers(queue, from_ms);
  const std::string then =
      next.empty() ? "No later one has room: promise no time, or ask a supervisor."
                   : "The next one with room begins at " + sync::format_time(next.front().window.start_ms) + ".";
  if (window == nullptr) return fail(ErrorKind::ask_person, "window-unknown", "Nobody makes calls then. " + then);
  return fail(ErrorKind::ask_person, "window-full", "What this PC may promise of that time is promised. " + then);
}

std::vector<PromiseRoom::Window> PromiseRoom::coming(const std::string& queue, std::int64_t now_ms) const {
  std::vector<Window> coming;
  for (auto at = windows_.lower_bound({queue, 0}); at != windows_.end() && at->first.first == queue; ++at)
    if (at->second.window.end_ms > now_ms) coming.push_back(at->second);
  return coming;
}

std::vector<PromiseRoom::Window> PromiseRoom::offers(const std::string& queue, std::int64_t now_ms) const {
  auto offers = coming(queue, now_ms);
  std::erase_if(offers, [](const Window& one) { return one.room() == 0; });
  return offers;
}

}  // namespace holdline::contingency
