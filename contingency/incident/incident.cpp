#include "contingency/incident/incident.hpp"

#include <algorithm>
#include <array>

#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::contingency {

namespace {

constexpr std::size_t title_bytes = 120;
constexpr std::array declared_names{"hub", "offline", "code", "schedule", "machine"};
constexpr std::array phase_names{"active", "recovering", "closed", "cancelled"};

ServiceState state_of(IncidentPhase phase) {
  return phase == IncidentPhase::recovering ? ServiceState::recovery : ServiceState::contingency;
}

bool begins(ServiceTrigger trigger) {
  return trigger == ServiceTrigger::declare || trigger == ServiceTrigger::window_starts ||
         trigger == ServiceTrigger::degraded_long;
}

Result<void> check_declaration(const Declaration& declaration) {
  const auto malformed = [](std::string code, std::string text) {
    return fail(ErrorKind::ask_person, std::move(code), std::move(text));
  };
  if (declaration.scopes.empty() || declaration.scopes.size() > sync::limits::scopes_per_grant ||
      !std::ranges::all_of(declaration.scopes, sync::is_scope))
    return malformed("scope-malformed", "Name what it concerns: one to 64 scopes like 'acme/london'.");
  if (declaration.title.size() > title_bytes || !sync::is_utf8(declaration.title) ||
      sync::has_control_character(declaration.title))
    return malformed("title-malformed", "The title is plain text of at most 120 bytes.");
  if (declaration.severity < 1 || declaration.severity > 4)
    return malformed("severity-malformed", "The severity is 1 (worst) to 4.");
  return {};
}

template <class T>
std::vector<T> united(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both = a;
  both.insert(both.end(), b.begin(), b.end());
  std::ranges::sort(both);
  both.erase(std::unique(both.begin(), both.end()), both.end());
  return both;
}

// By time; of one moment, what began it comes first.
bool earlier(const IncidentStep& a, const IncidentStep& b) {
  const auto key = [](const IncidentStep& step) {
    return std::tuple(step.by.at_ms, !begins(step.trigger), step.trigger, step.by, step.overridden);
  };
  return key(a) < key(b);
}

void apply_step(Incident& incident, IncidentStep& step) {
  const ServiceTransition* row = incident.in_force() ? find(state_of(incident.phase), step.trigger) : nullptr;
  step.idle = row == nullptr;
  if (!row) return;
  if (step.trigger == ServiceTrigger::confirm || step.trigger == ServiceTrigger::declare) incident.confirmed = true;
  if (row->to == ServiceState::contingency) {
    incident.phase = IncidentPhase::active;
  } else if (row->to == ServiceState::recovery) {
    incident.phase = IncidentPhase::recovering;
  } else {
    incident.phase = step.trigger == ServiceTrigger::cancel ? IncidentPhase::cancelled : IncidentPhase::closed;
    incident.ended_ms = step.by.at_ms;
  }
}

// The phase is a function of the steps, and of nothing else.
void replay(Incident& incident) {
  std::ranges::sort(incident.steps, earlier);
  IncidentStep& first = incident.steps.front();
  first.idle = false;
  incident.phase = IncidentPhase::active;
  incident.planned = first.trigger == ServiceTrigger::window_starts;
  incident.confirmed = incident.declared.confirm_by_ms == 0;
  incident.ended_ms.reset();
  for (std::size_t i = 1; i < incident.steps.size(); ++i) apply_step(incident, incident.steps[i]);
}

Result<void> check_in_force(const Incident& incident) {
  if (incident.in_force()) return {};
  return fail(ErrorKind::ask_person, "incident-ended",
              "This incident is " + std::string(name_of(incident.phase)) + ". Declare another one.");
}

}  // namespace

std::string_view name_of(DeclaredBy how) { return declared_names[static_cast<std::size_t>(how)]; }
std::string_view name_of(IncidentPhase phase) { return phase_names[static_cast<std::size_t>(phase)]; }

std::optional<std::int64_t> Incident::expected_ms() const {
  const auto latest = std::ranges::max_element(
      estimates, {}, [](const Estimate& e) { return std::tuple(e.by.at_ms, e.expected_ms, e.by.person); });
  return latest == estimates.end() ? std::nullopt : std::optional(latest->expected_ms);
}

Result<Incident> declare(Declaration declaration, ServiceTrigger trigger, const Ask& ask, const Facts& facts,
                         std::string person, std::int64_t at_ms) {
  HOLDLINE_TRY(check_declaration(declaration));
  // From degraded: the only state in which every kind of declaration has a row.
  HOLDLINE_TRY(decide(ServiceState::degraded, trigger, ask, facts));
  std::ranges::sort(declaration.scopes);
  declaration.scopes.erase(std::ranges::unique(declaration.scopes).begin(), declaration.scopes.end());
  Incident incident;
  incident.declared = std::move(declaration);
  incident.steps.push_back({trigger, {std::move(person), ask.role, ask.reason, at_ms}, false, false});
  replay(incident);
  return incident;
}

Result<Incident> move(Incident incident, ServiceTrigger trigger, const Ask& ask, const Facts& facts, std::string person,
                      std::int64_t at_ms) {
  HOLDLINE_TRY(check_in_force(incident));
  HOLDLINE_TRY(decide(state_of(incident.phase), trigger, ask, facts));
  // A step follows those it was taken after, whatever the clocks say.
  at_ms = std::max(at_ms, incident.steps.back().by.at_ms + 1);
  const bool overridden = trigger == ServiceTrigger::systems_back && !facts.gate_open;
  incident.steps.push_back({trigger, {std::move(person), ask.role, ask.reason, at_ms}, overridden, false});
  replay(incident);
  return incident;
}

Result<Incident> except(Incident incident, std::string point, Signature by) {
  HOLDLINE_TRY(check_in_force(incident));
  HOLDLINE_TRY(check_reason(by.reason));
  incident.exceptions = united(incident.exceptions, {Exception{std::move(point), std::move(by)}});
  return incident;
}

Result<Incident> expect(Incident incident, std::int64_t expected_ms, Signature by) {
  HOLDLINE_TRY(check_in_force(incident));
  incident.estimates = united(incident.estimates, {Estimate{expected_ms, std::move(by)}});
  return incident;
}

Incident joined(const Incident& a, const Incident& b) {
  Incident both;
  const auto head = [](Declaration declared) {
    declared.scopes.clear();
    return declared;
  };
  both.declared = std::min(head(a.declared), head(b.declared));
  both.declared.scopes = united(a.declared.scopes, b.declared.scopes);
  both.steps = a.steps;
  both.steps.insert(both.steps.end(), b.steps.begin(), b.steps.end());
  for (IncidentStep& step : both.steps) step.idle = false;
  both.steps = united(both.steps, {});
  both.estimates = united(a.estimates, b.estimates);
  both.exceptions = united(a.exceptions, b.exceptions);
  replay(both);
  return both;
}

bool lacks_confirmation(const Incident& incident, std::int64_t now_ms) {
  return incident.phase == IncidentPhase::active && !incident.confirmed && now_ms >= incident.declared.confirm_by_ms;
}

}  // namespace holdline::contingency
