// A run as the station that holds it moves it on: it takes in what the journal has that is new, steps the runbook, and
// says what is to be told in the journal and, once that is durable, what is to be performed. It decides nothing else
// and does nothing: an adapter saves and performs. Pure; the owner steps it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "contingency/runbook/journal.hpp"

namespace holdline::contingency {

// Both times of one moment: wall time is shown and kept, boot time waits.
struct Moment {
  std::int64_t wall_ms = 0, boot_ms = 0;
};

// The incident that a run is for, where it is a declared one: declaring begins, systems back (or cancelling) ends.
struct RunIncident {
  IncidentPhase phase = IncidentPhase::active;
  bool drill = false, confirmed = true;
  Signature declared;
};

// Whether a station that does not hold the run takes it: it was asked to; or nobody holds it, somebody wants it or the
// incident is in force (null: none is known), and this station has waited for others as long as it shall; or it held it
// before it was started again. `known_ms`: for how long this station has known the run.
bool should_claim(const Journal& journal, const RunIncident* incident, const Plan& plan, const std::string& station,
                  const sync::Id& device, std::int64_t known_ms, std::int64_t claims_after_ms);

class Holder {
 public:
  struct Step {
    std::vector<Telling> tell;  // all of them durable, in this order, before
    RunActions act;             // is done: Perform and Abort
  };

  // Takes the run as the journal has it; `first` is its first step. stop "plan-differs": the run goes on with another
  // plan than this one.
  static Result<Holder> claim(const Journal& journal, const RunIncident* incident, std::shared_ptr<const Plan> plan,
                              const std::string& station, const sync::Id& device, Moment now, Step& first);

  // Somebody else has a higher claim: this one is over, and whatever it still performs is to be aborted.
  bool is_superseded(const Journal& journal) const { return journal.holder && *journal.holder > claim_; }

  // What is new in the journal and of the incident, and that time passed.
  Step hear(const Journal& journal, const RunIncident* incident, Moment now);
  Step performed(const event::Performed& event, Moment now);
  // Somebody looked, and it is not switched any more.
  Step forgotten(const std::string& action, Moment now);

  // Boot time at which time alone moves something; nothing: never.
  std::optional<std::int64_t> due_ms() const;
  const RunClaim& claim() const { return claim_; }
  const Runbook& runbook() const { return runbook_; }
  const Plan& plan() const { return *plan_; }

 private:
  Holder(Runbook runbook, std::shared_ptr<const Plan> plan, RunClaim claim);
  void tell(std::variant<RunHead, ActionRun, Heard> what, Step& step);
  void step_on(const RunEvent& event, Moment now, Step& step, Heard* heard = nullptr);
  void follow(const RunIncident& incident, Moment now, Step& step);
  void take(const AskedOf& asked, Moment now, Step& step);
  void tell_changes(Moment now, Step& step);
  RunHead head(Moment now) const;

  Runbook runbook_;
  std::shared_ptr<const Plan> plan_;
  RunClaim claim_;
  std::optional<IncidentPhase> followed_;
  RunHead told_head_;
  std::vector<ActionRun> told_;  // as the runbook had them when they were told last
  std::uint64_t number_ = 0;
  std::set<sync::Id> heard_;  // wishes taken in, whether or not the journal says so yet
};

}  // namespace holdline::contingency
