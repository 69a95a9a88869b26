#include "contingency/incident/undecided.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace holdline::contingency {

std::vector<std::pair<sync::Id, sync::Id>> undecided(const Incidents& known) {
  std::vector<const Incident*> open;
  for (const Outage& outage : known.outages())
    for (const sync::Id& id : outage.incidents)
      if (const Incident* incident = known.find(id); incident->in_force()) open.push_back(incident);
  std::ranges::sort(open, {}, [](const Incident* one) {
    return std::tuple(one->declared.drill, one->begins_ms(), one->declared.id);
  });
  Incidents asked = known;
  std::vector<std::pair<sync::Id, sync::Id>> pairs;
  std::set<sync::Id> seen;
  for (const Incident* one : open) {
    seen.insert(one->declared.id);
    const std::vector<sync::Id> others = asked.take(*one);
    for (const Incident* other : open)
      if (!seen.contains(other->declared.id) && std::ranges::find(others, other->declared.id) != others.end())
        pairs.emplace_back(one->declared.id, other->declared.id);
  }
  return pairs;
}

}  // namespace holdline::contingency
