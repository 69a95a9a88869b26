#include "contingency/incident/incidents.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "contingency/states/mode.hpp"

namespace holdline::contingency {

namespace {

bool begins_before(const Incident* a, const Incident* b) {
  return std::pair(a->begins_ms(), a->declared.id) < std::pair(b->begins_ms(), b->declared.id);
}

// Of the incident alone; ended ones leave nothing behind.
ServiceState state_of(const Incident& incident) {
  if (!incident.in_force()) return ServiceState::normal;
  return incident.phase == IncidentPhase::recovering ? ServiceState::recovery : ServiceState::contingency;
}

ServiceState worse_of(ServiceState a, ServiceState b) { return mode_of(a) < mode_of(b) ? b : a; }

std::pair<sync::Id, sync::Id> pair_of(const sync::Id& a, const sync::Id& b) { return std::minmax(a, b); }

using Decisions = std::map<std::pair<sync::Id, sync::Id>, MergeDecision>;

// The incident and those that are one with it by what people said.
std::set<sync::Id> said_to_be(const Decisions& decisions, const sync::Id& id) {
  std::set<sync::Id> all{id};
  for (std::size_t before = 0; before != all.size();) {
    before = all.size();
    for (const auto& [pair, decision] : decisions)
      if (decision.same && (all.contains(pair.first) || all.contains(pair.second)))
        all.insert({pair.first, pair.second});
  }
  return all;
}

}  // namespace

bool scope_holds(std::string_view wide, std::string_view scope) {
  return scope.starts_with(wide) && (scope.size() == wide.size() || scope[wide.size()] == '/');
}

bool scopes_meet(std::string_view a, std::string_view b) { return scope_holds(a, b) || scope_holds(b, a); }

std::vector<sync::Id> Incidents::take(const Incident& incident) {
  const auto [known, first] = incidents_.try_emplace(incident.declared.id, incident);
  if (!first) known->second = joined(known->second, incident);
  std::vector<sync::Id> ask;
  for (const auto& [id, other] : incidents_)
    if (id != incident.declared.id && meet(known->second, other) && !decided(id, incident.declared.id))
      ask.push_back(id);
  return ask;
}

void Incidents::take(const MergeDecision& decision) {
  const auto order = [](const MergeDecision& d) { return std::tuple(d.by.at_ms, d.by, d.same); };
  const auto [known, first] = decisions_.try_emplace(pair_of(decision.a, decision.b), decision);
  if (!first && order(known->second) < order(decision)) known->second = decision;
}

const Incident* Incidents::find(const sync::Id& id) const {
  const auto found = incidents_.find(id);
  return found == incidents_.end() ? nullptr : &found->second;
}

bool Incidents::meet(const Incident& a, const Incident& b) const {
  if (a.declared.drill != b.declared.drill) return false;
  const auto end = [this](const Incident& incident) {
    return incident.ended_ms ? *incident.ended_ms + options_.gap_ms : std::numeric_limits<std::int64_t>::max();
  };
  if (a.begins_ms() > end(b) || b.begins_ms() > end(a)) return false;
  return std::ranges::any_of(a.declared.scopes, [&b](const std::string& scope) {
    return std::ranges::any_of(b.declared.scopes, [&](const std::string& other) { return scopes_meet(scope, other); });
  });
}

// A person's word on them, or what follows from their words on others: whatever is one with the same is one, and
// different from what any of it was told apart from.
std::optional<bool> Incidents::decided(const sync::Id& a, const sync::Id& b) const {
  if (const auto found = decisions_.find(pair_of(a, b)); found != decisions_.end()) return found->second.same;
  const std::set<sync::Id> one = said_to_be(decisions_, a), other = said_to_be(decisions_, b);
  if (one.contains(b)) return true;
  const bool apart = std::ranges::any_of(decisions_, [&](const auto& entry) {
    const auto& [x, y] = entry.first;
    return !entry.second.same && ((one.contains(x) && other.contains(y)) || (one.contains(y) && other.contains(x)));
  });
  return apart ? std::optional(false) : std::nullopt;
}

template <class Edge>
std::vector<const Incident*> Incidents::reach(const Incident& from, Edge edge) const {
  std::vector<const Incident*> found{&from};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const Incident& at = *found[next];
    for (const auto& [id, other] : incidents_)
      if (std::ranges::find(found, &other) == found.end() && edge(at, other)) found.push_back(&other);
  }
  return found;
}

Outage Incidents::outage_of(const std::vector<const Incident*>& incidents) const {
  Outage outage;
  outage.begins_ms = incidents.front()->begins_ms();
  bool open = false;
  for (const Incident* incident : incidents) {
    outage.incidents.push_back(incident->declared.id);
    outage.scopes.insert(outage.scopes.end(), incident->declared.scopes.begin(), incident->declared.scopes.end());
    outage.state = worse_of(outage.state, contingency::state_of(*incident));
    open = open || incident->in_force();
    if (incident->ended_ms) outage.ended_ms = std::max(outage.ended_ms, incident->ended_ms);
  }
  if (open) outage.ended_ms.reset();
  std::ranges::sort(outage.scopes);
  outage.scopes.erase(std::ranges::unique(outage.scopes).begin(), outage.scopes.end());
  const auto merged = reach(*incidents.front(), [this](const Incident& a, const Incident& b) {
    return decided(a.declared.id, b.declared.id) == true;
  });
  outage.merged = std::ranges::all_of(
      incidents, [&](const Incident* incident) { return std::ranges::find(merged, incident) != merged.end(); });
  return outage;
}

std::vector<Outage> Incidents::outages() const {
  std::vector<Outage> all;
  std::set<const Incident*> seen;
  std::vector<const Incident*> sorted;
  for (const auto& [id, incident] : incidents_) sorted.push_back(&incident);
  std::ranges::sort(sorted, begins_before);
  for (const Incident* incident : sorted) {
    if (seen.contains(incident)) continue;
    auto together = reach(*incident, [this](const Incident& a, const Incident& b) {
      return decided(a.declared.id, b.declared.id).value_or(meet(a, b));
    });
    std::ranges::sort(together, begins_before);
    seen.insert(together.begin(), together.end());
    all.push_back(outage_of(together));
  }
  return all;
}

ServiceState Incidents::state_of(std::string_view scope, ServiceState health) const {
  ServiceState state = health;
  for (const auto& [id, incident] : incidents_)
    if (std::ranges::any_of(incident.declared.scopes,
                            [scope](const std::string& wide) { return scope_holds(wide, scope); }))
      state = worse_of(state, contingency::state_of(incident));
  return state;
}

std::size_t Incidents::others_in_force(const sync::Id& id) const {
  const Incident* incident = find(id);
  if (!incident) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(incidents_, [&](const auto& entry) {
    const auto& [other_id, other] = entry;
    return other_id != id && other.in_force() && meet(*incident, other) && !decided(id, other_id);
  }));
}

}  // namespace holdline::contingency
