#include "contingency/plan/plan.hpp"

#include <algorithm>

extern "C" const char holdline_plan_toml[];
extern "C" const char holdline_plan_toml_end[];

namespace holdline::contingency {

const PlanAction* Plan::action(std::string_view id) const {
  const auto found = std::ranges::find(actions, id, &PlanAction::id);
  return found == actions.end() ? nullptr : &*found;
}

std::optional<std::int64_t> Plan::drill_due_ms(std::optional<std::int64_t> last_ms) const {
  if (drill_every_days == 0) return std::nullopt;
  return last_ms ? *last_ms + std::int64_t{drill_every_days} * 24 * 3'600'000 : 0;
}

std::string_view shipped_plan_text() {
  return {holdline_plan_toml, static_cast<std::size_t>(holdline_plan_toml_end - holdline_plan_toml)};
}

}  // namespace holdline::contingency
