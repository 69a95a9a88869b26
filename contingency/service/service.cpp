#include "contingency/service/service.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

// The network next to this machine says nothing of the service.
constexpr std::array service_targets{Target::hub, Target::hub_write, Target::crm, Target::identity, Target::telephony};

}  // namespace

std::vector<ServiceAction> Service::step(const ServiceEvent& event, std::int64_t now_ms) {
  std::vector<ServiceAction> actions;
  // How long it was so before a restart is not known: what counts from there counts anew.
  if (!since_ms_ && standing_.state == ServiceState::degraded) since_ms_ = now_ms;
  if (const auto* probe = std::get_if<Probe>(&event)) health_.take(*probe, now_ms);
  if (const auto* desks = std::get_if<event::DesksCounted>(&event)) desks_ = *desks;
  follow_probes(now_ms);
  if (const auto* wish = std::get_if<event::Asked>(&event)) {
    asked(*wish, now_ms, actions);
    return actions;
  }
  for (const ServiceTransition& row : service_transitions()) {
    if (row.from != standing_.state || row.who != by_machine) continue;
    if (!due(row.trigger, now_ms) || !holds(row.guard, now_ms)) continue;
    take(row, now_ms, actions);
    break;
  }
  return actions;
}

void Service::follow_probes(std::int64_t now_ms) {
  if (looks_well(now_ms)) {
    if (!well_since_ms_) well_since_ms_ = now_ms;
    unwell_since_ms_.reset();
    gate_failed_ = false;
  } else {
    if (!unwell_since_ms_) unwell_since_ms_ = now_ms;
    well_since_ms_.reset();
  }
}

void Service::asked(const event::Asked& event, std::int64_t now_ms, std::vector<ServiceAction>& actions) {
  const Gate now = gate(now_ms);
  Facts facts = event.facts;
  facts.looks_well = now.looks_well;
  facts.gate_open = now.open;
  if (event.decided_elsewhere) {
    if (const ServiceTransition* row = find(standing_.state, event.trigger)) return take(*row, now_ms, actions);
    actions.push_back(action::ServiceRefused{
        {ErrorKind::ask_person, "not-now", std::string(why_not(standing_.state, event.trigger))}});
    return;
  }
  const auto row = decide(standing_.state, event.trigger, event.ask, facts);
  if (!row)
    actions.push_back(action::ServiceRefused{row.error()});
  else
    take(**row, now_ms, actions);
}

void Service::take(const ServiceTransition& row, std::int64_t now_ms, std::vector<ServiceAction>& actions) {
  if (row.to != standing_.state) {
    if (row.to == ServiceState::contingency && row.from != ServiceState::recovery)
      standing_.planned = row.trigger == ServiceTrigger::window_starts;
    standing_.confirmed = row.trigger != ServiceTrigger::degraded_long;
    standing_.state = row.to;
    since_ms_ = now_ms;
    gate_failed_ = false;
    if (row.to == ServiceState::normal || row.to == ServiceState::degraded) {
      standing_.planned = false;
      flaps_.changed(now_ms);
    }
  }
  if (row.trigger == ServiceTrigger::confirm || row.trigger == ServiceTrigger::declare) standing_.confirmed = true;
  if (row.trigger == ServiceTrigger::unconfirmed) alerted_ms_ = now_ms;
  if (row.trigger == ServiceTrigger::degraded_long) alerted_ms_.reset();
  if (row.trigger == ServiceTrigger::gate_fails) gate_failed_ = true;
  actions.push_back(action::ServiceChanged{&row, standing_.planned, standing_.confirmed, health_.cause(now_ms)});
}

bool Service::any_lost() const {
  return std::ranges::any_of(service_targets,
                             [this](Target target) { return target != Target::hub_write && health_.lost(target); });
}

bool Service::any_slow(std::int64_t now_ms) const {
  return std::ranges::any_of(service_targets, [&](Target target) { return health_.slow(target, now_ms); });
}

// Something was probed lately, and nothing that was ever probed is lost, slow or silent.
bool Service::looks_well(std::int64_t now_ms) const {
  bool any = false;
  for (const Target target : service_targets) {
    if (!health_.known(target)) continue;
    any = true;
    if (health_.lost(target) || health_.slow(target, now_ms) || health_.stale(target, now_ms)) return false;
  }
  return any;
}

bool Service::all_steady() const {
  return std::ranges::all_of(service_targets,
                             [this](Target target) { return !health_.known(target) || health_.steady(target); });
}

std::optional<std::int64_t> Service::last_failure_ms() const {
  std::optional<std::int64_t> last;
  for (const Target target : service_targets) last = std::max(last, health_.last_failure_ms(target));
  return last;
}

bool Service::due(ServiceTrigger trigger, std::int64_t now_ms) const {
  const bool many_offline = desks_.all != 0 &&
                            desks_.offline * 100 >= desks_.all * std::size_t{states_.desks_offline_percent} &&
                            desks_.offline != 0;
  switch (trigger) {
    case ServiceTrigger::probes_fail:
      return any_lost();
    case ServiceTrigger::writes_fail:
      return health_.lost(Target::hub_write);
    case ServiceTrigger::answers_slow:
      return any_slow(now_ms);
    case ServiceTrigger::desks_offline:
      return many_offline;
    case ServiceTrigger::healthy_again:
      return looks_well(now_ms) && all_steady() && !many_offline;
    case ServiceTrigger::degraded_long:
      return since_ms_ && now_ms - *since_ms_ >= states_.auto_declare_after_ms;
    case ServiceTrigger::unconfirmed:
      if (standing_.confirmed) return false;
      return alerted_ms_ ? now_ms - *alerted_ms_ >= states_.alert_every_ms
                         : !since_ms_ || now_ms - *since_ms_ >= states_.confirm_within_ms;
    case ServiceTrigger::gate_fails:
      return !gate_failed_ && unwell_since_ms_ && now_ms - *unwell_since_ms_ >= states_.gate_fails_ms;
    default:
      return false;
  }
}

bool Service::holds(Guard guard, std::int64_t now_ms) const {
  switch (guard) {
    case Guard::settled:
      return !since_ms_ || now_ms - *since_ms_ >= states_.settle_ms;
    case Guard::steady:
      return (!since_ms_ || now_ms - *since_ms_ >= states_.service_dwell_ms) && flaps_.calm(now_ms, last_failure_ms());
    case Guard::switched_on:
      return states_.auto_declare_after_ms > 0;
    default:
      return true;
  }
}

Gate Service::gate(std::int64_t now_ms) const {
  Gate gate;
  gate.looks_well = looks_well(now_ms);
  if (!gate.looks_well || !well_since_ms_) return gate;
  gate.opens_in_ms = std::max<std::int64_t>(0, states_.gate_open_ms - (now_ms - *well_since_ms_));
  gate.open = gate.opens_in_ms == 0;
  return gate;
}

}  // namespace holdline::contingency
