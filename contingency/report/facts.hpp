// What a report about an outage is made of, as the ledger has it: values that the adapter at the hub reads, of the
// scopes that the report is about and of no others. Times are Unix milliseconds; 0: not told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contingency/convergence/statement.hpp"
#include "contingency/incident/incident.hpp"

namespace holdline::contingency {

struct Interval {
  std::int64_t from_ms = 0, until_ms = 0;  // until: not part of it
  bool holds(std::int64_t at_ms) const { return from_ms <= at_ms && at_ms < until_ms; }
};

// Something that was taken at a desk while the outage lasted: an entry, a callback, a complaint, a contact.
struct TakenWork {
  std::string what, kind;  // for people: "Entry", "message"
  std::string station;
  std::int64_t event_ms = 0;     // when it happened
  std::int64_t recorded_ms = 0;  // when the hub had it
  bool paper = false, customer_known = false;
  bool marked = true;  // it names the incident; false: it was taken in its time, by a desk that did not know of it
  std::vector<std::string> needs = {};   // what has to be done with it afterwards
  std::vector<std::string> limits = {};  // beyond which it was, by their codes (contingency/manual/limits.hpp)
  std::string approval = {};             // "", "waiting", "approved", "refused"
  std::string compared = {};             // with its paper by a second person: "", "waiting", "the same", "differs"
  std::string posting = {};              // "", "unposted", "claimed", "posted", "not_needed"; "": nothing to be posted
};

// A promise to call back that was made in the outage.
struct PromiseMade {
  sync::Id of_case;  // nil: not known
  std::string reference;
  std::int64_t contact_ms = 0, promise_end_ms = 0;  // end 0: no time was promised
  std::int64_t reached_ms = 0;                      // when they were spoken with first, after the contact
  std::uint32_t tries = 0;
  bool settled = false;  // without a call: called off, or done elsewhere
};

struct CallMade {
  std::string outcome;  // for people
  bool late = false;    // told after the claim was over: whether it was the only call, somebody has to look
};

struct DisagreementFound {
  std::string where;  // "Customer, Language"
  std::int64_t at_ms = 0, resolved_ms = 0;
  bool open = false, by_rule = false;
};

struct SheetsOfPaper {
  std::size_t printed = 0, entered = 0, voided = 0, missing = 0;
  std::size_t outstanding() const { return printed - entered - voided - missing; }
};

// A contact for the figures that compare the outage with other days.
struct ContactHeld {
  std::int64_t start_ms = 0, end_ms = 0;
  sync::Id customer;  // nil: nobody knew who it was
  std::string reason;
  std::uint8_t satisfaction = 0;  // 1 to 5; 0: not asked
  bool incoming = false;
};

struct ToldToSomebody {
  std::string recipient, basis;  // for people
  bool verified = false;
};

struct ComplaintTaken {
  std::int64_t received_ms = 0, listened_ms = 0, acknowledge_by_ms = 0, resolved_ms = 0;
};

// What is to be done better, and by whom.
struct ImprovementAction {
  std::string finding, what, owner, state;
  std::int64_t due_ms = 0;
};

struct TimelineEntry {
  std::int64_t at_ms = 0;
  std::string what, by, reason;
  auto operator<=>(const TimelineEntry&) const = default;
};

struct ReportFacts {
  std::vector<Incident> incidents;  // one outage: at least one, by beginning
  std::string client;               // the report holds nothing of others; empty: of all
  std::vector<std::string> scopes;  // that the report is about
  std::int64_t made_ms = 0;
  std::uint32_t plan_version = 0, rto_minutes = 0, rpo_minutes = 0;  // 0: no plan says
  std::vector<WorkstationTally> workstations;                        // those that serve these scopes
  std::int64_t heard_after_ms = 0;  // whoever told of itself last before this may have more
  std::vector<TakenWork> work;
  std::vector<PromiseMade> promises;
  std::vector<CallMade> calls;
  std::vector<DisagreementFound> disagreements;
  SheetsOfPaper sheets;
  std::vector<ContactHeld> contacts;  // of the outage and of the four weeks before
  std::vector<ToldToSomebody> told;
  std::vector<ComplaintTaken> complaints;
  std::vector<ImprovementAction> improvements;
  std::vector<TimelineEntry> events;  // beside the incidents' own steps

  bool drill() const { return incidents.front().declared.drill; }
  Interval interval() const;  // from the first declaration until all were over, or until now
};

}  // namespace holdline::contingency
