#include "contingency/incident/checklist.hpp"

#include <algorithm>

namespace holdline::contingency {

std::vector<ChecklistPoint> checklist(const ClosingFacts& facts, const std::vector<Exception>& exceptions) {
  const auto point = [&exceptions](std::string id, std::optional<std::size_t> left, std::string text) {
    text = left ? std::to_string(*left) + " " + text : "It is not known here how many " + text;
    ChecklistPoint made{std::move(id), std::move(text), left, {}};
    for (const Exception& exception : exceptions)
      if (exception.point == made.id && (!made.excepted || made.excepted->at_ms < exception.by.at_ms))
        made.excepted = exception.by;
    return made;
  };
  return {point("entries-unsent", facts.entries_unsent, "entries are not sent yet"),
          point("desks-silent", facts.desks_silent, "workstations have not been heard of since it began"),
          point("conflicts-open", facts.conflicts_open, "conflicts are not decided"),
          point("needs-attention", facts.needs_attention, "entries were refused and need attention"),
          point("paper-forms-out", facts.paper_forms_out, "paper forms are not accounted for"),
          point("actions-left", facts.actions_left, "actions of the plan are left to be undone or done"),
          point("callbacks-waiting", facts.callbacks_waiting, "callbacks are neither released nor scheduled"),
          point("checks-open", facts.checks_open, "entries wait for an approval or for a second person"),
          point("entries-unposted", facts.entries_unposted, "entries are not posted to the central system yet")};
}

std::size_t points_left(const std::vector<ChecklistPoint>& points) {
  return static_cast<std::size_t>(
      std::ranges::count_if(points, [](const ChecklistPoint& point) { return !point.done(); }));
}

}  // namespace holdline::contingency
