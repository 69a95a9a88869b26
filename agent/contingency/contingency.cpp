#include "agent/contingency/contingency.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/contingency/incident_records.hpp"
#include "contingency/states/mode.hpp"

namespace holdline::agent {

namespace {

using contingency::Incident;
using contingency::IncidentPhase;
using contingency::ServiceState;
using contingency::ServiceTrigger;

bool concerns(const Incident& incident, std::string_view scope) {
  return std::ranges::any_of(incident.declared.scopes,
                             [scope](const std::string& wide) { return contingency::scope_holds(wide, scope); });
}

std::vector<const Incident*> in_force(const contingency::Incidents& known) {
  std::vector<const Incident*> found;
  for (const contingency::Outage& outage : known.outages())
    for (const sync::Id& id : outage.incidents)
      if (const Incident* incident = known.find(id); incident->in_force()) found.push_back(incident);
  return found;
}

// Real before practice, by hand before coming back, earlier before later.
auto rank(const Incident* incident) {
  return std::tuple(incident->declared.drill, incident->phase, incident->begins_ms(), incident->declared.id);
}

const Incident* first_of(const std::vector<const Incident*>& incidents) {
  const auto first = std::ranges::min_element(incidents, {}, rank);
  return first == incidents.end() ? nullptr : *first;
}

// Whether the last incident of a scope was called off, so that what is wrong with its systems may still be wrong.
bool called_off(const contingency::Incidents& known, std::string_view scope) {
  const Incident* last = nullptr;
  for (const contingency::Outage& outage : known.outages())
    for (const sync::Id& id : outage.incidents)
      if (const Incident* incident = known.find(id);
          concerns(*incident, scope) && (!last || last->ended_ms < incident->ended_ms))
        last = incident;
  // What was only practised broke nothing.
  return last && last->phase == IncidentPhase::cancelled && !last->declared.drill;
}

// The next row on the way from where a machine stands to where its scope is.
ServiceTrigger towards(ServiceState stands, ServiceState is, bool cancelled) {
  if (stands == ServiceState::contingency && is != ServiceState::contingency)
    return cancelled && is != ServiceState::recovery ? ServiceTrigger::cancel : ServiceTrigger::systems_back;
  if (stands == ServiceState::recovery && is != ServiceState::contingency) return ServiceTrigger::close;
  return ServiceTrigger::declare;
}

bool is_unprobed(const contingency::Health& health) {
  for (std::size_t target = 0; target < contingency::target_count; ++target)
    if (health.known(static_cast<contingency::Target>(target))) return false;
  return true;
}

// Where an incident says that its scope is since.
std::int64_t since_of(const Incident& incident) {
  std::int64_t since_ms = incident.begins_ms();
  for (const contingency::IncidentStep& step : incident.steps)
    if (!step.idle && step.trigger == ServiceTrigger::systems_back) since_ms = step.by.at_ms;
  return incident.phase == IncidentPhase::recovering ? since_ms : incident.begins_ms();
}

}  // namespace

Contingency::Contingency(const platform::Clock& clock, contingency::Policy policy, Changed changed)
    : clock_(clock),
      changed_(std::move(changed)),
      policy_(std::move(policy)),
      incidents_(std::make_shared<const contingency::Incidents>()),
      drills_(std::make_shared<const std::vector<DrillHeld>>()) {}

Contingency::Machine Contingency::machine_at(contingency::Standing standing, std::int64_t since_ms) const {
  contingency::StateOptions states = policy_.states;
  states.auto_declare_after_ms = 0;  // a desk sees its own road: the hub declares, or a person
  return {contingency::Service(policy_.probes, states, standing), since_ms};
}

void Contingency::use(const contingency::Policy& policy) {
  const platform::MutexLock lock(mutex_);
  policy_ = policy;
  for (auto& [scope, machine] : machines_) machine = machine_at(machine.service.standing(), machine.since_ms);
}

contingency::Policy Contingency::policy() const {
  const platform::MutexLock lock(mutex_);
  return policy_;
}

void Contingency::take(const contingency::Probe& probe) { step_all(probe); }

void Contingency::pass_time() { step_all(contingency::event::TimePassed{}); }

void Contingency::link_stands(const contingency::LinkStatus& link) {
  const platform::MutexLock lock(mutex_);
  link_ = link;
}

void Contingency::step_all(const contingency::ServiceEvent& event) {
  Told told;
  {
    const platform::MutexLock lock(mutex_);
    for (auto& [scope, machine] : machines_) step(scope, machine, event, told);
  }
  tell(told);
}

void Contingency::step(const std::string& scope, Machine& machine, const contingency::ServiceEvent& event, Told& told) {
  const ServiceState before = machine.service.standing().state;
  const auto now = clock_.now();
  for (const contingency::ServiceAction& action : machine.service.step(event, now.boot_ms))
    if (const auto* changed = std::get_if<contingency::action::ServiceChanged>(&action))
      told.emplace_back(scope, changed->row);
  if (machine.service.standing().state != before) machine.since_ms = now.wall_ms;
}

void Contingency::follow(const std::string& scope, Machine& machine, Told& told) {
  const bool cancelled = called_off(*incidents_, scope);
  // By hand, back, closed: no way is longer.
  for (int row = 0; row < 3; ++row) {
    const ServiceState stands = machine.service.standing().state;
    const bool declared = stands == ServiceState::contingency || stands == ServiceState::recovery;
    const ServiceState is = incidents_->state_of(scope, declared ? ServiceState::normal : stands);
    if (is == stands) break;
    contingency::event::Asked asked;
    asked.trigger = towards(stands, is, cancelled);
    asked.decided_elsewhere = true;
    step(scope, machine, asked, told);
    if (machine.service.standing().state == stands) break;  // no such row
  }
  // Where nothing is probed nothing would ever say that it is well again.
  if (machine.service.standing().state == ServiceState::degraded && is_unprobed(machine.service.health()))
    machine = machine_at({}, 0);
  std::vector<const Incident*> here = in_force(*incidents_);
  std::erase_if(here, [&](const Incident* incident) { return !concerns(*incident, scope); });
  if (const Incident* leading = first_of(here)) machine.since_ms = since_of(*leading);
}

void Contingency::tell(const Told& told) const {
  if (!changed_) return;
  for (const auto& [scope, row] : told) changed_(scope, *row);
}

Result<void> Contingency::refresh(View& view, const std::vector<std::string>& scopes) {
  HOLDLINE_ASSIGN(const auto read, read_incidents(view));
  HOLDLINE_ASSIGN(auto drills, read_drills(view));
  {
    const platform::MutexLock lock(mutex_);
    drills_ = std::make_shared<const std::vector<DrillHeld>>(std::move(drills));
  }
  know(read.incidents, read.decisions, scopes);
  return {};
}

void Contingency::know(const std::vector<Incident>& incidents, const std::vector<contingency::MergeDecision>& decisions,
                       const std::vector<std::string>& scopes) {
  auto known = std::make_shared<contingency::Incidents>();
  for (const Incident& incident : incidents) known->take(incident);
  for (const contingency::MergeDecision& decision : decisions) known->take(decision);
  Told told;
  {
    const platform::MutexLock lock(mutex_);
    incidents_ = std::move(known);
    std::erase_if(machines_, [&](const auto& entry) { return !sync::is_within(entry.first, scopes); });
    for (const std::string& scope : scopes) {
      // A machine that begins says nothing of how it came about: what was declared stands.
      const auto begun =
          machines_.try_emplace(scope, machine_at({incidents_->state_of(scope, ServiceState::normal), false, true}, 0));
      follow(scope, begun.first->second, told);
    }
  }
  tell(told);
}

ContingencyStanding Contingency::standing() const {
  const platform::MutexLock lock(mutex_);
  ContingencyStanding standing;
  standing.link = link_;
  const std::int64_t boot_ms = clock_.now().boot_ms;
  for (const auto& [scope, machine] : machines_) {
    const contingency::Standing& at = machine.service.standing();
    standing.scopes.push_back({scope, at.state, at.planned, at.confirmed, machine.since_ms});
    if (mode_of(at.state) > mode_of(standing.worst) ||
        (at.state == standing.worst && machine.since_ms < standing.since_ms)) {
      standing.worst = at.state;
      standing.since_ms = machine.since_ms;
    }
    standing.cause = std::max(standing.cause, machine.service.cause(boot_ms));
  }
  std::vector<const Incident*> here = in_force(*incidents_);
  std::erase_if(here, [&](const Incident* incident) {
    return std::ranges::none_of(standing.scopes,
                                [&](const ScopeStanding& at) { return concerns(*incident, at.scope); });
  });
  standing.in_force = here.size();
  if (const Incident* leading = first_of(here)) {
    standing.leading = *leading;
    if (standing.cause == contingency::Cause::none) standing.cause = leading->declared.cause;
  }
  return standing;
}

contingency::Mode Contingency::mode(contingency::LinkState link) const {
  const platform::MutexLock lock(mutex_);
  contingency::Mode mode = contingency::mode_of(link_ ? link_->state : link);
  for (const auto& [scope, machine] : machines_)
    mode = std::max(mode, contingency::mode_of(machine.service.standing().state));
  return mode;
}

std::shared_ptr<const contingency::Incidents> Contingency::incidents() const {
  const platform::MutexLock lock(mutex_);
  return incidents_;
}

std::optional<Incident> Contingency::in_force_on(std::string_view scope) const {
  const auto known = incidents();
  std::vector<const Incident*> here = in_force(*known);
  std::erase_if(here, [&](const Incident* incident) { return !concerns(*incident, scope); });
  const Incident* first = first_of(here);
  return first ? std::optional(*first) : std::nullopt;
}

std::shared_ptr<const std::vector<DrillHeld>> Contingency::drills() const {
  const platform::MutexLock lock(mutex_);
  return drills_;
}

bool Contingency::had_drill() const {
  if (!drills()->empty()) return true;
  const auto known = incidents();
  return std::ranges::any_of(known->outages(), [&](const contingency::Outage& outage) {
    return std::ranges::any_of(outage.incidents, [&](const sync::Id& id) { return known->find(id)->declared.drill; });
  });
}

ContingencyGate Contingency::gate(const std::vector<std::string>& scopes) const {
  const platform::MutexLock lock(mutex_);
  const std::int64_t boot_ms = clock_.now().boot_ms;
  ContingencyGate gate{true, true, 0};
  bool any = false;
  for (const auto& [scope, machine] : machines_) {
    if (std::ranges::none_of(scopes, [&](const std::string& one) { return contingency::scopes_meet(one, scope); }))
      continue;
    any = true;
    const contingency::Gate of = machine.service.gate(boot_ms);
    gate.looks_well = gate.looks_well && of.looks_well;
    gate.open = gate.open && of.open;
    gate.opens_in_ms = std::max(gate.opens_in_ms, of.opens_in_ms);
  }
  return any ? gate : ContingencyGate{};
}

}  // namespace holdline::agent
