#include "tests/sim/world/timeline.hpp"

#include <algorithm>

namespace holdline::sim {

void Timeline::in(std::int64_t delay_ms, Event event) {
  queue_.push({now_ms_ + std::max<std::int64_t>(delay_ms, 0), planned_++, std::move(event)});
}

bool Timeline::step(std::int64_t until_ms) {
  if (queue_.empty() || queue_.top().at_ms > until_ms) {
    now_ms_ = std::max(now_ms_, until_ms);
    return false;
  }
  // The queue only shows what it holds as constant; the event leaves it at once.
  const Event event = std::move(const_cast<Planned&>(queue_.top()).event);
  now_ms_ = queue_.top().at_ms;
  queue_.pop();
  ++done_;
  event();
  return true;
}

}  // namespace holdline::sim
