// A declared outage as a value: who declared what, when and why, and every step since. Its phase follows from its steps
// by the table of states, so that two copies of one incident, changed at two places without contact, become one
// whatever the order they meet in. Times are Unix milliseconds by the hub's clock, or by the desk's own while nobody
// knows better.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contingency/probes/health.hpp"
#include "contingency/states/decide.hpp"
#include "sync/base/id.hpp"

namespace holdline::contingency {

enum class DeclaredBy : std::uint8_t { hub, offline, code, schedule, machine };

enum class IncidentPhase : std::uint8_t { active, recovering, closed, cancelled };

// Who stands behind something.
struct Signature {
  std::string person;  // sign-in name; "schedule" or "machine" when it was none
  Who role = by_supervisor;
  std::string reason;
  std::int64_t at_ms = 0;
  auto operator<=>(const Signature&) const = default;
};

struct IncidentStep {
  ServiceTrigger trigger = ServiceTrigger::declare;
  Signature by;
  bool overridden = false;  // the health gate was closed
  bool idle = false;        // derived: when the copies met, nothing followed from it any more; kept and shown
  auto operator<=>(const IncidentStep&) const = default;
};

// When the systems are expected back; the latest said holds.
struct Estimate {
  std::int64_t expected_ms = 0;
  Signature by;
  auto operator<=>(const Estimate&) const = default;
};

// Something that is left as it is, and who answers for it: a point of the checklist or an action of the plan.
struct Exception {
  std::string point;
  Signature by;
  auto operator<=>(const Exception&) const = default;
};

// What is said once, when it is declared.
struct Declaration {
  sync::Id id;  // of a code: from the code, so that five desks declare one incident
  std::string title;
  std::vector<std::string> scopes;  // 1 to limits::scopes_per_grant
  DeclaredBy how = DeclaredBy::hub;
  bool drill = false;  // practice: what is taken is marked and left out of reports
  Cause cause = Cause::none;
  std::uint8_t severity = 2;       // 1 (worst) to 4
  std::int64_t confirm_by_ms = 0;  // by machine: confirmed or cancelled until then; 0: somebody stands behind it
  auto operator<=>(const Declaration&) const = default;
};

struct Incident {
  Declaration declared;
  std::vector<IncidentStep> steps;  // ascending by time; the first declared it
  std::vector<Estimate> estimates;
  std::vector<Exception> exceptions;

  // Derived from the steps.
  IncidentPhase phase = IncidentPhase::active;
  bool planned = false;
  bool confirmed = true;
  std::optional<std::int64_t> ended_ms;

  std::int64_t begins_ms() const { return steps.front().by.at_ms; }
  bool in_force() const { return !ended_ms; }
  std::optional<std::int64_t> expected_ms() const;
  bool operator==(const Incident&) const = default;
};

std::string_view name_of(DeclaredBy how);
std::string_view name_of(IncidentPhase phase);

// A new incident. `facts.looks_well` asks for the typed word. ask_person: "scope-malformed", "title-malformed",
// "severity-malformed" and what `decide` answers.
Result<Incident> declare(Declaration declaration, ServiceTrigger trigger, const Ask& ask, const Facts& facts,
                         std::string person, std::int64_t at_ms);

// One step further: confirm, cancel, systems_back, declare (again, when it was not over), close. Fails as `decide`
// does, and with "incident-ended".
Result<Incident> move(Incident incident, ServiceTrigger trigger, const Ask& ask, const Facts& facts, std::string person,
                      std::int64_t at_ms);

// ask_person "reason-missing", "reason-malformed", "incident-ended".
Result<Incident> except(Incident incident, std::string point, Signature by);
Result<Incident> expect(Incident incident, std::int64_t expected_ms, Signature by);

// Two copies of one incident as one: every step, estimate and exception of both. Commutative, associative, idempotent.
// The ids must be equal.
Incident joined(const Incident& a, const Incident& b);

// Nobody confirmed it in time: alert, again and again.
bool lacks_confirmation(const Incident& incident, std::int64_t now_ms);

}  // namespace holdline::contingency
