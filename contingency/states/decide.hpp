// Whether a transition that somebody asks for may be taken: the row of the table, the role, and the guard. Asked by the
// machine of a scope and by an incident alike. Pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "contingency/states/transitions.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

// What comes with the wish.
struct Ask {
  Who role = by_supervisor;     // as proved by the sign-in, never as claimed
  std::string reason;           // one or two sentences, at most limits::reason_bytes
  bool typed_word = false;      // the person typed the word that confirms an unlikely step
  bool overrides_gate = false;  // goes ahead although the gate is closed; the reason says why
  bool accepts_stale = false;   // the desks that are not fresh were listed, and are accepted
};

// How things stand; the adapter knows.
struct Facts {
  bool looks_well = false;          // every probe is good
  bool gate_open = false;           // and has been for long enough
  std::size_t desks_not_fresh = 0;  // in scope, with an older copy than the site allows
  std::size_t actions_left = 0;     // of the plan: neither undone nor signed for
  std::size_t checklist_left = 0;   // points neither done nor signed for
  std::size_t other_incidents = 0;  // in force on the same scope and not merged with this one
};

// ask_person: "not-now" (no row), "role-refused", "reason-missing", "reason-malformed", "type-to-confirm",
// "gate-closed", "copies-not-fresh", "actions-not-undone", "checklist-open", "other-incident-open". The guards that
// depend on time (settled, steady, switched_on) are the machine's own and hold here.
Result<const ServiceTransition*> decide(ServiceState from, ServiceTrigger trigger, const Ask& ask, const Facts& facts);

// A text of at least one visible character and at most limits::reason_bytes.
Result<void> check_reason(std::string_view reason);

}  // namespace holdline::contingency
