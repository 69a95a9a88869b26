#include "hub/services/services.hpp"

#include <algorithm>

namespace holdline::hub {

namespace {

using contingency::ServiceState;
using contingency::Target;

constexpr std::int64_t between_tellings_ms = 30'000;

bool concerns(std::span<const std::string> scopes, const std::string& scope) {
  return scopes.empty() || std::ranges::find(scopes, scope) != scopes.end();
}

}  // namespace

void Services::serve(const std::string& scope, const ServiceShown& stood) {
  const contingency::Standing standing{stood.state, false, true};
  scopes_.try_emplace(scope, Scope{contingency::Service(probes_, states_, standing), {}, stood, stood.since_ms, 0});
}

std::vector<std::string> Services::scopes() const {
  std::vector<std::string> served;
  for (const auto& [own, scope] : scopes_) served.push_back(own);
  return served;
}

void Services::use(const contingency::ProbeOptions& probes, const contingency::StateOptions& states) {
  probes_ = probes;
  states_ = by_hand(states);
  declare_after_ms_ = states.auto_declare_after_ms;
  for (auto& [own, scope] : scopes_) {
    scope.service = contingency::Service(probes_, states_, scope.service.standing());
    scope.joined = {};
  }
}

void Services::probed(const std::string& name, std::span<const std::string> scopes, const contingency::Probe& probe,
                      const Moment& now) {
  for (auto& [own, scope] : scopes_) {
    if (!concerns(scopes, own)) continue;
    // Seen from the centre whatever fails is central: the hub itself answers.
    step(scope, contingency::Probe{Target::hub, true, 0}, now);
    if (const auto joined = scope.joined.take(name, probe)) step(scope, *joined, now);
  }
}

void Services::time_passed(const Moment& now) {
  for (auto& [own, scope] : scopes_) step(scope, contingency::event::TimePassed{}, now);
}

void Services::step(Scope& scope, const contingency::ServiceEvent& event, const Moment& now) {
  const ServiceState before = scope.service.standing().state;
  scope.service.step(event, now.boot_ms);
  if (scope.service.standing().state != before) scope.since_ms = now.wall_ms;
}

ServiceShown Services::shown(const Scope& scope, const Moment& now) {
  ServiceShown shown{scope.service.standing().state, contingency::Cause::none, scope.since_ms, {}};
  if (shown.state == ServiceState::normal) return shown;
  shown.cause = scope.service.cause(now.boot_ms);
  const contingency::Health& health = scope.service.health();
  for (const Target target : {Target::crm, Target::identity, Target::telephony})
    if (health.lost(target) || health.slow(target, now.boot_ms))
      shown.failing.append(shown.failing.empty() ? "" : ", ").append(name_of(target));
  // It answers again, and is not believed yet: what it was stays named.
  if (shown.failing.empty()) {
    shown.failing = scope.told.failing;
    shown.cause = scope.told.cause;
  }
  return shown;
}

std::vector<ServiceChange> Services::due(const Moment& now) const {
  std::vector<ServiceChange> changes;
  for (const auto& [own, scope] : scopes_) {
    ServiceShown next = shown(scope, now);
    const bool other_state = next.state != scope.told.state;
    if (next == scope.told || (!other_state && now.boot_ms - scope.told_ms < between_tellings_ms)) continue;
    changes.push_back({own, std::move(next)});
  }
  return changes;
}

std::vector<ServiceChange> Services::failing_long(const Moment& now) const {
  std::vector<ServiceChange> failing;
  if (declare_after_ms_ == 0) return failing;
  for (const auto& [own, scope] : scopes_) {
    ServiceShown is = shown(scope, now);
    const bool degraded = is.state == ServiceState::degraded && is.since_ms != 0;
    if (degraded && now.wall_ms - is.since_ms >= declare_after_ms_) failing.push_back({own, std::move(is)});
  }
  return failing;
}

void Services::told(const ServiceChange& change, const Moment& now) {
  const auto found = scopes_.find(change.scope);
  if (found == scopes_.end()) return;
  found->second.told = change.shown;
  found->second.told_ms = now.boot_ms;
}

}  // namespace holdline::hub
