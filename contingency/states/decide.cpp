#include "contingency/states/decide.hpp"

#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::contingency {

namespace {

// For whoever may not; how machines and codes come to it is left out.
std::string people_of(WhoSet who) {
  if (!(who & by_it)) return "supervisors";
  return who & by_supervisor ? "supervisors and IT" : "IT";
}

auto refuse_step(std::string code, std::string text) {
  return fail(ErrorKind::ask_person, std::move(code), std::move(text));
}

Result<void> check_gate(const Ask& ask, const Facts& facts) {
  if (facts.gate_open) return {};
  if (ask.overrides_gate) return check_reason(ask.reason);
  return refuse_step("gate-closed",
                     "The systems have not been well for long enough. Wait, or override it and say why.");
}

Result<void> check_undone(const Facts& facts) {
  if (facts.actions_left == 0) return {};
  return refuse_step("actions-not-undone", std::to_string(facts.actions_left) +
                                               " actions of the plan are not undone. Undo each, or sign for it.");
}

Result<void> check_closing(const Facts& facts) {
  HOLDLINE_TRY(check_undone(facts));
  if (facts.checklist_left != 0)
    return refuse_step("checklist-open", std::to_string(facts.checklist_left) +
                                             " points of the checklist are open. Do each, or sign for it.");
  if (facts.other_incidents != 0)
    return refuse_step("other-incident-open",
                       "Another incident is in force here. Merge the two when they are one outage, or close it first.");
  return {};
}

Result<void> check_guard(Guard guard, const Ask& ask, const Facts& facts) {
  switch (guard) {
    case Guard::none:
    case Guard::settled:
    case Guard::steady:
    case Guard::switched_on:
      return {};
    case Guard::reason:
      HOLDLINE_TRY(check_reason(ask.reason));
      if (facts.looks_well && !ask.typed_word)
        return refuse_step("type-to-confirm",
                           "Everything answers. Type the word `declare` when an incident is meant all the same.");
      return {};
    case Guard::fresh:
      if (facts.desks_not_fresh == 0 || ask.accepts_stale) return {};
      return refuse_step("copies-not-fresh", std::to_string(facts.desks_not_fresh) +
                                                 " workstations have an old copy. Refresh them, or accept the list.");
    case Guard::undone:
      HOLDLINE_TRY(check_reason(ask.reason));
      return check_undone(facts);
    case Guard::healthy_gate:
      return check_gate(ask, facts);
    case Guard::checklist_done:
      return check_closing(facts);
  }
  return {};
}

}  // namespace

Result<void> check_reason(std::string_view reason) {
  if (reason.find_first_not_of(" \t\n") == reason.npos)
    return refuse_step("reason-missing", "Say why, in a sentence: it is kept with the incident.");
  if (reason.size() > sync::limits::reason_bytes || !sync::is_utf8(reason) || sync::has_control_character(reason))
    return refuse_step("reason-malformed",
                       "The reason is plain text of at most " + std::to_string(sync::limits::reason_bytes) + " bytes.");
  return {};
}

Result<const ServiceTransition*> decide(ServiceState from, ServiceTrigger trigger, const Ask& ask, const Facts& facts) {
  const ServiceTransition* row = find(from, trigger);
  if (!row) return refuse_step("not-now", std::string(why_not(from, trigger)));
  if (!(row->who & ask.role)) return refuse_step("role-refused", "This is for " + people_of(row->who) + ".");
  HOLDLINE_TRY(check_guard(row->guard, ask, facts));
  return row;
}

}  // namespace holdline::contingency
