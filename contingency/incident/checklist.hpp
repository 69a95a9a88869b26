// What has to be done before an incident is closed, and what somebody signed for instead. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

// Counted by the adapter, over the scopes of the incident. Nothing: whoever asks cannot know it where they are, and
// somebody has to answer for it by name.
struct ClosingFacts {
  std::optional<std::size_t> entries_unsent = 0;  // at workstations that report
  std::optional<std::size_t> desks_silent = 0;    // not heard of since the incident began
  std::optional<std::size_t> conflicts_open = 0;
  std::optional<std::size_t> needs_attention = 0;    // quarantined
  std::optional<std::size_t> paper_forms_out = 0;    // numbers handed out and not accounted for
  std::optional<std::size_t> actions_left = 0;       // of the plan, neither undone nor signed for, or still to be done
  std::optional<std::size_t> callbacks_waiting = 0;  // neither released nor scheduled
  std::optional<std::size_t> checks_open = 0;        // entries that wait for an approval or a second person
  std::optional<std::size_t> entries_unposted = 0;   // taken by hand, and neither posted nor found not to be needed
};

struct ChecklistPoint {
  std::string id;                       // kebab-case, stable: what an exception names
  std::string text;                     // for a person, with the count
  std::optional<std::size_t> left = 0;  // nothing: not known
  std::optional<Signature> excepted;    // the latest
  bool done() const { return left == 0 || excepted; }
};

// Every point, in the order of the work; `exceptions` as signed with the incident.
std::vector<ChecklistPoint> checklist(const ClosingFacts& facts, const std::vector<Exception>& exceptions);
// Facts::checklist_left.
std::size_t points_left(const std::vector<ChecklistPoint>& points);

}  // namespace holdline::contingency
